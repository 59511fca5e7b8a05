"""The stored events: list, read, export."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from groundwire.api.authentication import requires
from groundwire.api.event_views import EventDetail, EventList, event_list
from groundwire.api.replies import ERRORS, PREFIX, json_response
from groundwire.api.services import ServicesOf
from groundwire.domain import Action, Label, Mode
from groundwire.errors import BadRequest
from groundwire.events.export import ExportFormat, event_record, export_events
from groundwire.events.filters import MAX_PAGE, EventFilter, Page
from groundwire.keys.roles import Permission

router = APIRouter(
    prefix=f"{PREFIX}/events", tags=["events"], dependencies=[Depends(requires(Permission.READ))], responses=ERRORS
)
MEDIA_TYPES = {ExportFormat.JSONL: "application/x-ndjson", ExportFormat.CSV: "text/csv; charset=utf-8"}


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


Moment = Annotated[datetime, AfterValidator(_aware)]
"""A time or a date in ISO 8601; one without a zone is UTC."""


class EventQuery(BaseModel):
    """Which events; several values of one parameter widen the choice, different parameters narrow it."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    action: tuple[Action, ...] = ()
    label: tuple[Label, ...] = ()
    model: tuple[str, ...] = ()
    policy: tuple[str, ...] = ()
    app: tuple[str, ...] = ()
    """The id of the key that asked."""
    mode: tuple[Mode, ...] = ()
    since: Moment | None = None
    until: Moment | None = None
    q: str = Field(default="", max_length=500)
    """Text in the answer or the last question."""
    document_id: str = ""
    """The document that was the best evidence of some claim."""
    metadata: tuple[str, ...] = ()
    """`name:value`; all of them must be equal."""
    selftest: bool = False
    """Whether events of the self test are shown too."""

    def filter(self) -> EventFilter:
        """Return what the store understands; raises BadRequest."""
        return EventFilter(
            actions=self.action,
            labels=self.label,
            models=self.model,
            policies=self.policy,
            apps=self.app,
            modes=self.mode,
            since=self.since,
            until=self.until,
            text=self.q,
            document_id=self.document_id,
            metadata=_metadata(self.metadata),
            includes_selftest=self.selftest,
        )


class EventListQuery(EventQuery):
    """Which events, and which page of them."""

    limit: int = Field(default=50, ge=1, le=MAX_PAGE)
    cursor: str | None = Field(default=None, max_length=200)
    """`next_cursor` of the page before."""


class ExportQuery(EventQuery):
    """Which events, and in which format."""

    format: ExportFormat = ExportFormat.JSONL


@router.get("", response_model=EventList)
async def list_events(services: ServicesOf, query: Annotated[EventListQuery, Query()]) -> Response:
    """A page of events, newest first."""
    page = await services.events.find(query.filter(), Page(query.limit, query.cursor))
    return json_response(event_list(page).model_dump(mode="json"))


@router.get("/export", response_class=StreamingResponse)
async def export(services: ServicesOf, query: Annotated[ExportQuery, Query()]) -> Response:
    """All events that match, as a file: JSON lines with everything, or CSV with a row an event."""
    pieces = export_events(services.events, query.filter(), query.format)
    headers = {"content-disposition": f'attachment; filename="events.{query.format.value}"'}
    return StreamingResponse(pieces, media_type=MEDIA_TYPES[query.format], headers=headers)


@router.get("/{event_id}", response_model=EventDetail)
async def read_event(services: ServicesOf, event_id: str) -> Response:
    """One event with all that was stored."""
    return json_response(event_record(await services.events.get(event_id)))


def _metadata(pairs: Sequence[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        name, colon, value = pair.partition(":")
        if not colon:
            raise BadRequest(f"metadata must be `name:value`, not {pair!r:.200}.", param="metadata")
        found[name] = value
    return found
