"""The check of an answer's claims: judged, mended and looked at again, within the time that the policy gives."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial

from groundwire.claims.segments import Segment
from groundwire.domain import Failure, Verdict
from groundwire.errors import CheckError
from groundwire.guardrail import unverified
from groundwire.policy.decision import Ruling, action_for
from groundwire.policy.mending import rule
from groundwire.policy.policy import Policy
from groundwire.proxy.checks.judges import Judge

logger = logging.getLogger(__name__)

# Claims in one call of the verifier.
_CLAIMS_AT_ONCE = 16
# What a second look leaves of the time, to draw the consequences.
_RULING_S = 0.05
# Why a claim can't be checked as it stands.
_REASONS = {Failure.OVER_LENGTH: "too long to be checked", Failure.TIMEOUT: "its end did not come in time"}


class ClaimChecks:
    """The claims of one answer; `second_look_s` is how long second opinions on them took."""

    def __init__(self, judge: Judge, policy: Policy, threads: Executor) -> None:
        self.second_look_s = 0.0
        self._judge = judge
        self._policy = policy
        self._threads = threads

    async def settle(self, segments: Sequence[Segment]) -> list[Ruling]:
        """Return what happens to the claims, in order; what breaks or takes too long is unverified."""
        deadline = time.perf_counter() + self._policy.limits.budget_s
        rulings = await self._judged(segments)
        return await self._reconsidered(rulings, deadline) if self._judge.can_reconsider else rulings

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
            self.second_look_s += time.perf_counter() - started
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
    return unverified(segment.claim, segment.failure, _REASONS[segment.failure])
