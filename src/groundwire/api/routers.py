"""All routes of the API, in one list."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter

from groundwire.api import (
    calibration,
    cases,
    changes,
    check,
    collections,
    documents,
    events,
    health,
    keys,
    litellm,
    live,
    metrics,
    policies,
    replays,
    reviews,
    selftest,
    stats,
    usage,
)

ROUTERS: Sequence[APIRouter] = (
    health.router,
    metrics.router,
    check.router,
    selftest.router,
    live.router,
    events.router,
    stats.router,
    reviews.router,
    cases.router,
    documents.router,
    collections.router,
    changes.router,
    usage.router,
    policies.router,
    calibration.router,
    replays.router,
    keys.router,
    litellm.router,
)
