"""The nouns of a review: what a person decided about an answer, and about what exactly."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from groundwire.domain import Event, Label


class Judgement(StrEnum):
    """What a person says of a check: it was right, it raised a false alarm, it missed an error, or nobody can tell."""

    RIGHT = "right"
    FALSE_ALARM = "false_alarm"
    MISSED = "missed"
    UNSURE = "unsure"


class DocumentIssue(StrEnum):
    """What is the matter with the documents, where the fault is theirs."""

    WRONG = "wrong"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class ClaimSnapshot:
    """A claim as the check had judged it when it was reviewed, so that labels outlive the events.

    `start` and `end` are offsets into the answer, or into the arguments of the tool call that `target` names.
    """

    position: int
    label: Label
    support: float
    contradiction: float
    start: int
    end: int
    target: str = ""

    @property
    def is_flagged(self) -> bool:
        """Whether the check objected to it."""
        return self.label in {Label.CONTRADICTED, Label.UNSUPPORTED}

    def overlaps(self, span: tuple[int, int]) -> bool:
        """Whether the claim shares characters with this part of the answer."""
        return not self.target and self.start < span[1] and span[0] < self.end


@dataclass(frozen=True, slots=True)
class RightPassage:
    """The words of a document that a person says decide the matter: `quote == document.text[start:end]`."""

    document_id: str
    version: int
    start: int
    end: int
    quote: str
    collection: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decides about a whole answer, about its claim at `position`, or about the `span` of a missed error.

    `corrected` is what the answer should have said. With `is_addition` it may stand beside what somebody else decided.
    """

    judgement: Judgement
    position: int | None = None
    span: tuple[int, int] | None = None
    corrected: str | None = None
    evidence: RightPassage | None = None
    document_issue: DocumentIssue | None = None
    note: str = ""
    is_addition: bool = False


@dataclass(frozen=True, slots=True)
class Review:
    """A decision as it is kept: who made it and when, and under which versions the answer had been checked.

    `approved_document_id` names the approved answer that was made of the corrected text. `fingerprint` is the same for
    all events that the decision holds for.
    """

    id: str
    event_id: str
    created_at: datetime
    reviewer: str
    decision: Decision
    policy: str
    policy_version: str
    verifier: str
    revision: str
    claims: tuple[ClaimSnapshot, ...] = field(default=())
    approved_document_id: str | None = None
    undone_at: datetime | None = None
    undone_by: str | None = None
    fingerprint: str = ""

    @property
    def is_standing(self) -> bool:
        """Whether it was not undone."""
        return self.undone_at is None


def snapshot_of(event: Event) -> tuple[ClaimSnapshot, ...]:
    """Return the claims of an event as the check judged them, in order."""
    return tuple(
        ClaimSnapshot(
            position,
            verdict.label,
            verdict.support,
            verdict.contradiction,
            verdict.claim.start,
            verdict.claim.end,
            verdict.claim.target,
        )
        for position, verdict in enumerate(event.report.verdicts)
    )
