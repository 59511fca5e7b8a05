"""The proxy's own steps on a stored answer: how it is read again, as it came."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from groundwire.domain import Event, Mode, Outcome
from groundwire.policy.policy import Policy
from groundwire.proxy.answering import AnswerService, CheckContext, CheckedAnswer, RequestChecks
from groundwire.proxy.checks.inspection import Inspection
from groundwire.proxy.checks.judges import Judge
from groundwire.replay.rewording import Remembered

# A replay keeps nobody waiting, so its checks take the time that they take.
_UNLIMITED_S = 3_600.0
# A stream is read as it came: what lay behind a block was not looked at.
_STREAM_PIECE_CHARS = 48


@dataclass(frozen=True, slots=True)
class Terms:
    """Under what one event is run again; `was` is the policy it was checked under, None where that is not known."""

    policy: Policy
    was: Policy | None
    collections: tuple[str, ...]
    revision: str


async def rerun(event: Event, terms: Terms, judge: Judge, answers: AnswerService) -> CheckedAnswer:
    """Return what becomes of a stored answer with its tool calls under these terms."""
    remembered = Remembered(event.report)
    checks = RequestChecks(answers, _context(event, terms), judge, None if remembered.is_empty else remembered)
    inspection = checks.inspect()
    for call in event.report.calls:
        inspection.calls.take(call)
    await _read(inspection, event)
    return checks.conclude(inspection, event.choice)


def is_interrupted(event: Event) -> bool:
    """Whether the answer is a stream that broke off, of which only a part was looked at."""
    return event.is_stream and event.outcome is not Outcome.COMPLETED


def _context(event: Event, terms: Terms) -> CheckContext:
    limits = replace(terms.policy.limits, budget_s=_UNLIMITED_S, regeneration_s=_UNLIMITED_S)
    structure = event.report.structure
    return CheckContext(
        policy=replace(terms.policy, limits=limits),
        mode=_mode(event, terms),
        question=event.question,
        endpoint=event.endpoint,
        collections=terms.collections,
        model=event.model,
        is_stream=event.is_stream,
        is_structured=structure is not None,
        schema=json.loads(structure.schema) if structure and structure.schema else None,
    )


def _mode(event: Event, terms: Terms) -> Mode:
    """A request may have asked for a mode of its own, which it would ask for again."""
    is_own = terms.was is not None and event.mode is not terms.was.mode
    return event.mode if is_own else terms.policy.mode


async def _read(inspection: Inspection, event: Event) -> None:
    """Feed the answer as it came, as far as it was looked at."""
    answer = event.report.answer
    size = _STREAM_PIECE_CHARS if event.is_stream and not event.report.structure else len(answer)
    for start in range(0, len(answer), size or 1):
        if is_interrupted(event) and len(inspection.delivery.rulings) >= len(event.report.verdicts):
            return
        inspection.feed(answer[start : start + size])
        if event.is_stream and inspection.is_waiting:
            await inspection.settle()
    if not is_interrupted(event):
        inspection.close()
    await inspection.settle()
