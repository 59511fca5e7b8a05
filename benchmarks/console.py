"""How long the console's pages take on many stored events, as a browser would ask for them.

    python benchmarks/seed_events.py --data-dir /tmp/seeded --events 200000
    python benchmarks/console.py --data-dir /tmp/seeded

Starts `groundwire serve` over the folder and the sample documents, and prints the median and the slowest of several
requests a page. A key of role admin is made for it and revoked in the end.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import statistics
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from servers import free_port, running, wait_for

from groundwire.keys.roles import Role
from groundwire.keys.store import NewKey
from groundwire.settings import Settings
from groundwire.wiring import opened_keys

DOCUMENTS = Path(__file__).parents[1] / "knowledge_base"


def pages(event_id: str) -> Mapping[str, str]:
    """Return what is measured: a name and a path each."""
    month_ago = (datetime.now(UTC) - timedelta(days=30)).date().isoformat()
    return {
        "overview, 7 days": "/console/",
        "overview, 7 days by hour": "/console/?period=week&by=hour",
        "overview, 30 days": "/console/?period=month",
        "events": "/console/events",
        "events, blocked": "/console/events?action=block",
        "events, three filters": "/console/events?action=block&model=gpt-4o&policy=support-strict",
        "events, before a day": f"/console/events?until={month_ago}",
        "events, a document": "/console/events?document_id=warranty.md&label=contradicted",
        "events, a frequent word": "/console/events?q=refund",
        "events, a rare text": "/console/events?q=order+is+299",
        "events, a text that is nowhere": "/console/events?q=xyzzy",
        "events, the same in everything": "/console/events?q=xyzzy&since=2000-01-01",
        "events, metadata": "/console/events?metadata=conversation_id:c-5000",
        "one event": f"/console/events/{event_id}",
        "review queue": "/console/review",
        "review queue, one policy": "/console/review?policy=default&label=contradicted",
        "decisions": "/console/review/decisions",
        "knowledge": "/console/knowledge",
        "collection": "/console/knowledge/default",
        "policies": "/console/policies",
        "playground": "/console/playground",
        "connect": "/console/connect",
        "keys": "/console/keys",
    }


@contextmanager
def served(data_dir: Path) -> Iterator[str]:
    """Serve the folder; yield the URL."""
    port = free_port()
    environment = {
        "GROUNDWIRE_DATA_DIR": str(data_dir),
        "GROUNDWIRE_KNOWLEDGE_BASE": str(DOCUMENTS),
        "GROUNDWIRE_SERVER__LOG_LEVEL": "warning",
    }
    command = [sys.executable, "-c", "from groundwire.cli.main import app; app()", "serve", "--port", str(port)]
    with running(command, environment):
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/readyz", patience_s=120)
        yield url


async def made_key(settings: Settings) -> NewKey:
    """Make a key of role admin."""
    async with opened_keys(settings) as keys:
        return await keys.create(Role.ADMIN, "benchmark of the console")


async def revoked(settings: Settings, key_id: str) -> None:
    """Revoke a key."""
    async with opened_keys(settings) as keys:
        await keys.revoke(key_id)


def measured(client: httpx.Client, path: str, repeats: int) -> tuple[int, list[float]]:
    """Ask for a page; returns its status and the milliseconds of each request but the first."""
    status, times = client.get(path).status_code, [0.0]
    for _ in range(repeats if status == 200 else 0):
        started = time.perf_counter()
        client.get(path)
        times.append((time.perf_counter() - started) * 1e3)
    return status, times[1:] or times


def newest_event(client: httpx.Client) -> str:
    """Return the id of the newest event that was not simply allowed."""
    found = re.search(r"/console/events/(evt_\w+)", client.get("/console/events?action=rewrite").text)
    return found[1] if found else "none"


def main() -> None:
    """Measure and print a table in Markdown."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data-dir", type=Path, required=True, help="folder that seed_events.py has filled")
    options.add_argument("--repeats", type=int, default=15)
    given = options.parse_args()
    settings = Settings(data_dir=given.data_dir)
    key = asyncio.run(made_key(settings))
    headers = {"authorization": f"Bearer {key.key}"}
    try:
        with served(given.data_dir) as url, httpx.Client(base_url=url, headers=headers, timeout=60) as client:
            print("| page | median, ms | slowest, ms |\n|---|---|---|")
            for name, path in pages(newest_event(client)).items():
                status, times = measured(client, path, given.repeats)
                note = "" if status == 200 else f" (status {status})"
                print(f"| {name}{note} | {statistics.median(times):.0f} | {max(times):.0f} |", flush=True)
    finally:
        asyncio.run(revoked(settings, key.record.id))


if __name__ == "__main__":
    main()
