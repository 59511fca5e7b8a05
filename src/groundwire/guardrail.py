"""answer → claims → evidence → verdicts: the check itself, which knows nothing of HTTP."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from groundwire.claims.language import is_covered
from groundwire.claims.segments import Segment
from groundwire.claims.splitting import split_answer
from groundwire.domain import (
    Claim,
    Failure,
    Label,
    Passage,
    Question,
    Report,
    Skipped,
    Source,
    SourceDocument,
    Strictness,
    Verdict,
)
from groundwire.errors import CheckError
from groundwire.knowledge.retrieval import attachments
from groundwire.protocols import KnowledgeBase, ReconsideringVerifier, Retriever, Snapshot, Verifier
from groundwire.verification.arguments import Argument, judged, settle


@dataclass(frozen=True, slots=True)
class Scope:
    """What one check may use and how strict it is: the part of a policy that concerns verdicts."""

    collections: tuple[str, ...]
    sources: frozenset[Source] = frozenset(Source)
    strictness: Strictness = field(default_factory=Strictness)
    max_answer_chars: int = 100_000


class Guardrail:
    """Checks answers; one instance serves all requests and threads."""

    def __init__(self, knowledge: KnowledgeBase, retriever: Retriever, verifier: Verifier) -> None:
        self._knowledge = knowledge
        self._retriever = retriever
        self._verifier = verifier

    @property
    def verifier_name(self) -> str:
        """The models and rules that judge, as stored with each event."""
        return self._verifier.name

    def over(self, knowledge: KnowledgeBase) -> Guardrail:
        """Return the same check over other documents."""
        return Guardrail(knowledge, self._retriever, self._verifier)

    def open(self, question: Question, scope: Scope) -> Check:
        """Start a check under the newest revision, which stays the same to its end; raises UnknownCollection."""
        snapshot = self._knowledge.snapshot(scope.collections)
        verifier = self._verifier.rationed() if isinstance(self._verifier, ReconsideringVerifier) else self._verifier
        return Check(snapshot, question, scope, self._retriever, verifier)

    def check(self, answer: str, question: Question, scope: Scope) -> Report:
        """Return the report on a whole answer; raises UnknownCollection and CheckError."""
        return self.open(question, scope).report(answer)


class Check:
    """The check of one answer: claims may be judged all at once or as they arrive, with the same verdicts."""

    def __init__(
        self, snapshot: Snapshot, question: Question, scope: Scope, retriever: Retriever, verifier: Verifier
    ) -> None:
        self.question = question
        self.scope = scope
        self.revision = snapshot.revision
        self._snapshot = snapshot
        self._retriever = retriever
        self._verifier = verifier

    def report(self, answer: str) -> Report:
        """Split, retrieve and judge a whole answer."""
        started = time.perf_counter()
        segments = split_answer(answer, self.question)
        claims = [segment.claim for segment in segments if segment.claim]
        split = time.perf_counter()
        verdicts = self.reconsider(self.verify(claims))
        timing = {"claims": (split - started) * 1e3, "verdicts": (time.perf_counter() - split) * 1e3}
        coverage = (*skipped(segments), *unread(verdicts))
        return Report(answer, tuple(verdicts), coverage, self.revision, timing)

    def verify(self, claims: Sequence[Claim]) -> list[Verdict]:
        """Judge claims, one verdict each, in order; blocking work, so call it from a worker thread.

        Raises CheckError when the check can't be completed.
        """
        are_covered = [is_covered(claim.text) for claim in claims]
        judged = iter(self._judge([claim for claim, can_judge in zip(claims, are_covered, strict=True) if can_judge]))
        why = "the check covers English only"
        return [
            next(judged) if can_judge else unverified(claim, Failure.LANGUAGE, why)
            for claim, can_judge in zip(claims, are_covered, strict=True)
        ]

    def verify_arguments(self, arguments: Sequence[Argument]) -> list[Verdict]:
        """Judge single values of a tool call, one verdict each, in order; blocking. Raises CheckError.

        What came with the request is searched as a whole, the knowledge base as far as it is found for the value.
        """
        claims = [argument.claim for argument in arguments]
        beside = [_whole(document) for document in attachments(self.question, self.scope.sources)]
        found = self._retriever.retrieve(claims, self.question, self._snapshot, self.scope.sources) if claims else []
        settled = [
            settle(argument, [*beside, *(hit.passage for hit in hits if hit.passage.source is Source.KNOWLEDGE_BASE)])
            for argument, hits in zip(arguments, found, strict=True)
        ]
        left = iter(self.verify([claim for claim, one in zip(claims, settled, strict=True) if one is None]))
        return [one or judged(argument, next(left)) for argument, one in zip(arguments, settled, strict=True)]

    @property
    def can_reconsider(self) -> bool:
        """Whether verdicts may change when they are looked at again."""
        return isinstance(self._verifier, ReconsideringVerifier)

    def reconsider(self, verdicts: Sequence[Verdict], within_s: float = math.inf) -> list[Verdict]:
        """Return the verdicts, in order, after a second look at what is open; blocking, and never fails."""
        if not isinstance(self._verifier, ReconsideringVerifier):
            return list(verdicts)
        return self._verifier.reconsider(verdicts, self.question, self.scope.strictness, within_s)

    def _judge(self, claims: Sequence[Claim]) -> list[Verdict]:
        if not claims:
            return []
        found = self._retriever.retrieve(claims, self.question, self._snapshot, self.scope.sources)
        if self._snapshot.is_empty and not any(found):
            why = "there is no document to check against"
            return [unverified(claim, Failure.EMPTY_KNOWLEDGE_BASE, why) for claim in claims]
        verdicts = self._verifier.verify(claims, found, self.question, self.scope.strictness)
        if len(verdicts) != len(claims):
            raise CheckError(f"The verifier returned {len(verdicts)} verdicts on {len(claims)} claims.")
        return verdicts


def _whole(document: SourceDocument) -> Passage:
    return Passage(-1, document.id, 1, document.title, document.text, 0, len(document.text), source=document.source)


def unverified(claim: Claim, failure: Failure, reason: str) -> Verdict:
    """Return the verdict on a claim whose check could not be completed."""
    return Verdict(claim, Label.UNVERIFIED, 0.0, reason, failure=failure)


def skipped(segments: Sequence[Segment]) -> list[Skipped]:
    """Return the coverage entries of the segments that might have asserted something unchecked."""
    return [Skipped(segment.text.strip(), segment.why) for segment in segments if segment.skipped]


def unread(verdicts: Sequence[Verdict]) -> list[Skipped]:
    """Return the coverage entries of the claims that, with their evidence, were longer than the verifier reads."""
    why = "the claim or its evidence is longer than is read at once; the rest was not read"
    places = [verdict.claim for verdict in verdicts if verdict.is_cut]
    return [Skipped(f"a part of the claim at characters {claim.start} to {claim.end}", why) for claim in places]
