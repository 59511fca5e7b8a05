"""Keeps a collection in step with a folder while the server runs."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from watchfiles import awatch

from groundwire.errors import GroundwireError
from groundwire.knowledge.base import LiveKnowledgeBase
from groundwire.knowledge.ingestion import Ingestor
from groundwire.storage.database import Database

logger = logging.getLogger(__name__)
_RETRY_S = 5.0
_LOOK_MS = 1_000


async def watch_folder(
    database: Database, folder: Path, collection: str, ingestor: Ingestor, *, debounce_ms: int = 1_000
) -> None:
    """Ingest the folder again after each burst of changes, until cancelled; survives a folder that vanishes."""
    while True:
        try:
            if await asyncio.to_thread(folder.is_dir):
                await _follow(database, folder, collection, ingestor, debounce_ms)
        except (OSError, RuntimeError) as error:
            logger.warning("Stopped watching %r: %s. Trying again in %.0f s.", folder.name, error, _RETRY_S)
        await asyncio.sleep(_RETRY_S)


async def follow_revisions(database: Database, knowledge: LiveKnowledgeBase, *, interval_s: float = 1.0) -> None:
    """Pick up revisions that other processes publish, until cancelled."""
    while True:
        await asyncio.sleep(interval_s)
        try:
            for name in await database.run(knowledge.refresh):
                logger.info("Now checking against %s", name)
        except Exception:
            logger.exception("Could not look for new revisions; the current ones stay in force")


async def _follow(database: Database, folder: Path, collection: str, ingestor: Ingestor, debounce_ms: int) -> None:
    # A timeout yields an empty set: the first one, once the watch stands, catches what changed before it did.
    is_first = True
    async for changes in awatch(
        folder, debounce=debounce_ms, step=200, recursive=True, rust_timeout=_LOOK_MS, yield_on_timeout=True
    ):
        if not await asyncio.to_thread(folder.is_dir):
            return
        if changes or is_first:
            await _sync(database, folder, collection, ingestor)
        is_first = False


async def _sync(database: Database, folder: Path, collection: str, ingestor: Ingestor) -> None:
    try:
        report = await database.run(ingestor.sync_folder, folder, collection)
    except GroundwireError as error:
        logger.error("Ingesting %r failed, so the last revision stays in force: %s", folder.name, error)
        return
    except Exception:
        # Whatever went wrong, the next change gets its chance.
        logger.exception("Ingesting %r failed; the last revision stays in force", folder.name)
        return
    if report.revision:
        logger.info("Folder %r changed: now %s", folder.name, report.revision.name)
