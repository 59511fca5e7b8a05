"""The check of a reply's tool calls: the arguments that a policy names, against everything that counts as evidence."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field

from groundwire.claims.segments import Segment
from groundwire.domain import Action, Claim, Failure, Label, Skipped, ToolCall, Verdict
from groundwire.errors import CheckError
from groundwire.guardrail import unverified
from groundwire.policy.decision import Ruling, argument_ruling
from groundwire.policy.policy import Policy
from groundwire.proxy.checks.arguments import CallReader, Statement
from groundwire.proxy.checks.judges import Judge
from groundwire.proxy.jsontext import JsonObject
from groundwire.verification.arguments import Argument

logger = logging.getLogger(__name__)

NOT_CHECKED = "not checked"
_BLOCKED = "not checked, because the answer was blocked before"
_NO_JSON = "not checked, because the arguments are no valid JSON"


@dataclass(slots=True, eq=False)
class CallChecks:
    """The calls of one answer; `calls` are those whose tool the policy names, `skipped` is what is not checked."""

    judge: Judge
    policy: Policy
    threads: Executor
    schemas: Mapping[str, JsonObject] = field(default_factory=dict)
    calls: list[ToolCall] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    seconds: float = 0.0
    _waiting: list[ToolCall] = field(default_factory=list)

    def take(self, call: ToolCall) -> None:
        """Take a call, which is complete."""
        if self.policy.tools.names(call.name):
            self.calls.append(call)
            self._waiting.append(call)
        else:
            self.skipped.append(Skipped(call.target, NOT_CHECKED))

    def pass_over(self) -> None:
        """Note that the calls that wait are not checked, for nothing of the answer leaves any more."""
        self.skipped += [Skipped(call.target, _BLOCKED) for call in self._waiting]
        self._waiting = []

    async def settle(self) -> list[Ruling]:
        """Return what happens to the calls for each of their claims; what breaks or takes too long is unverified."""
        calls, self._waiting = self._waiting, []
        if not calls:
            return []
        started, budget_s = time.perf_counter(), self.policy.limits.budget_s
        try:
            async with asyncio.timeout(budget_s):
                return await asyncio.get_running_loop().run_in_executor(self.threads, self._rule, calls)
        except TimeoutError:
            logger.warning("The check of %d tool calls took longer than %g s", len(calls), budget_s)
            return self._failed(calls, Failure.TIMEOUT, f"the check took longer than {budget_s * 1e3:g} ms")
        except Exception:
            # Whatever broke, the calls are unverified, and the policy decides what that means.
            logger.exception("The check of %d tool calls failed", len(calls))
            return self._failed(calls, Failure.ERROR, "the check failed")
        finally:
            self.seconds += time.perf_counter() - started

    def _rule(self, calls: Sequence[ToolCall]) -> list[Ruling]:
        """Read and judge; runs in a worker thread."""
        rulings: list[Ruling] = []
        for call in calls:
            otherwise = self._otherwise(call)
            rulings += [argument_ruling(verdict, self.policy, otherwise) for verdict in self._verdicts(call)]
        return rulings

    def _verdicts(self, call: ToolCall) -> list[Verdict]:
        limit = self.policy.limits.max_answer_chars
        if len(call.arguments) > limit:
            self.skipped.append(Skipped(call.target, f"longer than {limit} characters"))
            return [unverified(_whole(call), Failure.OVER_LENGTH, "too long to be checked")]
        rule = self.policy.tools.find(call.name)
        if rule is None:
            raise CheckError(f"No rule names the tool {call.name!r}.")
        reader = CallReader(rule, self.schemas.get(call.name), self.judge.question)
        try:
            found = list(reader.read(call))
        except (ValueError, RecursionError):
            self.skipped.append(Skipped(call.target, _NO_JSON))
            return [Verdict(_whole(call), Label.UNVERIFIED, 0.0, _NO_JSON)]
        self.skipped += [one for one in found if isinstance(one, Skipped)]
        return self._judged(found)

    def _judged(self, found: Sequence[Statement]) -> list[Verdict]:
        values = [one for one in found if isinstance(one, Argument)]
        texts = [one for one in found if isinstance(one, Segment) and one.claim]
        claims = [one.claim for one in texts if one.claim and not one.failure]
        judged_values = iter(self.judge.verify_arguments(values) if values else ())
        judged_claims = iter(self.judge.verify(claims) if claims else ())
        verdicts = []
        for one in found:
            if isinstance(one, Argument):
                verdicts.append(next(judged_values))
            elif isinstance(one, Segment) and one.claim:
                failed = unverified(one.claim, one.failure, "too long to be checked") if one.failure else None
                verdicts.append(failed or next(judged_claims))
        return verdicts

    def _failed(self, calls: Sequence[ToolCall], failure: Failure, reason: str) -> list[Ruling]:
        verdicts = [(unverified(_whole(call), failure, reason), self._otherwise(call)) for call in calls]
        return [argument_ruling(verdict, self.policy, otherwise) for verdict, otherwise in verdicts]

    def _otherwise(self, call: ToolCall) -> Action:
        rule = self.policy.tools.find(call.name)
        return rule.otherwise if rule else self.policy.otherwise


def _whole(call: ToolCall) -> Claim:
    return Claim(call.arguments, 0, len(call.arguments), target=call.target)
