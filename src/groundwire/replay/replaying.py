"""Runs one stored event again, by the very steps of the proxy: with its own verdicts where they still hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from groundwire.domain import Claim, Event, Mode, Source, Verdict
from groundwire.errors import GroundwireError, NotFound
from groundwire.events.rows import asked
from groundwire.guardrail import Check, Guardrail, Scope
from groundwire.knowledge.records import parts_of
from groundwire.knowledge.retrieval import attachments
from groundwire.policy.policy import Policy
from groundwire.proxy.answering import AnswerService
from groundwire.replay.comparing import changes, decision_before, decision_now
from groundwire.replay.judging import ReplayJudge
from groundwire.replay.outcomes import Basis, Obstacle, Refusal, Replay
from groundwire.replay.recollection import Recollection
from groundwire.replay.rerunning import Terms, is_interrupted, rerun
from groundwire.replay.revisions import Revisions
from groundwire.replay.wanted import KnownPolicies, Wanted


class DocumentsGone(NotFound):
    """Documents that came with the request were not kept."""


class Replayer:
    """Replays events; `answers` checks without recording, `guardrail` judges where stored verdicts do not tell."""

    def __init__(
        self, answers: AnswerService, guardrail: Guardrail, revisions: Revisions, known: KnownPolicies
    ) -> None:
        self.answers = answers
        self.guardrail = guardrail
        self.revisions = revisions
        self._known = known

    async def replay(self, event: Event, wanted: Wanted) -> Replay:
        """Return what is decided on an event under what is wanted, beside what was decided."""
        policy = wanted.policy(event)
        if policy is None:
            reason = f"There is no policy {event.policy!r} any more, nor is its version {event.policy_version!r} known."
            return _refused(_head(event, "", ""), Refusal(Obstacle.POLICY_UNKNOWN, reason))
        head = _head(event, policy.name, policy.version)
        try:
            terms = self._terms(event, policy, wanted)
        except NotFound as error:
            return _refused(head, Refusal(Obstacle.REVISION_GONE, error.message))
        return await self._replayed(event, terms, replace(head, revision=terms.revision))

    def _terms(self, event: Event, policy: Policy, wanted: Wanted) -> Terms:
        was = policy if _is_the_same(event, policy) else self._known.of(event)
        collections = self._collections(event, was, policy, wanted)
        revision = wanted.revision.of(event, collections, lambda: self.revisions.newest(collections))
        return Terms(policy, was, collections, revision)

    def _collections(self, event: Event, was: Policy | None, policy: Policy, wanted: Wanted) -> tuple[str, ...]:
        """Return what the event drew on, or what it would draw on now where the policy decides that anew."""
        if was is None or (policy.collections == was.collections and not wanted.revision.is_newest):
            return event.collections
        usual = self.answers.collections_of(was)
        is_own = usual[: len(event.collections)] != event.collections
        return event.collections if is_own else self.answers.collections_of(policy)

    async def _replayed(self, event: Event, terms: Terms, head: Replay) -> Replay:
        notes = self._why_anew(event, terms)
        recall = Recollection(event.report, terms.was, terms.policy).of if terms.was and not notes else _nothing
        judge = ReplayJudge(event.question, event.report, recall, lambda: self._opened(event, terms))
        checked = await rerun(event, terms, judge, self.answers)
        if judge.error:
            return _refused(head, Refusal(_obstacle(judge.error), judge.error.message))
        basis = Basis.VERIFIED if notes else Basis.STORED
        return replace(
            head,
            after=decision_now(checked),
            basis=basis,
            claims=changes(event.report.verdicts, checked.report.verdicts, basis, terms.policy.strictness),
            notes=(*notes, *_remarks(event, terms, judge, basis)),
        )

    def _why_anew(self, event: Event, terms: Terms) -> tuple[str, ...]:
        """Return what changed of all that verdicts rest on, so that the stored ones do not hold."""
        if terms.was is None:
            return (f"the version {event.policy_version!r} of the policy is not known any more",)
        found = []
        then, now = _evidence(event, terms.was), _evidence(event, terms.policy)
        if then != now:
            found.append(f"evidence: {_listed(then)} → {_listed(now)}")
        if dict(parts_of(terms.revision)) != dict(parts_of(event.report.revision)):
            found.append(f"documents: {event.report.revision or 'none'} → {terms.revision}")
        if event.verifier != self.guardrail.verifier_name:
            found.append(f"verifier: {event.verifier} → {self.guardrail.verifier_name}")
        return tuple(found)

    def _opened(self, event: Event, terms: Terms) -> Check:
        """Open the check anew; raises NotFound where its documents are gone."""
        _require_documents(event)
        if not terms.revision:
            raise NotFound("The check could not be opened then, so no revision is known that it rested on.")
        policy = terms.policy
        scope = Scope(terms.collections, policy.sources, policy.strictness, policy.limits.max_answer_chars)
        return self.guardrail.over(self.revisions.open(terms.revision)).open(event.question, scope)


def _head(event: Event, policy: str, version: str) -> Replay:
    return Replay(
        event_id=event.id,
        created_at=event.created_at,
        model=event.model,
        question=asked(event.question),
        policy=policy,
        policy_version=version,
        revision=event.report.revision,
        before=decision_before(event),
        is_interrupted=is_interrupted(event),
    )


def _refused(head: Replay, refusal: Refusal) -> Replay:
    return replace(head, refusal=refusal)


def _is_the_same(event: Event, policy: Policy) -> bool:
    return (event.policy, event.policy_version) == (policy.name, policy.version)


def _evidence(event: Event, policy: Policy) -> frozenset[Source]:
    """Return the sources that can say anything about this event."""
    came = {document.source for document in attachments(event.question, policy.sources)}
    return frozenset(came | ({Source.KNOWLEDGE_BASE} & policy.sources))


def _listed(sources: frozenset[Source]) -> str:
    return ", ".join(sorted(source.value for source in sources)) or "none"


def _require_documents(event: Event) -> None:
    kept = {document.id for document in event.question.documents}
    for verdict in event.report.verdicts:
        for evidence in verdict.evidence:
            if evidence.source is Source.REQUEST_DOCUMENTS and evidence.document_id not in kept:
                raise DocumentsGone(f"The document {evidence.document_id!r:.200} of the request was not kept.")


def _obstacle(error: GroundwireError) -> Obstacle:
    if isinstance(error, DocumentsGone):
        return Obstacle.DOCUMENTS_GONE
    return Obstacle.REVISION_GONE if isinstance(error, NotFound) else Obstacle.CHECK_FAILED


def _remarks(event: Event, terms: Terms, judge: ReplayJudge, basis: Basis) -> Sequence[str]:
    found = []
    if basis is Basis.STORED and judge.verified:
        texts = "text" if judge.verified == 1 else "texts"
        found.append(f"verified anew: {judge.verified} {texts} whose verdict the event does not hold")
    if terms.policy.regenerates and terms.policy.mode is Mode.ENFORCE:
        found.append("no model is asked to reword claims: what one wrote then is used again")
    return found


def _nothing(_claim: Claim) -> Verdict | None:
    return None
