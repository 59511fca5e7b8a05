"""New events as server-sent events: what was not simply allowed, within a second of its being stored."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from groundwire.api.authentication import requires
from groundwire.api.replies import ERRORS, PREFIX
from groundwire.api.services import Services, ServicesOf
from groundwire.domain import Action, Event, Label, Mode
from groundwire.events.feed import Listener
from groundwire.events.rows import asked
from groundwire.keys.roles import Permission
from groundwire.proxy.jsontext import encode

router = APIRouter(
    prefix=f"{PREFIX}/events", tags=["events"], dependencies=[Depends(requires(Permission.READ))], responses=ERRORS
)
_EXCERPT_CHARS = 300
_HEARTBEAT_S = 15.0
# A stream ends after a while and the browser asks again, so that who was signed out does not watch on.
_LONGEST_S = 300.0
_RETRY_MS = 1000


class LiveEvent(BaseModel):
    """An event of the stream: `app` is the name of the key that asked, `reason` that of the worst claim."""

    id: str
    created_at: datetime
    action: Action
    label: Label
    mode: Mode
    model: str
    policy: str
    app: str
    question: str
    reason: str


@router.get("/live", response_class=StreamingResponse)
async def live(
    services: ServicesOf,
    after: Annotated[str, Query(max_length=40)] = "",
    last_event_id: Annotated[str, Header(max_length=40)] = "",
) -> StreamingResponse:
    """Server-sent events, one for each new answer that was flagged, rewritten or blocked.

    What came after the event `after`, or the header `last-event-id`, is sent first: the newest 50 at most.
    """
    listening = ExitStack()
    listener = listening.enter_context(services.events.feed.listening())
    stream = _stream(services, listener, last_event_id or after, listening)
    return StreamingResponse(stream, media_type="text/event-stream", headers={"cache-control": "no-store"})


async def _stream(services: Services, listener: Listener, after: str, listening: ExitStack) -> AsyncIterator[str]:
    with listening:
        names = await app_names(services)
        ends_at = time.monotonic() + _LONGEST_S
        yield f"retry: {_RETRY_MS}\n\n"
        sent = await services.events.feed.missed(after) if after else []
        yield frames(sent, names)
        known = {event.id for event in sent}
        while listener.is_open and time.monotonic() < ends_at:
            arrived = await listener.take(_HEARTBEAT_S)
            # What was stored while the missed ones were read comes twice.
            fresh = [event for event in arrived if event.id not in known]
            yield frames(fresh, names) or ": still here\n\n"


async def app_names(services: Services) -> Mapping[str, str]:
    """Return the name of every key that was ever made, by its id."""
    return {record.id: record.name for record in await services.keys.all()}


def frames(found: Sequence[Event], names: Mapping[str, str]) -> str:
    """Return events in the format of server-sent events."""
    shown = ((event.id, encode(live_event(event, names).model_dump(mode="json"))) for event in found)
    return "".join(f"id: {event_id}\ndata: {text}\n\n" for event_id, text in shown)


def live_event(event: Event, names: Mapping[str, str]) -> LiveEvent:
    """Return what the stream says of an event."""
    label = event.report.label
    reason = next((each.reason for each in event.report.verdicts if each.label is label), "")
    return LiveEvent(
        id=event.id,
        created_at=event.created_at,
        action=event.action,
        label=label,
        mode=event.mode,
        model=event.model,
        policy=event.policy,
        app=names.get(event.key_id or "", event.key_id or ""),
        question=asked(event.question)[:_EXCERPT_CHARS],
        reason=reason[:_EXCERPT_CHARS],
    )
