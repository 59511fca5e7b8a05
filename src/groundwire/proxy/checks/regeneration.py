"""Has the request's model reword the claims of one answer, within what that may cost; never more than a try."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from groundwire.domain import Question, Regeneration, Verdict
from groundwire.errors import CheckError, GroundwireError
from groundwire.policy.mending import Verify
from groundwire.policy.rewording import INSTRUCTIONS, Draft, accept, request
from groundwire.protocols import Completion

logger = logging.getLogger(__name__)

# Claims in one request.
_CLAIMS_AT_ONCE = 16


class Ask(Protocol):
    """Asks the model that a request is for."""

    async def __call__(self, instructions: str, material: str) -> Completion:
        """Return what the model writes; raises GroundwireError when it can't or won't."""
        ...


@dataclass(frozen=True, slots=True)
class Effort:
    """How often the model may be asked about one claim, and how long all of it may take for one answer (seconds)."""

    attempts: int
    seconds: float


class Regenerator:
    """Rewords claims of one answer; `spent` is what that has cost so far, `seconds` how long it took."""

    def __init__(self, ask: Ask, question: Question, verify: Verify, threads: Executor, effort: Effort) -> None:
        self.spent = Regeneration()
        self.seconds = 0.0
        self._ask = ask
        self._question = question
        self._verify = verify
        self._threads = threads
        self._effort = effort

    async def reword(self, verdicts: Sequence[Verdict]) -> list[str | None]:
        """Return new words for each claim, checked and all of them supported, or None; never fails."""
        drafts = [Draft(verdict) for verdict in verdicts]
        # Without evidence there is nothing to say instead.
        open_drafts = [draft for draft in drafts if draft.verdict.evidence]
        left_s = self._effort.seconds - self.seconds
        if open_drafts and left_s > 0:
            started = time.monotonic()
            await self._try(open_drafts, left_s)
            self.seconds += time.monotonic() - started
        return [draft.text for draft in drafts]

    async def _try(self, drafts: Sequence[Draft], within_s: float) -> None:
        try:
            async with asyncio.timeout(within_s):
                for start in range(0, len(drafts), _CLAIMS_AT_ONCE):
                    await self._write(drafts[start : start + _CLAIMS_AT_ONCE])
        except TimeoutError:
            logger.warning("No time was left to regenerate %d claims", _open(drafts))
        except GroundwireError as error:
            logger.warning("%d claims could not be regenerated. %s", _open(drafts), error.message)
        except Exception:
            # Whatever broke, the claims without new words are left to the next strategy.
            logger.exception("%d claims could not be regenerated", _open(drafts))

    async def _write(self, drafts: Sequence[Draft]) -> None:
        """Ask until every draft has its words, or as often as may be."""
        for _ in range(self._effort.attempts):
            waiting = [draft for draft in drafts if draft.text is None]
            if not waiting:
                return
            asked = request(waiting, self._question)
            reply = await self._asked(asked.material)
            try:
                texts = asked.read(reply)
            except CheckError as error:
                logger.warning("%s", error.message)
                continue
            check = partial(accept, waiting, texts, self._question, self._verify)
            await asyncio.get_running_loop().run_in_executor(self._threads, check)

    async def _asked(self, material: str) -> str:
        self.spent = replace(self.spent, count=self.spent.count + 1)
        reply = await self._ask(INSTRUCTIONS, material)
        self.spent = replace(
            self.spent,
            prompt_tokens=self.spent.prompt_tokens + (reply.prompt_tokens or 0),
            completion_tokens=self.spent.completion_tokens + (reply.completion_tokens or 0),
        )
        return reply.text


def _open(drafts: Sequence[Draft]) -> int:
    return sum(draft.text is None for draft in drafts)
