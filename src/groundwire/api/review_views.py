"""Reviews, the queue and regression cases as the API takes and shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from groundwire.api.events import Moment
from groundwire.domain import Label
from groundwire.events.export import ExportFormat
from groundwire.events.filters import MAX_PAGE
from groundwire.review.filters import QueueFilter, ReviewFilter
from groundwire.review.queue import QueueItem
from groundwire.review.records import ClaimSnapshot, Decision, DocumentIssue, Judgement, RightPassage

_TEXT_CHARS = 20_000
_NOTE_CHARS = 4_000
_MAX_SKIPPED = 200


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Span(_Strict):
    """Characters of the answer, `answer[start:end]`."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)


class PassageOf(_Strict):
    """The words of a document that decide the matter; offsets are into the document's stored text."""

    collection: str = Field(default="", max_length=64)
    document_id: str = Field(min_length=1, max_length=512)
    version: int = Field(ge=1)
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    quote: str = Field(max_length=_TEXT_CHARS)


class ReviewRequest(_Strict):
    """A judgement on the whole answer, on one of its claims, or on words that the check had missed."""

    judgement: Judgement
    position: int | None = Field(default=None, ge=0)
    """Which claim, counted from 0; none for the whole answer."""
    span: Span | None = None
    """What was missed."""
    corrected: str | None = Field(default=None, max_length=_TEXT_CHARS)
    """What the answer should have said."""
    evidence: PassageOf | None = None
    document_issue: DocumentIssue | None = None
    note: str = Field(default="", max_length=_NOTE_CHARS)
    is_addition: bool = False
    """Whether it may stand beside what somebody else decided before."""

    def decision(self) -> Decision:
        """Return what the store understands."""
        return Decision(
            judgement=self.judgement,
            position=self.position,
            span=(self.span.start, self.span.end) if self.span else None,
            corrected=self.corrected,
            evidence=RightPassage(**self.evidence.model_dump()) if self.evidence else None,
            document_issue=self.document_issue,
            note=self.note,
            is_addition=self.is_addition,
        )


class ReviewView(_Strict):
    """A review, with what the check had said of each claim; `undone_at` is null while it stands."""

    id: str
    event_id: str
    created_at: datetime
    reviewer: str
    judgement: Judgement
    position: int | None
    span: Span | None
    corrected: str | None
    evidence: RightPassage | None
    document_issue: DocumentIssue | None
    note: str
    policy: str
    policy_version: str
    verifier: str
    revision: str
    claims: tuple[ClaimSnapshot, ...]
    approved_document_id: str | None
    undone_at: datetime | None
    undone_by: str | None
    fingerprint: str
    """The same for all events that the judgement holds for."""


class ReviewList(_Strict):
    """The reviews of an event, oldest first, the undone ones too."""

    reviews: tuple[ReviewView, ...]


class QueueChoice(_Strict):
    """Which answers that wait; several values of one field widen the choice, different fields narrow it."""

    policy: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    app: tuple[str, ...] = ()
    """The id of the key that asked."""
    label: tuple[Label, ...] = ()

    def filter(self) -> QueueFilter:
        """Return what the queue understands."""
        return QueueFilter(self.policy, self.model, self.app, self.label)


class QueueQuery(QueueChoice):
    """Which answers that wait, and which page of them."""

    limit: int = Field(default=50, ge=1, le=MAX_PAGE)
    cursor: str | None = Field(default=None, max_length=200)
    """`next_cursor` of the page before."""


class NextRequest(QueueChoice):
    """What the next answer must be like."""

    skip: Annotated[tuple[str, ...], Field(max_length=_MAX_SKIPPED)] = ()
    """Ids of events that are not to be offered."""


class QueueView(_Strict):
    """A page of the queue, worst first, and how many answers wait, by label."""

    items: tuple[QueueItem, ...]
    next_cursor: str | None
    waiting: Mapping[Label, int]


class NextView(_Strict):
    """The answer that is now leased to the caller; null where none waits."""

    item: QueueItem | None


class LeaseView(_Strict):
    """Until when the answer is the caller's to review."""

    leased_until: datetime


class ReviewExportQuery(_Strict):
    """Which reviews, and in which format."""

    format: ExportFormat = ExportFormat.JSONL
    policy: tuple[str, ...] = ()
    judgement: tuple[Judgement, ...] = ()
    reviewer: tuple[str, ...] = ()
    event: tuple[str, ...] = ()
    since: Moment | None = None
    until: Moment | None = None
    undone: bool = False
    """Whether undone reviews are exported too."""

    def filter(self) -> ReviewFilter:
        """Return what the store understands."""
        return ReviewFilter(
            self.policy, self.judgement, self.reviewer, self.event, self.since, self.until, includes_undone=self.undone
        )


class ExpectedLabel(_Strict):
    """What must be found for a claim of the event, counted from 0."""

    position: int = Field(ge=0)
    label: Label


class CaseRequest(_Strict):
    """The answer that becomes a regression case."""

    event_id: str = Field(min_length=1, max_length=40)
    name: str = Field(default="", max_length=200)
    claims: tuple[ExpectedLabel, ...] = ()
    """What must be found; by default what the reviews of the event say."""


class CaseView(_Strict):
    """A regression case; `record` is a line of what `groundwire evaluate` reads."""

    id: str
    event_id: str
    created_at: datetime
    author: str
    name: str
    record: Mapping[str, object]


class CaseList(_Strict):
    """All regression cases, oldest first."""

    cases: tuple[CaseView, ...]
