"""Reviews and regression cases, opened for what a command needs of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from groundwire.review.cases import CaseStore
from groundwire.review.store import ReviewStore
from groundwire.settings import Settings
from groundwire.wiring.storage import closing, open_storage


@asynccontextmanager
async def opened_reviews(settings: Settings) -> AsyncIterator[ReviewStore]:
    """Open the reviews alone, for a command that needs no more."""
    database = open_storage(settings)
    async with closing(database):
        yield ReviewStore(database)


@asynccontextmanager
async def opened_cases(settings: Settings) -> AsyncIterator[CaseStore]:
    """Open the regression cases alone, for a command that needs no more."""
    database = open_storage(settings)
    async with closing(database):
        yield CaseStore(database)
