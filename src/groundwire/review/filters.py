"""Which reviews, and which answers that wait for one."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_

from groundwire.domain import Label
from groundwire.errors import BadRequest
from groundwire.events.escaping import escape
from groundwire.events.rows import stored_model
from groundwire.review.records import Judgement
from groundwire.storage.schema import review_items, reviews


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What answers that wait must be like: each field that is set narrows the choice; an app is the id of its key."""

    policies: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    apps: tuple[str, ...] = ()
    labels: tuple[Label, ...] = ()

    def condition(self) -> ColumnElement[bool]:
        """Return the filter as a condition on the table of items."""
        columns = review_items.c
        chosen = (
            (columns.policy, self.policies),
            (columns.model, [stored_model(model) for model in self.models]),
            (columns.app, self.apps),
            (columns.label, [label.value for label in self.labels]),
        )
        return and_(True, *(column.in_(values) for column, values in chosen if values))


@dataclass(frozen=True, slots=True)
class ReviewFilter:
    """What reviews must be like; `since` is inclusive, `until` exclusive. Undone ones are left out unless asked for."""

    policies: tuple[str, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    reviewers: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    includes_undone: bool = False

    def condition(self) -> ColumnElement[bool]:
        """Return the filter as a condition on the table of reviews."""
        columns = reviews.c
        chosen = (
            (columns.policy, self.policies),
            (columns.judgement, [judgement.value for judgement in self.judgements]),
            (columns.reviewer, [escape(reviewer) for reviewer in self.reviewers]),
            (columns.event_id, [escape(event) for event in self.events]),
        )
        parts: list[ColumnElement[bool]] = [column.in_(values) for column, values in chosen if values]
        if self.since:
            parts.append(columns.created_at >= self.since)
        if self.until:
            parts.append(columns.created_at < self.until)
        if not self.includes_undone:
            parts.append(columns.undone_at.is_(None))
        return and_(True, *parts)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the queue: behind the item with this priority and event."""

    priority: float
    event_id: str

    def cursor(self) -> str:
        """Return an opaque text that stands for the place."""
        return base64.urlsafe_b64encode(f"{self.priority!r}:{self.event_id}".encode()).decode().rstrip("=")

    @classmethod
    def read(cls, cursor: str) -> Place:
        """Return the place that a cursor stands for; raises BadRequest."""
        try:
            text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode("ascii")
            priority, _, event_id = text.partition(":")
            return cls(float(priority), event_id)
        except ValueError as error:
            message = f"{cursor[:100]!r} is no cursor; take `next_cursor` of a page."
            raise BadRequest(message, param="cursor") from error
