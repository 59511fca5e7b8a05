"""What a replay found: the decision as it was and as it would be now, claim by claim, and why they differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from groundwire.domain import Action, Label, Mode


class Basis(StrEnum):
    """What the verdicts of a replay rest on: the stored probabilities, or a new look at the documents."""

    STORED = "stored"
    VERIFIED = "verified"


class Obstacle(StrEnum):
    """Why an event could not be replayed."""

    REVISION_GONE = "revision_gone"
    DOCUMENTS_GONE = "documents_gone"
    POLICY_UNKNOWN = "policy_unknown"
    CHECK_FAILED = "check_failed"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on an answer, and the text that the client gets for it."""

    label: Label
    action: Action
    mode: Mode
    delivered: str


@dataclass(frozen=True, slots=True)
class ClaimChange:
    """A claim and its labels before and now, with the support, 0 to 1, that each rests on.

    A label is None where the claim was not looked at, because a stream had been cut before it. `why` is a reason that a
    person understands; `start` and `end` are offsets into the answer, or into the arguments that `target` names.
    """

    text: str
    start: int
    end: int
    target: str
    before: Label | None
    after: Label | None
    support_before: float | None
    support_after: float | None
    why: str

    @property
    def is_flip(self) -> bool:
        """Whether a verdict became another one."""
        return self.before is not None and self.after is not None and self.before is not self.after


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an event could not be replayed, in a word and in a sentence."""

    obstacle: Obstacle
    reason: str


@dataclass(frozen=True, slots=True)
class Replay:
    """One event, run again under `policy` with its version, against `revision`.

    `after` and `basis` are None where that was not possible, and `refusal` says why. `notes` say what was verified anew
    and why, and what could not be run again. `claims` has every claim, flipped or not.
    """

    event_id: str
    created_at: datetime
    model: str
    question: str
    policy: str
    policy_version: str
    revision: str
    before: Decision
    after: Decision | None = None
    basis: Basis | None = None
    claims: tuple[ClaimChange, ...] = ()
    notes: tuple[str, ...] = ()
    refusal: Refusal | None = None
    is_interrupted: bool = False

    @property
    def flips(self) -> tuple[ClaimChange, ...]:
        """The claims whose verdict became another one."""
        return tuple(claim for claim in self.claims if claim.is_flip)

    @property
    def is_flipped(self) -> bool:
        """Whether a verdict, the action or the delivered text became another one.

        Of a stream that broke off only a part was delivered, so its text is not compared.
        """
        if self.after is None:
            return False
        has_other_text = self.before.delivered != self.after.delivered and not self.is_interrupted
        return bool(self.flips) or self.before.action is not self.after.action or has_other_text
