"""Stores events from many callers until it is killed; writes out the id of each one that is acknowledged."""

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from groundwire.domain import Label
from groundwire.events.store import SqlEventStore
from groundwire.storage.database import open_database
from stored import sample


async def keep_storing(store: SqlEventStore) -> None:
    while True:
        event = sample(Label.SUPPORTED, Label.CONTRADICTED)
        await store.append([event])
        sys.stdout.write(f"{event.id}\n")
        sys.stdout.flush()


async def main(url: str) -> None:
    store = SqlEventStore(open_database(url))
    await asyncio.gather(*(keep_storing(store) for _ in range(16)))


asyncio.run(main(sys.argv[1]))
