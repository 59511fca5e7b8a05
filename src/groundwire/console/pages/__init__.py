"""The pages, one router an area."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter

from groundwire.console.pages import (
    account,
    connect,
    documents,
    event,
    events,
    keys,
    knowledge,
    overview,
    playground,
    policies,
    policy_calibration,
    policy_editing,
    review,
    revisions,
    sign_in,
    uploads,
)

ROUTERS: Sequence[APIRouter] = (
    overview.router,
    review.router,
    knowledge.router,
    documents.router,
    revisions.router,
    uploads.router,
    policies.router,
    policy_calibration.router,
    policy_editing.router,
    playground.router,
    account.router,
    sign_in.router,
    events.router,
    connect.router,
    keys.router,
    event.router,
)
