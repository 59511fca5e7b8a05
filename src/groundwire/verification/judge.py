"""A second opinion: a language model is asked about the claims that the verifier before it left open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from groundwire.domain import Claim, Hit, Label, Question, Strictness, Verdict
from groundwire.protocols import Verifier
from groundwire.verification.consultation import Consultant
from groundwire.verification.rations import Ration

_OPENING = "second opinion of "
_SAYS: Mapping[Label, str] = {
    Label.SUPPORTED: "the evidence carries this",
    Label.CONTRADICTED: "the evidence says otherwise",
    Label.UNSUPPORTED: "the evidence does not settle this",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Which claims are open (`support` from `min_support` to `max_support`) and what the answers to a request may cost.

    `timeout_s` and `max_tokens`, prompts and replies together, hold for all second opinions on one request's answers.
    """

    min_support: float = 0.2
    max_support: float = 0.8
    timeout_s: float = 1.5
    max_tokens: int = 4_000


class SecondOpinion:
    """Judges as the verifier it wraps does, and has a model look again at what is open; safe for several threads.

    A verdict changes only where the model clearly gives another label. Whatever keeps it from doing so leaves all
    verdicts as they were. Without a ration of its own each call has a new one.
    """

    def __init__(
        self, verifier: Verifier, consultant: Consultant, limits: Limits, *, ration: Ration | None = None
    ) -> None:
        self._verifier = verifier
        self._consultant = consultant
        self._limits = limits
        self._ration = ration

    @property
    def name(self) -> str:
        """Names the verifier and the model."""
        return f"{self._verifier.name}+judge:{self._consultant.name}"

    def rationed(self) -> SecondOpinion:
        """Return the verifier for the answers to one request, which share one limit of time and tokens."""
        return SecondOpinion(self._verifier, self._consultant, self._limits, ration=self._new_ration())

    def verify(
        self, claims: Sequence[Claim], evidence: Sequence[Sequence[Hit]], question: Question, strictness: Strictness
    ) -> list[Verdict]:
        """Return one verdict a claim, in input order; raises CheckError when the wrapped verifier does."""
        return self._verifier.verify(claims, evidence, question, strictness)

    def reconsider(
        self, verdicts: Sequence[Verdict], question: Question, strictness: Strictness, within_s: float
    ) -> list[Verdict]:
        """Return the verdicts, in input order, changed where the model says so; asks once about all that are open."""
        revised = list(verdicts)
        places = [place for place, verdict in enumerate(verdicts) if self._is_open(verdict)]
        # Where not all fit into one request, those nearest to the limit between the labels matter most.
        places.sort(key=lambda place: abs(verdicts[place].support - strictness.min_support))
        if places:
            ration = self._ration or self._new_ration()
            labels = self._consultant.labels([verdicts[place] for place in places], question, ration, within_s)
            for place, label in zip(places, labels, strict=True):
                revised[place] = self._revised(verdicts[place], label, strictness)
        return revised

    def _new_ration(self) -> Ration:
        return Ration(self._limits.max_tokens, self._limits.timeout_s)

    def _is_open(self, verdict: Verdict) -> bool:
        is_between = self._limits.min_support <= verdict.support <= self._limits.max_support
        return is_between and verdict.label is not Label.UNVERIFIED and bool(verdict.evidence)

    def _revised(self, verdict: Verdict, label: Label, strictness: Strictness) -> Verdict:
        """Return the verdict with this label; its support leaves the open range on the side of the label."""
        if label is verdict.label:
            return verdict
        is_supported = label is Label.SUPPORTED
        most = max(self._limits.max_support, strictness.min_support)
        support = most if is_supported else min(self._limits.min_support, verdict.support)
        return replace(
            verdict,
            label=label,
            support=support,
            contradiction=1.0 - support if label is Label.CONTRADICTED else 0.0,
            reason=f"{_OPENING}{self._consultant.name}: {_SAYS[label]}; before: {verdict.reason}",
            corrections=(),
            spans=() if is_supported else verdict.spans,
        )


def is_second_opinion(verdict: Verdict) -> bool:
    """Whether a model gave the verdict its label, which then does not follow from the probabilities."""
    return verdict.reason.startswith(_OPENING)
