"""Whether the process lives, and whether it can do its work; open to everyone, so it says little."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter, Response
from pydantic import BaseModel
from sqlalchemy import text

from groundwire.api.replies import json_response
from groundwire.api.services import Services, ServicesOf

logger = logging.getLogger(__name__)
router = APIRouter(tags=["health"])

_LONGEST_S = 2.0
Probe = Callable[[Services], Awaitable[None]]


class Health(BaseModel):
    """The process answers."""

    status: str = "ok"


class PartState(BaseModel):
    """Whether a part works, and how long it took to find out, in milliseconds."""

    ok: bool
    ms: float


class Readiness(BaseModel):
    """Whether every part works."""

    ready: bool
    parts: Mapping[str, PartState]


@router.get("/healthz")
async def healthz() -> Health:
    """Always cheap: touches nothing."""
    return Health()


@router.get("/readyz", response_model=Readiness, responses={503: {"model": Readiness, "description": "Not ready"}})
async def readyz(services: ServicesOf) -> Response:
    """503 until the database answers, the knowledge base is loaded and the models are."""
    states = await asyncio.gather(*(_state(name, probe, services) for name, probe in PROBES.items()))
    parts = dict(zip(PROBES, states, strict=True))
    ready = all(state.ok for state in states)
    return json_response(Readiness(ready=ready, parts=parts).model_dump(), 200 if ready else 503)


async def _database(services: Services) -> None:
    await services.database.read(lambda connection: connection.execute(text("SELECT 1 FROM alembic_version")).first())


async def _knowledge_base(services: Services) -> None:
    services.knowledge.snapshot(())


async def _models(services: Services) -> None:
    if not services.guardrail.verifier_name:
        raise RuntimeError("The verifier has no name.")


PROBES: Mapping[str, Probe] = {"database": _database, "knowledge_base": _knowledge_base, "models": _models}


async def _state(name: str, probe: Probe, services: Services) -> PartState:
    started = time.perf_counter()
    try:
        async with asyncio.timeout(_LONGEST_S):
            await probe(services)
        ok = True
    except Exception as error:
        # Whatever a probe raises, the answer is the same: this part does not work.
        logger.warning("Not ready: %s: %s: %s", name, type(error).__name__, error)
        ok = False
    return PartState(ok=ok, ms=round((time.perf_counter() - started) * 1e3, 2))
