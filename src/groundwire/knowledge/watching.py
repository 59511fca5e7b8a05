"""Keeps a collection in step with a folder while the server runs."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from watchfiles import awatch

from groundwire.errors import GroundwireError
from groundwire.knowledge.base import LiveKnowledgeBase
from groundwire.knowledge.ingestion import Ingestor

logger = logging.getLogger(__name__)
_RETRY_S = 5.0


async def watch_folder(folder: Path, collection: str, ingestor: Ingestor, *, debounce_ms: int = 1_000) -> None:
    """Ingest the folder again after each burst of changes, until cancelled; survives a folder that vanishes."""
    while True:
        if not folder.is_dir():
            await asyncio.sleep(_RETRY_S)
            continue
        try:
            async for _ in awatch(folder, debounce=debounce_ms, step=200, recursive=True):
                await _sync(folder, collection, ingestor)
        except OSError as error:
            logger.warning("Stopped watching %r: %s. Trying again in %.0f s.", folder.name, error, _RETRY_S)
            await asyncio.sleep(_RETRY_S)


async def follow_revisions(knowledge: LiveKnowledgeBase, *, interval_s: float = 1.0) -> None:
    """Pick up revisions that other processes publish, until cancelled."""
    while True:
        await asyncio.sleep(interval_s)
        try:
            for name in await asyncio.to_thread(knowledge.refresh):
                logger.info("Now checking against %s", name)
        except Exception:
            logger.exception("Could not look for new revisions; the current ones stay in force")


async def _sync(folder: Path, collection: str, ingestor: Ingestor) -> None:
    try:
        report = await asyncio.to_thread(ingestor.sync_folder, folder, collection)
    except GroundwireError:
        logger.exception("Ingesting %r failed; the last revision stays in force", folder.name)
        return
    if report.revision:
        logger.info("Folder %r changed: now %s", folder.name, report.revision.name)
