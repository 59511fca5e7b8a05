"""From an answer to what is delivered: check, decide, record. The proxy and our own API share it."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from groundwire.domain import Action, Event, Failure, Mode, Outcome, Question, Report, Skipped, ToolCall
from groundwire.errors import GroundwireError, GuardUnavailable
from groundwire.guardrail import Guardrail, Scope
from groundwire.policy.decision import Ruling, most_severe
from groundwire.policy.policy import Policy
from groundwire.protocols import EventStore
from groundwire.proxy.checks.inspection import Inspection
from groundwire.proxy.checks.judges import BrokenJudge, Judge
from groundwire.proxy.checks.regeneration import Ask
from groundwire.proxy.checks.structured import StructuredInspection
from groundwire.proxy.jsontext import JsonObject

logger = logging.getLogger(__name__)

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What one request brings to the checks of its answers, and what their events say about it.

    `tools` holds the JSON schemas of the parameters of the tools that the request offers.
    """

    policy: Policy
    mode: Mode
    question: Question
    endpoint: str
    collections: tuple[str, ...] = ()
    model: str = ""
    upstream: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    key_id: str | None = None
    is_stream: bool = False
    is_structured: bool = False
    schema: Mapping[str, object] | None = None
    tools: Mapping[str, JsonObject] = field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()
    request_id: str = field(default_factory=lambda: new_id("req"))


@dataclass(frozen=True, slots=True)
class CheckedAnswer:
    """One answer with its verdicts, the action, and the text that is delivered.

    `event_id` is None when the event could not be stored. `is_outage` is true when the answer is blocked because the
    guard failed, not because of what it says.
    """

    context: CheckContext
    report: Report
    rulings: tuple[Ruling, ...]
    action: Action
    delivered: str
    event_id: str | None
    choice: int = 0
    is_outage: bool = False

    @property
    def is_blocked(self) -> bool:
        """Whether the client gets the policy's message instead of the answer, or of its rest."""
        return self.action is Action.BLOCK and self.context.mode is Mode.ENFORCE

    @property
    def is_changed(self) -> bool:
        """Whether the client gets another text than the upstream wrote."""
        return self.delivered != self.report.answer

    @property
    def delivered_in_full(self) -> str:
        """The text that is delivered, and the checked tool calls that go with it, one a line."""
        calls = () if self.is_blocked else self.report.calls
        return "\n".join(filter(None, (self.delivered, *(f"{call.name}({call.arguments})" for call in calls))))

    def with_skipped(self, entries: Sequence[Skipped]) -> CheckedAnswer:
        """Return the same with more entries in its coverage ledger."""
        if not entries:
            return self
        return replace(self, report=replace(self.report, skipped=(*self.report.skipped, *entries)))


class AnswerService:
    """Checks answers and stores their events; `also` tells the collections that stand beside the usual ones by now."""

    def __init__(
        self,
        guardrail: Guardrail,
        events: EventStore,
        threads: Executor,
        collections: Sequence[str] = (),
        also: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self._guardrail = guardrail
        self._events = events
        self._threads = threads
        self._collections = tuple(collections)
        self._also = also

    def collections_of(self, policy: Policy, asked: Sequence[str] = ()) -> tuple[str, ...]:
        """Return what a check draws on: what the request asks for, else the policy's, else the usual ones."""
        return tuple(asked) or policy.collections or (*self._collections, *self._also())

    def open(self, context: CheckContext, ask: Ask | None = None) -> RequestChecks:
        """Fix the revision that all checks of a request rest on; `ask` reaches the model that the request is for.

        Raises UnknownCollection, and GuardUnavailable when the check is down and the policy fails closed.
        """
        policy = context.policy
        scope = Scope(context.collections, policy.sources, policy.strictness, policy.limits.max_answer_chars)
        try:
            return RequestChecks(self, context, self._guardrail.open(context.question, scope), ask)
        except GroundwireError as error:
            if error.status < 500:
                raise
            logger.exception("The check can't be opened")
        except Exception:
            logger.exception("The check can't be opened")
        if policy.failure_actions[Failure.ERROR] is Action.BLOCK and context.mode is Mode.ENFORCE:
            raise GuardUnavailable("The check is down, and the policy lets no unchecked answer pass.")
        return RequestChecks(self, context, BrokenJudge(context.question))

    async def check(self, answer: str, context: CheckContext) -> CheckedAnswer:
        """Check a whole answer and store its event; raises UnknownCollection and GuardUnavailable."""
        checks = self.open(context)
        return (await checks.record([await checks.check(answer)]))[0]

    def inspect(self, judge: Judge, context: CheckContext, ask: Ask | None) -> Inspection:
        """Start the check of one answer."""
        # Where nothing is changed, no model is asked for other words.
        ask = ask if context.mode is Mode.ENFORCE else None
        inspection = (
            StructuredInspection(judge, context.policy, self._threads, context.schema, ask)
            if context.is_structured
            else Inspection(judge, context.policy, self._threads, ask, is_stream=context.is_stream)
        )
        inspection.calls.schemas = context.tools
        for entry in context.skipped:
            inspection.skip(entry.what, entry.why)
        return inspection

    async def record(
        self, answers: Sequence[CheckedAnswer], outcome: Outcome, usage: Mapping[str, int]
    ) -> list[CheckedAnswer]:
        """Store the events of these answers; see RequestChecks.record."""
        events = [self._event(answer, outcome, {} if answer.choice else usage) for answer in answers]
        try:
            await self._events.append(events)
        except Exception:
            logger.exception("%d events could not be stored", len(events))
            return [_unrecorded(answer) for answer in answers]
        return list(answers)

    def _event(self, answer: CheckedAnswer, outcome: Outcome, usage: Mapping[str, int]) -> Event:
        context = answer.context
        return Event(
            id=answer.event_id or new_id("evt"),
            created_at=datetime.now(UTC),
            request_id=context.request_id,
            choice=answer.choice,
            endpoint=context.endpoint,
            model=context.model,
            upstream=context.upstream,
            policy=context.policy.name,
            policy_version=context.policy.version,
            mode=context.mode,
            verifier=self._guardrail.verifier_name,
            question=context.question,
            collections=context.collections,
            report=answer.report,
            action=answer.action,
            delivered="" if answer.is_outage and not context.is_stream else answer.delivered_in_full,
            outcome=outcome,
            is_stream=context.is_stream,
            usage=usage,
            metadata=context.metadata,
            key_id=context.key_id,
        )


class RequestChecks:
    """The checks of one request's answers: all under one revision, one inspection a choice."""

    def __init__(self, service: AnswerService, context: CheckContext, judge: Judge, ask: Ask | None = None) -> None:
        self.context = context
        self._ask = ask
        self._service = service
        self._judge = judge

    @property
    def revision(self) -> str:
        """The knowledge-base state that the verdicts rest on."""
        return self._judge.revision

    def answered_by(self, upstream: str) -> None:
        """Note which upstream it was, for a fallback may have stepped in."""
        self.context = replace(self.context, upstream=upstream)

    def inspect(self) -> Inspection:
        """Start the check of one answer."""
        return self._service.inspect(self._judge, self.context, self._ask)

    async def check(
        self, answer: str, choice: int = 0, skipped: Sequence[Skipped] = (), calls: Sequence[ToolCall] = ()
    ) -> CheckedAnswer:
        """Check a whole answer with its tool calls, by the very steps that a stream takes in pieces."""
        inspection = self.inspect()
        for entry in skipped:
            inspection.skip(entry.what, entry.why)
        for call in calls:
            inspection.calls.take(call)
        inspection.feed(answer)
        inspection.close()
        await inspection.settle()
        return self.conclude(inspection, choice)

    def conclude(self, inspection: Inspection, choice: int = 0) -> CheckedAnswer:
        """Return what the inspection has come to, as the client gets it."""
        delivery, is_enforced = inspection.delivery, self.context.mode is Mode.ENFORCE
        delivered = delivery.released if self.context.is_stream else delivery.answer
        return CheckedAnswer(
            context=self.context,
            report=inspection.report(),
            rulings=(*delivery.rulings, *delivery.beside),
            action=delivery.action,
            delivered=delivered if is_enforced else inspection.answer,
            event_id=new_id("evt"),
            choice=choice,
            is_outage=delivery.is_outage and is_enforced,
        )

    async def record(
        self,
        answers: Sequence[CheckedAnswer],
        *,
        outcome: Outcome = Outcome.COMPLETED,
        usage: Mapping[str, int] | None = None,
    ) -> list[CheckedAnswer]:
        """Store one event an answer, durably; return the answers as they are after that.

        The usage is noted with choice 0 alone, so that sums over events are right. When the events can't be stored,
        the policy decides; a block then shows as an outage of the guard.
        """
        return await self._service.record(answers, outcome, usage or {})


def new_id(prefix: str) -> str:
    """Return `prefix_` and 26 characters that sort by time: 48 bits of milliseconds, then 82 random bits."""
    number = (time.time_ns() // 1_000_000) << 82 | secrets.randbits(82)
    return f"{prefix}_" + "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


def _unrecorded(answer: CheckedAnswer) -> CheckedAnswer:
    answer = replace(answer.with_skipped([Skipped("event", "could not be stored")]), event_id=None)
    if answer.context.mode is not Mode.ENFORCE:
        return answer
    action = answer.context.policy.failure_actions[Failure.EVENT_STORE]
    is_outage = answer.is_outage or action is Action.BLOCK
    return replace(answer, action=most_severe((answer.action, action)), is_outage=is_outage)
