"""Runs labelled answers through the real check, one after the other, and keeps what is needed to judge the judge."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from groundwire.domain import Action, Claim, Failure, Hit, Question, Source, Verdict
from groundwire.errors import CheckError
from groundwire.evaluation.cases import Case
from groundwire.guardrail import Guardrail, Scope, unverified
from groundwire.policy.decision import Ruling, action_for, decide
from groundwire.policy.policy import Policy
from groundwire.protocols import KnowledgeBase, Retriever, Snapshot, Verifier

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the check said about one answer: `hits` go with `verdicts`; times are in milliseconds."""

    case: Case
    verdicts: tuple[Verdict, ...]
    hits: tuple[tuple[Hit, ...], ...]
    action: Action
    check_ms: float
    retrieval_ms: float

    @property
    def score(self) -> float:
        """How bad the answer looks, 0 to 1: the highest 1 - support of its claims, 0 without any."""
        return max((1.0 - verdict.support for verdict in self.verdicts), default=0.0)


@dataclass(slots=True)
class WatchedRetriever:
    """A retriever that remembers what it found last, and how long that took."""

    retriever: Retriever
    found: list[list[Hit]] = field(default_factory=list)
    took_ms: float = 0.0

    def retrieve(
        self, claims: Sequence[Claim], question: Question, snapshot: Snapshot, sources: frozenset[Source]
    ) -> list[list[Hit]]:
        """Return the hits for each claim, in input order, best first."""
        started = time.perf_counter()
        self.found = self.retriever.retrieve(claims, question, snapshot, sources)
        self.took_ms = (time.perf_counter() - started) * 1e3
        return self.found

    def forget(self) -> None:
        """Forget the last answer."""
        self.found, self.took_ms = [], 0.0


class Bench:
    """Checks cases under one policy; `collections` gives the collections of each knowledge base."""

    def __init__(
        self,
        knowledge: KnowledgeBase,
        retriever: Retriever,
        verifier: Verifier,
        policy: Policy,
        collections: Mapping[str, tuple[str, ...]],
    ) -> None:
        self._retriever = WatchedRetriever(retriever)
        self._guardrail = Guardrail(knowledge, self._retriever, verifier)
        self._policy = policy
        self._collections = collections

    @property
    def verifier_name(self) -> str:
        """The models and rules that judge."""
        return self._guardrail.verifier_name

    def check(self, case: Case) -> Outcome:
        """Return what the check says about a case."""
        self._retriever.forget()
        started = time.perf_counter()
        verdicts = self._verdicts(case)
        check_ms = (time.perf_counter() - started) * 1e3
        found = self._retriever.found or [[] for _ in verdicts]
        rulings = [Ruling(verdict, action_for(verdict, self._policy)) for verdict in verdicts]
        return Outcome(
            case,
            tuple(verdicts),
            tuple(map(tuple, found)),
            decide(rulings, self._policy),
            check_ms,
            self._retriever.took_ms,
        )

    def _verdicts(self, case: Case) -> Sequence[Verdict]:
        policy, names = self._policy, self._collections.get(case.knowledge_base, ())
        scope = Scope(names, policy.sources, policy.strictness, policy.limits.max_answer_chars)
        check = self._guardrail.open(case.question, scope)
        whole = Claim(case.answer, 0, len(case.answer))
        try:
            if case.is_one_claim:
                return check.reconsider(check.verify([whole]))
            return check.report(case.answer).verdicts
        except CheckError as error:
            logger.warning("%s: the check failed: %s", case.place, error)
            self._retriever.forget()
            return [unverified(whole, Failure.ERROR, "the check failed")]
