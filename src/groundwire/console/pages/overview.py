"""The first page: how often answers are not grounded, what changed, and what was just stopped."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from fastapi import APIRouter, Depends, Request, Response

from groundwire.api.live import live_event
from groundwire.api.services import ServicesOf
from groundwire.console.periods import Span, Step, period_of, step_of
from groundwire.console.rendering import page
from groundwire.console.summary import read_numbers, read_state
from groundwire.console.viewer import viewing
from groundwire.keys.roles import Permission

router = APIRouter(dependencies=[Depends(viewing(Permission.READ))])


@router.get("/")
async def overview(
    request: Request, services: ServicesOf, period: Span = Span.WEEK, by: Step | None = None
) -> Response:
    """The overview of a period, by hour or day."""
    now = datetime.now(UTC)
    chosen = period_of(period, now)
    step = step_of(chosen, by)
    numbers, state = await asyncio.gather(read_numbers(services, chosen, step, now), read_state(services, chosen))
    recent = [live_event(event, state.apps) for event in state.recent]
    return page(
        request, "overview/overview.html", numbers=numbers, state=state, period=chosen, step=step, recent=recent
    )
