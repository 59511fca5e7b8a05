"""The check of one answer, whole or as it arrives: text goes in, and what may leave comes out."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from typing import Protocol

from groundwire.claims.segments import Segment
from groundwire.claims.splitting import AnswerSplitter
from groundwire.domain import Claim, Failure, Question, Report, Skipped, Verdict
from groundwire.errors import CheckError
from groundwire.guardrail import skipped, unread, unverified
from groundwire.policy.decision import Ruling, action_for
from groundwire.policy.delivery import Delivery
from groundwire.policy.mending import rule
from groundwire.policy.policy import Policy

logger = logging.getLogger(__name__)

# Claims in one call of the verifier.
_CLAIMS_AT_ONCE = 16
# A long text is split in pieces, so that little of it is split in vain when it turns out to be too long.
_PIECE_CHARS = 4_096
# What a second look leaves of the time, to draw the consequences.
_RULING_S = 0.05


class Judge(Protocol):
    """What an inspection needs of a check: the verdicts, and what they rest on."""

    question: Question
    revision: str

    def verify(self, claims: Sequence[Claim]) -> list[Verdict]:
        """Judge claims, one verdict each, in order; blocking."""
        ...

    @property
    def can_reconsider(self) -> bool:
        """Whether verdicts may change when they are looked at again."""
        ...

    def reconsider(self, verdicts: Sequence[Verdict], within_s: float) -> list[Verdict]:
        """Return the verdicts, in order, after a second look that takes at most `within_s`; blocking."""
        ...


class BrokenJudge:
    """Stands in for a check that could not even be opened, so that the policy decides what follows."""

    revision = ""
    can_reconsider = False

    def __init__(self, question: Question) -> None:
        self.question = question

    def verify(self, claims: Sequence[Claim]) -> list[Verdict]:
        """Raise CheckError, always."""
        raise CheckError("The check could not be opened.")

    def reconsider(self, verdicts: Sequence[Verdict], within_s: float) -> list[Verdict]:
        """Return the verdicts as they are."""
        return list(verdicts)


class Inspection:
    """Checks one answer under one policy; fed whole or in pieces, it decides the same.

    `feed` and `close` take the text, `settle` waits for the verdicts on all that has arrived and returns the text that
    may leave. Never more than one `settle` may run at a time.
    """

    def __init__(self, judge: Judge, policy: Policy, threads: Executor) -> None:
        self.delivery = Delivery(policy)
        self._judge = judge
        self._policy = policy
        self._threads = threads
        self._splitter = AnswerSplitter(judge.question, max_claim_chars=policy.limits.max_held_chars)
        self._arrived: list[str] = []
        self._waiting: list[Segment] = []
        self._skipped: list[Skipped] = []
        self._is_closed = False
        self._is_over_length = False
        # How far the text has come that is past the limit.
        self._passed = 0
        self._check_s = 0.0
        self._second_look_s = 0.0

    @property
    def is_waiting(self) -> bool:
        """Whether there is something for `settle` to do."""
        return bool(self._waiting)

    @property
    def answer(self) -> str:
        """The upstream's original text, as far as it has arrived."""
        return "".join(self._arrived)

    def feed(self, text: str) -> None:
        """Take more of the answer."""
        self._arrived.append(text)
        for start in range(0, len(text), _PIECE_CHARS):
            piece = text[start : start + _PIECE_CHARS]
            if self._is_over_length:
                self._pass(piece)
            else:
                self._take(self._splitter.feed(piece))

    def close(self) -> None:
        """Say that the answer is complete."""
        if not self._is_over_length:
            self._take(self._splitter.close())
        self._is_closed = True

    def skip(self, what: str, why: str) -> None:
        """Note in the coverage ledger something that is not checked; once is enough."""
        entry = Skipped(what, why)
        if entry not in self._skipped:
            self._skipped.append(entry)

    async def settle(self) -> str:
        """Return the text that may leave now that all that has arrived is decided."""
        segments, self._waiting = self._waiting, []
        is_last = self._is_closed
        rulings = iter(await self._rulings([segment for segment in segments if segment.claim]))
        pieces = [self.delivery.feed(segment, next(rulings) if segment.claim else None) for segment in segments]
        if is_last:
            pieces.append(self.delivery.close())
        return "".join(pieces)

    def report(self) -> Report:
        """Return the verdicts so far."""
        verdicts = tuple(ruling.verdict for ruling in self.delivery.rulings)
        timing = {"check": round(self._check_s * 1e3, 3)}
        if self._second_look_s:
            timing["second_opinion"] = round(self._second_look_s * 1e3, 3)
        coverage = (*self._skipped, *unread(verdicts))
        return Report(self.answer, verdicts, coverage, self._judge.revision, timing)

    def _take(self, segments: Sequence[Segment]) -> None:
        if self.delivery.is_blocked:
            return
        limit = self._policy.limits.max_answer_chars
        covered = [segment for segment in segments if segment.end <= limit]
        self._skipped.extend(skipped(covered))
        self._waiting.extend(covered)
        if len(covered) < len(segments):
            self._exceed(segments[len(covered)], "".join(segment.text for segment in segments[len(covered) + 1 :]))

    def _exceed(self, first: Segment, rest: str) -> None:
        """Past the policy's limit one verdict stands for all the rest of the answer, which is not split any more."""
        self._is_over_length = True
        limit = self._policy.limits.max_answer_chars
        self.skip(f"characters {first.start} to the end", f"the answer is longer than {limit} characters")
        claim = first.claim or Claim(first.text, first.start, first.end)
        self._waiting.append(replace(first, claim=claim, skipped=False, failure=Failure.OVER_LENGTH))
        self._passed = first.end
        self._pass(rest + self._splitter.held)

    def _pass(self, text: str) -> None:
        if text and not self.delivery.is_blocked:
            start, self._passed = self._passed, self._passed + len(text)
            self._waiting.append(Segment(text, start, self._passed, why="past the length limit"))

    async def _rulings(self, segments: Sequence[Segment]) -> list[Ruling]:
        if not segments:
            return []
        started = time.perf_counter()
        try:
            rulings = await self._judged(segments)
            deadline = started + self._policy.limits.budget_s
            return await self._reconsidered(rulings, deadline) if self._judge.can_reconsider else rulings
        finally:
            self._check_s += time.perf_counter() - started

    async def _judged(self, segments: Sequence[Segment]) -> list[Ruling]:
        budget_s = self._policy.limits.budget_s
        rulings: list[Ruling] = []
        try:
            async with asyncio.timeout(budget_s):
                # In batches: what was judged in time counts, and a check that is given up soon leaves its thread.
                while len(rulings) < len(segments):
                    batch = segments[len(rulings) : len(rulings) + _CLAIMS_AT_ONCE]
                    rulings += await asyncio.get_running_loop().run_in_executor(self._threads, self._rule, batch)
        except TimeoutError:
            left = segments[len(rulings) :]
            logger.warning("The check of %d claims took longer than %g s", len(left), budget_s)
            rulings += self._failed(left, Failure.TIMEOUT, f"the check took longer than {budget_s * 1e3:g} ms")
        except Exception:
            # Whatever broke, the claims are unverified, and the policy decides what that means.
            left = segments[len(rulings) :]
            logger.exception("The check of %d claims failed", len(left))
            rulings += self._failed(left, Failure.ERROR, "the check failed")
        return rulings

    async def _reconsidered(self, rulings: Sequence[Ruling], deadline: float) -> list[Ruling]:
        """Have a second look in what is left of the time; whatever goes wrong with it, the first one stands."""
        started = time.perf_counter()
        try:
            async with asyncio.timeout(deadline - started):
                look = partial(self._look_again, rulings, deadline)
                return await asyncio.get_running_loop().run_in_executor(self._threads, look)
        except TimeoutError:
            logger.warning("No time was left for a second opinion")
        except Exception:
            logger.exception("The second opinion failed")
        finally:
            self._second_look_s += time.perf_counter() - started
        return list(rulings)

    def _look_again(self, rulings: Sequence[Ruling], deadline: float) -> list[Ruling]:
        """Rule anew on the verdicts that change; runs in a worker thread."""
        verdicts = [ruling.verdict for ruling in rulings]
        left_s = deadline - time.perf_counter() - _RULING_S
        found = self._judge.reconsider(verdicts, left_s)
        changed = [place for place, verdict in enumerate(found) if verdict is not verdicts[place]]
        revised = list(rulings)
        anew = rule([found[place] for place in changed], self._policy, self._judge.verify)
        for place, ruling in zip(changed, anew, strict=True):
            revised[place] = ruling
        return revised

    def _rule(self, segments: Sequence[Segment]) -> list[Ruling]:
        """Judge and mend; runs in a worker thread."""
        checkable = [segment.claim for segment in segments if segment.claim and not segment.failure]
        found = self._judge.verify(checkable) if checkable else []
        if len(found) != len(checkable):
            raise CheckError(f"The verifier returned {len(found)} verdicts on {len(checkable)} claims.")
        verdicts = iter(found)
        return rule([_failure_of(segment) or next(verdicts) for segment in segments], self._policy, self._judge.verify)

    def _failed(self, segments: Sequence[Segment], failure: Failure, reason: str) -> list[Ruling]:
        verdicts = [unverified(segment.claim, failure, reason) for segment in segments if segment.claim]
        return [Ruling(verdict, action_for(verdict, self._policy)) for verdict in verdicts]


def _failure_of(segment: Segment) -> Verdict | None:
    if segment.claim is None or segment.failure is None:
        return None
    return unverified(segment.claim, segment.failure, "too long to be checked")
