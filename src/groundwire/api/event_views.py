"""Events as the API shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from groundwire.domain import Action, Event, Label, Mode, Outcome, Question, Report
from groundwire.events.filters import EventPage
from groundwire.events.rows import asked

_EXCERPT_CHARS = 500


class EventHead(BaseModel):
    """What a list and a page of its own both say of an event."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    created_at: datetime
    request_id: str
    choice: int
    endpoint: str
    model: str
    upstream: str
    policy: str
    mode: Mode
    action: Action
    label: Label
    groundedness: float
    outcome: Outcome
    is_stream: bool
    metadata: Mapping[str, str]
    key_id: str | None


class EventSummary(EventHead):
    """An entry of a list: `question` and `answer` are cut after 500 characters; `claims` counts them by label."""

    revision: str
    question: str
    answer: str
    claims: Mapping[Label, int]


class EventList(BaseModel):
    """A page of events, newest first; `next_cursor` leads to the next one and is null on the last."""

    events: tuple[EventSummary, ...]
    next_cursor: str | None


class EventDetail(EventHead):
    """An event with all that was stored; offsets are into `report.answer`, the upstream's original text.

    Those of a claim with a `target` are into the arguments of its call, which is one of `report.calls`.
    """

    policy_version: str
    verifier: str
    question: Question
    collections: tuple[str, ...]
    report: Report
    delivered: str
    usage: Mapping[str, int]


def event_list(page: EventPage) -> EventList:
    """Return a page as the API shows it."""
    return EventList(events=tuple(map(_summary, page.events)), next_cursor=page.next_cursor)


def _summary(event: Event) -> EventSummary:
    report = event.report
    counts = Counter(verdict.label for verdict in report.verdicts)
    return EventSummary(
        id=event.id,
        created_at=event.created_at,
        request_id=event.request_id,
        choice=event.choice,
        endpoint=event.endpoint,
        model=event.model,
        upstream=event.upstream,
        policy=event.policy,
        mode=event.mode,
        action=event.action,
        label=report.label,
        groundedness=round(report.groundedness, 4),
        outcome=event.outcome,
        is_stream=event.is_stream,
        metadata=event.metadata,
        key_id=event.key_id,
        revision=report.revision,
        question=asked(event.question)[:_EXCERPT_CHARS],
        answer=report.answer[:_EXCERPT_CHARS],
        claims={label: counts[label] for label in Label},
    )
