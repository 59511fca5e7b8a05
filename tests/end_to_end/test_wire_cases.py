"""Each case on each endpoint, whole and streamed, byte for byte; the tables in the documentation are made from it."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

import groundwire
from fakes import World, proxied
from groundwire.proxy.guarded import ReplyStyle
from reworded import Rewording
from wire_cases import every
from wire_recordings import GOLDEN, path_of, read, record, written
from wire_tables import differences, outcomes

DOCUMENTATION = Path(groundwire.__file__).parents[2] / "docs" / "wire.md"
FILES = {path_of(asked): [] for asked in every()}
for one in every():
    FILES[path_of(one)].append(one)


@pytest.fixture(scope="module")
def proxies():
    """One proxy for each status that a block may have; each checks one thing at a time, so that the order is fixed."""
    with contextlib.ExitStack() as stack:
        found = {}
        for status in (200, 400):
            world = World()
            world.threads = ThreadPoolExecutor(1)
            found[status] = stack.enter_context(proxied(world, ReplyStyle(block_status=status, keep_alive_s=10)))
        yield found


@pytest.fixture(scope="module")
def client():
    with httpx.Client(timeout=5) as client:
        yield client


@pytest.fixture
def recorded(proxies, client, monkeypatch):
    """Record a case while the clock stands still."""
    clock = SimpleNamespace(perf_counter=lambda: 0.0, monotonic=lambda: 0.0)
    for module in ("inspection", "claimchecks", "regeneration", "toolcalls"):
        monkeypatch.setattr(f"groundwire.proxy.checks.{module}.time", clock)

    def recorded(asked):
        wire = proxies[asked.case.block_status]
        wire.world.reset()
        wire.verifier.error = RuntimeError("out of memory") if asked.case.is_down else None
        wire.upstream.interjects = Rewording({asked.case.claim: asked.case.words})
        return record(client, wire, asked)

    return recorded


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(GOLDEN).with_suffix("")))
def test_a_client_gets_these_bytes(path, recorded, request):
    recordings = {asked.case.name: recorded(asked) for asked in FILES[path]}
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written(recordings), encoding="utf-8")

    kept = read(path)

    assert list(recordings) == list(kept)
    for name, recording in recordings.items():
        assert recording == kept[name], name


def test_no_file_is_left_over():
    assert set(GOLDEN.rglob("*.txt")) == set(FILES)


@pytest.mark.parametrize("table", [outcomes, differences])
def test_the_documentation_says_the_same(table):
    assert table() in DOCUMENTATION.read_text(encoding="utf-8")
