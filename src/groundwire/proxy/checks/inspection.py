"""The check of one answer, whole or as it arrives: text goes in, and what may leave comes out."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial

from groundwire.claims.segments import Segment
from groundwire.claims.splitting import AnswerSplitter
from groundwire.domain import Claim, Failure, Report, Skipped, Verdict
from groundwire.guardrail import skipped, unread, unverified
from groundwire.policy.decision import Ruling
from groundwire.policy.delivery import Delivery
from groundwire.policy.mending import resume
from groundwire.policy.policy import Policy
from groundwire.proxy.checks.claimchecks import ClaimChecks
from groundwire.proxy.checks.judges import Judge
from groundwire.proxy.checks.regeneration import Ask, Effort, Regenerator
from groundwire.proxy.checks.toolcalls import CallChecks

logger = logging.getLogger(__name__)

# A long text is split in pieces, so that little of it is split in vain when it turns out to be too long.
_PIECE_CHARS = 4_096


class Inspection:
    """Checks one answer under one policy; fed whole or in pieces, it decides the same.

    `feed` and `close` take the text, `settle` waits for the verdicts on all that has arrived and returns the text that
    may leave. Never more than one `settle` may run at a time. `ask` reaches the model that may reword claims, None
    where there is none; `is_stream` tells that a block leaves what was released before it. `calls` takes the tool calls
    that come with the text; they are decided when it is closed.
    """

    def __init__(
        self, judge: Judge, policy: Policy, threads: Executor, ask: Ask | None = None, *, is_stream: bool = True
    ) -> None:
        self.delivery = Delivery(policy)
        self.calls = CallChecks(judge, policy, threads)
        self._judge = judge
        self._policy = policy if ask else policy.without_regeneration()
        self._threads = threads
        self._is_stream = is_stream
        self._claims = ClaimChecks(judge, self._policy, threads)
        effort = Effort(policy.max_regenerations, policy.limits.regeneration_s)
        self._regenerator = Regenerator(ask, judge.question, self._recheck, threads, effort) if ask else None
        self._splitter = AnswerSplitter(judge.question, max_claim_chars=policy.limits.max_held_chars)
        self._arrived: list[str] = []
        self._waiting: list[Segment] = []
        self._skipped: list[Skipped] = []
        self._is_closed = False
        self._is_over_length = False
        self._is_cut = False
        # How far the text has come that is past the limit.
        self._passed = 0
        self._check_s = 0.0

    @property
    def is_waiting(self) -> bool:
        """Whether there is something for `settle` to do."""
        return bool(self._waiting)

    @property
    def held_from(self) -> int | None:
        """The character where text begins whose claim has not come to its end; None where there is none."""
        is_over = self._is_closed or self._is_over_length or self.delivery.is_blocked
        return None if is_over or not self._splitter.held else self._splitter.at

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

    def expire(self) -> None:
        """Take what is held as it is, for its claim takes too long to come to its end."""
        if self.held_from is not None:
            self._take(self._splitter.flush())

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
            pieces.append(await self._settle_calls())
            pieces.append(self.delivery.close())
        return "".join(pieces)

    def report(self) -> Report:
        """Return the verdicts so far."""
        rulings = (*self.delivery.rulings, *self.delivery.beside)
        verdicts = tuple(ruling.verdict for ruling in rulings)
        timing = {"check": round((self._check_s + self.calls.seconds) * 1e3, 3)}
        if self._claims.second_look_s:
            timing["second_opinion"] = round(self._claims.second_look_s * 1e3, 3)
        regeneration = self._regenerator.spent if self._regenerator and self._regenerator.spent.count else None
        if regeneration:
            timing["regeneration"] = round(self._regeneration_s * 1e3, 3)
        return Report(
            self.answer,
            verdicts,
            (*self._skipped, *self.calls.skipped, *unread(verdicts)),
            self._judge.revision,
            timing,
            regeneration,
            mended=tuple(ruling.mended for ruling in rulings),
            calls=tuple(self.calls.calls),
        )

    async def _settle_calls(self) -> str:
        """Return the message when a tool call may not leave."""
        if self.delivery.is_blocked:
            self.calls.pass_over()
            return ""
        return self.delivery.take_beside(await self.calls.settle())

    def _take(self, segments: Sequence[Segment]) -> None:
        if self.delivery.is_blocked:
            self._leave_out(segments)
            return
        limit = self._policy.limits.max_answer_chars
        covered = [segment for segment in segments if segment.end <= limit]
        self._skipped.extend(skipped(covered))
        self._waiting.extend(covered)
        if len(covered) < len(segments):
            self._exceed(segments[len(covered)], "".join(segment.text for segment in segments[len(covered) + 1 :]))

    def _leave_out(self, segments: Sequence[Segment]) -> None:
        """Note where the text begins that nobody gets and nobody has checked."""
        if segments and not self._is_cut:
            self._is_cut = True
            self.skip(
                f"characters {segments[0].start} to the end", "not checked, because the answer was blocked before"
            )

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
        started, before_s = time.perf_counter(), self._regeneration_s
        try:
            return await self._regenerated(await self._claims.settle(segments))
        finally:
            # The model's time is not the check's.
            self._check_s += time.perf_counter() - started - (self._regeneration_s - before_s)

    @property
    def _regeneration_s(self) -> float:
        return self._regenerator.seconds if self._regenerator else 0.0

    async def _regenerated(self, rulings: Sequence[Ruling]) -> list[Ruling]:
        """Have the model reword what is open, unless a block keeps it from being delivered; then go on without it."""
        places = [place for place, ruling in enumerate(rulings) if ruling.is_open]
        if not places or self._regenerator is None:
            return list(rulings)
        reach = self.delivery.reach(rulings)
        is_lost = reach < len(rulings) and not self._is_stream
        asked = [] if is_lost else [place for place in places if place < reach]
        words = await self._regenerator.reword([rulings[place].verdict for place in asked])
        texts = [*words, *([None] * (len(places) - len(words)))]
        closed = await self._resumed([rulings[place] for place in places], texts)
        closing = dict(zip(places, closed, strict=True))
        return [closing.get(place, ruling) for place, ruling in enumerate(rulings)]

    async def _resumed(self, rulings: Sequence[Ruling], texts: Sequence[str | None]) -> list[Ruling]:
        """Try the strategies that come after the model; when their check fails, nothing that needs it holds."""
        work = partial(resume, rulings, texts, self._policy)
        try:
            async with asyncio.timeout(self._policy.limits.budget_s):
                return await asyncio.get_running_loop().run_in_executor(self._threads, work, self._judge.verify)
        except Exception:
            logger.exception("What the model did not reword could not be checked")
            return work(_unchecked)

    def _recheck(self, claims: Sequence[Claim]) -> list[Verdict]:
        """Judge what the model wrote as any answer is judged; runs in a worker thread."""
        verdicts = self._judge.verify(claims)
        if not self._judge.can_reconsider:
            return verdicts
        return self._judge.reconsider(verdicts, self._policy.limits.budget_s)


def _unchecked(claims: Sequence[Claim]) -> list[Verdict]:
    return [unverified(claim, Failure.ERROR, "the check failed") for claim in claims]
