"""The console in a real browser: Chromium, driven by Playwright, over a server with all its real parts."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from demonstrated import demonstrated
from groundwire.domain import Event
from groundwire.events.writing import insert_events
from groundwire.storage.database import open_database

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = os.environ.get("CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SEEDED = 900
SCREENSHOTS = Path(__file__).parent / "screenshots"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screenshots", type=Path, default=SCREENSHOTS, help="folder for pictures of every page")


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """Only who names this folder waits for a browser."""
    return None if any("browser" in str(argument) for argument in config.args) else True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if reason := _missing():
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason=reason))


def _missing() -> str:
    if CHROMIUM is None:
        return f"No Chromium found: install one ({', '.join(NAMES)}), or name it in the variable CHROMIUM."
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        return "Playwright is not installed: pip install 'groundwire[browser]'."
    return ""


@dataclass(frozen=True, slots=True)
class Site:
    """A running server: its URL, and the folder that holds its data."""

    url: str
    data_dir: Path

    def store(self, *stored: Event) -> None:
        """Store events as another process would."""
        database = open_database(f"sqlite:///{self.data_dir / 'groundwire.db'}")
        with database.engine.begin() as connection:
            insert_events(connection, stored)
        database.engine.dispose()


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """Chromium without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo with the events of some weeks; for tests that leave it as it is, but for more events."""
    from seed_events import seed

    folder = tmp_path_factory.mktemp("site")
    seed(folder, SEEDED, has_apps=False)
    with demonstrated(folder) as url:
        yield Site(url, folder)


@pytest.fixture
def own_site(tmp_path: Path) -> Iterator[Site]:
    """The demo without events, for a test that changes it for good."""
    with demonstrated(tmp_path / "own") as url:
        yield Site(url, tmp_path / "own")


@pytest.fixture(scope="session", autouse=True)
def clicks_that_arrive() -> Iterator[None]:
    """A click on a link ends when the page behind it has loaded, scripts and all: people look before they act again."""
    sync_api = pytest.importorskip("playwright.sync_api")
    click = sync_api.Locator.click

    def and_arrive(locator: object, **options: object) -> None:
        click(locator, **options)
        page = locator.page  # type: ignore[attr-defined]
        if not page.is_closed():
            page.wait_for_load_state()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sync_api.Locator, "click", and_arrive)
        yield


@pytest.fixture
def tab(browser):
    """Open a tab: `tab(url, **options of the context)`; whatever the browser complains about fails the test."""
    contexts, complaints = [], []

    def open_tab(url, **options):
        context = browser.new_context(**{"base_url": url, "viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_tab
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def screenshots(request: pytest.FixtureRequest) -> Path:
    """The folder for pictures."""
    folder: Path = request.config.getoption("--screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
