"""Which events are asked for, and which page of them."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, literal, select, tuple_

from groundwire.domain import Action, Event, Label, Mode
from groundwire.errors import BadRequest
from groundwire.events.escaping import escape
from groundwire.events.rows import folded, stored_document_id, stored_model
from groundwire.storage.schema import UtcDateTime, claims, event_texts, events

MAX_PAGE = 500
# Looking texts up one by one is faster than reading all of them only while they are few.
_RECENT = timedelta(days=14)
_EVENT_ID = re.compile(r"[\w-]{1,40}", re.ASCII)
_METADATA_NAME = re.compile(r"[\w.:-]{1,64}")


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What events must be like: each field that is set narrows the choice, several values of one field widen it.

    `since` is inclusive, `until` exclusive. `text` is found in the answer or the last question, whatever its
    case. An app is the id of its key. `document_id` is the best evidence of some claim. `metadata` must
    all be equal. Events of the self test are left out unless asked for.
    """

    actions: tuple[Action, ...] = ()
    labels: tuple[Label, ...] = ()
    models: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    apps: tuple[str, ...] = ()
    modes: tuple[Mode, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    document_id: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    includes_selftest: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Which piece of a long list: at most `limit` (1 to 500) entries after the `cursor` of the page before."""

    limit: int = 50
    cursor: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= MAX_PAGE:
            raise BadRequest(f"limit must be between 1 and {MAX_PAGE}, not {self.limit!r}.", param="limit")


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events, newest first; `next_cursor` is None on the last page."""

    events: tuple[Event, ...]
    next_cursor: str | None


def cursor_after(event: Event) -> str:
    """Return an opaque text that stands for the place after an event."""
    place = f"{event.created_at.astimezone(UTC).isoformat()} {event.id}"
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def older_than(cursor: str) -> ColumnElement[bool]:
    """Return the condition that an event comes after the place of the cursor; raises BadRequest."""
    try:
        place = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode("ascii")
        moment, _, event_id = place.partition(" ")
        created_at = datetime.fromisoformat(moment).astimezone(UTC)
    except (ValueError, OverflowError):
        event_id = ""
    if not _EVENT_ID.fullmatch(event_id):
        raise BadRequest(f"{cursor[:100]!r} is no cursor; take `next_cursor` of a page.", param="cursor")
    bound = tuple_(literal(created_at, UtcDateTime()), literal(event_id))
    return tuple_(events.c.created_at, events.c.id) < bound


def condition(wanted: EventFilter) -> ColumnElement[bool]:
    """Return the filter as a condition on the table of events; raises BadRequest for a metadata name with odd signs."""
    parts: list[ColumnElement[bool]] = [
        column.in_([escape(value) for value in values])
        for column, values in (
            (events.c.action, wanted.actions),
            (events.c.label, wanted.labels),
            (events.c.model, [stored_model(model) for model in wanted.models]),
            (events.c.policy, wanted.policies),
            (events.c.key_id, wanted.apps),
            (events.c.mode, wanted.modes),
        )
        if values
    ]
    if not wanted.includes_selftest:
        parts.append(events.c.is_selftest.is_(False))
    if wanted.since:
        parts.append(events.c.created_at >= wanted.since)
    if wanted.until:
        parts.append(events.c.created_at < wanted.until)
    if wanted.text:
        parts.append(_contains(wanted.text, is_recent=_is_recent(wanted.since)))
    if wanted.document_id:
        matching = select(claims.c.event_id).where(claims.c.document_id == stored_document_id(wanted.document_id))
        parts.append(events.c.id.in_(matching))
    parts += [_has_metadata(name, value) for name, value in wanted.metadata.items()]
    return and_(True, *parts)


def _is_recent(since: datetime | None) -> bool:
    return since is not None and datetime.now(UTC) - since < _RECENT


def _contains(text: str, *, is_recent: bool) -> ColumnElement[bool]:
    found = event_texts.c.text.contains(folded(text), autoescape=True)
    if is_recent:
        # Looked up event by event, so that only the texts of the period are read.
        return exists().where(event_texts.c.event_id == events.c.id, found)
    return events.c.id.in_(select(event_texts.c.event_id).where(found))


def _has_metadata(name: str, value: str) -> ColumnElement[bool]:
    # The name becomes part of a JSON path, in which quotation marks would end it.
    if not _METADATA_NAME.fullmatch(name):
        raise BadRequest(f"Events can't be filtered by metadata {name!r:.200}; only by plain names.", param="metadata")
    column: ColumnElement[str] = events.c.metadata[name].as_string()
    return column == escape(value)
