"""Asks a language model about open claims, within what that may cost; never more than a try."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from groundwire.domain import Label, Question, Verdict
from groundwire.errors import CheckError
from groundwire.protocols import Completion, LanguageModel, Prompt
from groundwire.verification.opinion import INSTRUCTIONS, SCHEMA, Inquiry, inquire, read, tokens_of
from groundwire.verification.rations import Patience, Ration, TokenBudget

logger = logging.getLogger(__name__)

Outcome = Literal["answered", "failed", "over_budget", "resting"]


@dataclass(frozen=True, slots=True)
class Consultation:
    """What became of `claims` open claims: how many were asked about, how many labels changed, and what that cost.

    `over_budget` and `resting` say that nothing was asked, because too little is left or the service failed too often.
    """

    outcome: Outcome
    claims: int
    asked: int = 0
    changed: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0


Count = Callable[[Consultation], None]


def uncounted(_: Consultation) -> None:
    """Let a consultation pass uncounted."""


class Consultant:
    """Asks about many claims in one request; safe to use from several threads.

    `count` is called with what became of each consultation.
    """

    def __init__(self, model: LanguageModel, budget: TokenBudget, count: Count = uncounted) -> None:
        self._model = model
        self._budget = budget
        self._count = count
        self._patience = Patience()

    @property
    def name(self) -> str:
        """Name of the model."""
        return self._model.name

    def labels(
        self, verdicts: Sequence[Verdict], question: Question, ration: Ration, within_s: float = math.inf
    ) -> list[Label]:
        """Return the label of each verdict, as the model says or else as it was; the most important ones come first.

        Takes at most `within_s`, and what it spends from the ration. Never fails: without a usable reply all labels
        stay.
        """
        until = time.monotonic() + within_s
        # One after the other, so that answers which are judged at the same time do not spend the same ration twice.
        with ration.lock:
            found, cost = self._consult(verdicts, question, ration, until)
        labels = [found.get(place, verdict.label) for place, verdict in enumerate(verdicts)]
        changed = sum(label is not verdict.label for label, verdict in zip(labels, verdicts, strict=True))
        cost = replace(cost, claims=len(verdicts), changed=changed)
        self._count(cost)
        logger.info("Second opinion of %r: %s", self.name, cost)
        return labels

    def _consult(
        self, verdicts: Sequence[Verdict], question: Question, ration: Ration, until: float
    ) -> tuple[Mapping[int, Label], Consultation]:
        """Return the labels that the model gives, by the place of the verdict."""
        if self._patience.is_resting:
            return {}, Consultation("resting", len(verdicts))
        timeout_s = min(ration.seconds, until - time.monotonic())
        max_tokens = min(ration.tokens, self._budget.left) if timeout_s > 0 else 0
        inquiry = inquire(verdicts, question, max_tokens)
        spending = self._budget.reserve(max_tokens) if inquiry else None
        if inquiry is None or spending is None:
            return {}, Consultation("over_budget", len(verdicts))
        found, cost = self._ask(inquiry, max_tokens, timeout_s)
        spending.tokens = cost.prompt_tokens + cost.completion_tokens
        # A request whose judge failed once does not wait for it again.
        ration.tokens = ration.tokens - spending.tokens if cost.outcome == "answered" else 0
        ration.seconds -= cost.seconds
        places = {name: place for place, name in enumerate(inquiry.verdicts)}
        return {places[name]: label for name, label in found.items()}, cost

    def _ask(self, inquiry: Inquiry, max_tokens: int, timeout_s: float) -> tuple[Mapping[str, Label], Consultation]:
        started = time.monotonic()
        prompt = Prompt(INSTRUCTIONS, inquiry.material, SCHEMA, max_tokens - inquiry.prompt_tokens)
        labels: Mapping[str, Label] | None = None
        # A service that fails without a word may still have read, and charged, the whole prompt.
        spent = Completion("", completion_tokens=0)
        try:
            spent = self._model.complete(prompt, timeout_s)
            labels = read(spent.text, inquiry)
        except CheckError as error:
            logger.warning("No second opinion of %r; the verdicts stay as they were. %s", self.name, error)
        self._patience.note(is_failure=labels is None)
        asked = len(inquiry.verdicts)
        return labels or {}, Consultation(
            "failed" if labels is None else "answered",
            claims=asked,
            asked=asked,
            prompt_tokens=_known(spent.prompt_tokens, inquiry.prompt_tokens),
            completion_tokens=_known(spent.completion_tokens, tokens_of(spent.text)),
            seconds=time.monotonic() - started,
        )


def _known(counted: int | None, estimated: int) -> int:
    return estimated if counted is None else max(counted, 0)
