"""Which events are asked for, and which page of them."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select

from groundwire.domain import Action, Event, Label, Mode
from groundwire.errors import BadRequest
from groundwire.events.escaping import escape
from groundwire.events.rows import stored_document_id, stored_model
from groundwire.storage.schema import claims, events

MAX_PAGE = 500
_EVENT_ID = re.compile(r"[\w-]{1,40}", re.ASCII)
_METADATA_NAME = re.compile(r"[\w.:-]{1,64}")


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What events must be like: each field that is set narrows the choice, several values of one field widen it.

    `since` is inclusive, `until` exclusive. `text` is found in the answer or the last question, whatever the case of
    its ASCII letters. An app is the id of its key. `document_id` is the best evidence of some claim. `metadata` must
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


def cursor_after(event_id: str) -> str:
    """Return an opaque text that stands for the place after an event."""
    return base64.urlsafe_b64encode(event_id.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> str:
    """Return the id of the event that a page comes after; raises BadRequest."""
    try:
        event_id = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode("ascii")
    except ValueError:
        event_id = ""
    if not _EVENT_ID.fullmatch(event_id):
        raise BadRequest(f"{cursor[:100]!r} is no cursor; take `next_cursor` of a page.", param="cursor")
    return event_id


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
        parts.append(_contains(escape(wanted.text)))
    if wanted.document_id:
        matching = select(claims.c.event_id).where(claims.c.document_id == stored_document_id(wanted.document_id))
        parts.append(events.c.id.in_(matching))
    parts += [_has_metadata(name, value) for name, value in wanted.metadata.items()]
    return and_(True, *parts)


def _contains(text: str) -> ColumnElement[bool]:
    answer, asked = events.c.report["answer"].as_string(), events.c.question["asked"].as_string()
    return or_(answer.icontains(text, autoescape=True), asked.icontains(text, autoescape=True))


def _has_metadata(name: str, value: str) -> ColumnElement[bool]:
    # The name becomes part of a JSON path, in which quotation marks would end it.
    if not _METADATA_NAME.fullmatch(name):
        raise BadRequest(f"Events can't be filtered by metadata {name!r:.200}; only by plain names.", param="metadata")
    column: ColumnElement[str] = events.c.metadata[name].as_string()
    return column == escape(value)
