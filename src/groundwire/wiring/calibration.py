"""Calibration, opened for a command."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from groundwire.policy.desk import PolicyDesk
from groundwire.review.calibrating import Calibrations
from groundwire.review.store import ReviewStore
from groundwire.settings import Settings
from groundwire.wiring.documents import build_verifier, open_library
from groundwire.wiring.policies import open_policies
from groundwire.wiring.storage import closing


@asynccontextmanager
async def opened_calibrations(settings: Settings) -> AsyncIterator[Calibrations]:
    """Open what a command needs to calibrate policies; the verifier is loaded, for its name counts."""
    library = open_library(settings)
    async with closing(library.database):
        desk = PolicyDesk(*open_policies(settings, library.database))
        yield Calibrations(ReviewStore(library.database), desk, build_verifier(library).name)
