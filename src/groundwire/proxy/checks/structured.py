"""The check of JSON output: its string values are what it says, and its shape stays as the client asked for it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace

from groundwire.claims.segments import Segment
from groundwire.domain import Action, Claim, Failure, Label, Report, Structure, Verdict
from groundwire.guardrail import unverified
from groundwire.policy.decision import Ruling, action_for
from groundwire.policy.policy import Policy
from groundwire.proxy.checks.inspection import Inspection
from groundwire.proxy.checks.judges import Judge
from groundwire.proxy.checks.regeneration import Ask
from groundwire.proxy.checks.stringvalues import StringValue, fits, has_other_values, rewritten, string_values

_WHAT = "structured output"


class StructuredInspection(Inspection):
    """Checks JSON, which is held until it is complete; what a correction makes of it must still be valid.

    A value can't be left out without breaking the shape, so claims are corrected or reworded or, else, what the policy
    has for that happens. `schema` is the JSON schema that the client gave, None where it gave none.
    """

    def __init__(
        self,
        judge: Judge,
        policy: Policy,
        threads: Executor,
        schema: Mapping[str, object] | None = None,
        ask: Ask | None = None,
    ) -> None:
        strategies = tuple(name for name in policy.strategies if name != "remove")
        super().__init__(judge, replace(policy, strategies=strategies), threads, ask, is_stream=False)
        self._schema = schema

    def feed(self, text: str) -> None:
        """Take more of the answer."""
        self._arrived.append(text)

    def close(self) -> None:
        """Say that the answer is complete."""
        self._is_closed = True

    async def settle(self) -> str:
        """Return the whole text, once it is complete and decided."""
        text = self.answer
        if not self._is_closed:
            return ""
        blocked = await self._settle_calls()
        if not text:
            return blocked
        loop = asyncio.get_running_loop()
        values = await loop.run_in_executor(self._threads, self._values, text)
        if values is None:
            self._count([self._unread(text)])
            return self._released(text)
        rulings = await self._rulings([segment for value in values for segment in value.segments])
        self._count(rulings)
        return self._released(await loop.run_in_executor(self._threads, self._written, text, values, rulings))

    def report(self) -> Report:
        """Return the verdicts so far, and what the answer had to look like."""
        schema = json.dumps(self._schema) if self._schema is not None else None
        return replace(super().report(), structure=Structure(schema))

    def _count(self, rulings: Sequence[Ruling]) -> None:
        """Decide claim by claim; the text itself comes as a whole after that."""
        for ruling in rulings:
            start = ruling.verdict.claim.start
            self.delivery.feed(Segment("", start, start), ruling)

    def _released(self, text: str | None) -> str:
        if self.delivery.is_blocked:
            return self.delivery.released
        if text is None:
            return self.delivery.block()
        return self.delivery.feed(Segment(text, 0, len(text)), None) + self.delivery.close()

    def _values(self, text: str) -> list[StringValue] | None:
        """Return the string values, None where the text can't be checked; runs in a worker thread."""
        if len(text) > self._policy.limits.max_answer_chars:
            self.skip(_WHAT, f"the answer is longer than {self._policy.limits.max_answer_chars} characters")
            return None
        try:
            parsed = json.loads(text)
            values = string_values(text, self._judge.question)
        except (ValueError, RecursionError):
            self.skip(_WHAT, "not checked, because it is no valid JSON")
            return None
        if has_other_values(parsed):
            self.skip(f"numbers and truth values of the {_WHAT}", "not checked")
        self._skipped.extend(entry for value in values for entry in value.skipped)
        return values

    def _written(self, text: str, values: Sequence[StringValue], rulings: Sequence[Ruling]) -> str | None:
        """Return the text with its corrections, None when they break the shape; runs in a worker thread."""
        written = rewritten(text, values, rulings)
        return written if written == text or fits(written, self._schema) else None

    def _unread(self, text: str) -> Ruling:
        """Return what follows for a text that can't be checked."""
        claim = Claim(text, 0, len(text))
        if len(text) > self._policy.limits.max_answer_chars:
            verdict = unverified(claim, Failure.OVER_LENGTH, "too long to be checked")
            return Ruling(verdict, action_for(verdict, self._policy))
        action = self._policy.label_actions[Label.UNVERIFIED]
        verdict = Verdict(claim, Label.UNVERIFIED, 0.0, f"{_WHAT} that is no valid JSON is not checked")
        return Ruling(verdict, self._policy.otherwise if action is Action.REWRITE else action)
