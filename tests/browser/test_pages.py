"""Every page, in light and dark and on a phone: pictures for people, and what axe-core finds wrong."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from demonstrated import demonstrated
from groundwire.keys.roles import Role
from groundwire.settings import Settings
from groundwire.wiring import opened_keys

BUSY = 6000

# A page of another area is added here: its name, and its path on the demo with seeded events.
PAGES = {
    "overview": "/console/",
    "overview-month": "/console/?period=month",
    "review": "/console/review",
    "review-next": "/console/review/next",
    "review-decisions": "/console/review/decisions",
    "review-cases": "/console/review/cases",
    "events": "/console/events",
    "events-filtered": "/console/events?q=refund&action=rewrite&since=2000-01-01",
    "events-none": "/console/events?model=nothing",
    "knowledge": "/console/knowledge",
    "knowledge-collection": "/console/knowledge/default",
    "knowledge-unused": "/console/knowledge/default?use=unused",
    "knowledge-document": "/console/knowledge/default/documents/returns-and-refunds.md?start=91&end=250#quote",
    "knowledge-search": "/console/knowledge/default/search?q=How+long+can+I+return+a+camera",
    "knowledge-revisions": "/console/knowledge/default/revisions",
    "knowledge-health": "/console/knowledge/default/health",
    "knowledge-delete": "/console/knowledge/default/delete/warranty.md",
    "policies": "/console/policies",
    "policies-policy": "/console/policies/default",
    "policies-edit": "/console/policies/default/edit",
    "policies-version": "/console/policies/default/versions/1",
    "policies-outcomes": "/console/policies/default/versions/1/outcomes?limit=50",
    "policies-calibration": "/console/policies/default/calibration",
    "playground": "/console/playground",
    "playground-chat": "/console/playground/chat",
    "connect": "/console/connect",
    "keys": "/console/keys",
}
LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
}


@pytest.fixture(scope="module")
def pictured(tmp_path_factory):
    """The demo after some busy weeks of apps with names, and what an admin sends to be let in."""
    from seed_events import seed

    folder = tmp_path_factory.mktemp("pictured")
    seed(folder, BUSY)
    with demonstrated(folder) as url, ThreadPoolExecutor(1) as thread:
        # The browser's driver keeps a loop in this thread.
        key = thread.submit(asyncio.run, admin_key(folder)).result()
        yield url, {"authorization": f"Bearer {key}"}


async def admin_key(folder):
    async with opened_keys(Settings(data_dir=folder)) as keys:
        return (await keys.create(Role.ADMIN, "Ana Ruiz")).key


def findings(page):
    """What axe-core calls serious or worse, with where it stands."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        (each["id"], node["html"][:200], node.get("failureSummary", ""))
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_legible_and_accessible(tab, pictured, screenshots, name, look):
    url, headers = pictured
    page = tab(url, extra_http_headers=headers, **LOOKS[look])
    page.goto(PAGES[name])
    page.wait_for_load_state("load")

    page.screenshot(path=screenshots / f"{name}-{look}.png", full_page=True)
    root = page.locator("html")
    assert root.evaluate("root => root.scrollWidth - root.clientWidth") == 0, "The page scrolls sideways."
    assert findings(page) == []


def test_what_nobody_could_read_is_found(tab, site):
    page = tab(site.url)
    page.goto("/console/connect")
    page.evaluate("document.querySelector('#selftest').replaceChildren()")

    assert [name for name, *_ in findings(page)] == ["button-name"]


@pytest.mark.parametrize("look", LOOKS)
def test_a_check_in_the_playground_is_legible_and_accessible(tab, site, screenshots, look):
    page = tab(site.url, **LOOKS[look])
    page.goto("/console/playground")
    page.get_by_label("Answer").fill("The Hub H2 serves 200 sensors. The Home bundle FH-BUN-502 costs $12.")
    page.get_by_role("button", name="Check", exact=True).click()
    page.locator(".claim-card .cells").first.wait_for()

    page.screenshot(path=screenshots / f"playground-checked-{look}.png", full_page=True)
    root = page.locator("html")
    assert root.evaluate("root => root.scrollWidth - root.clientWidth") == 0, "The page scrolls sideways."
    assert findings(page) == []
