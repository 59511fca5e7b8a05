"""Whether an answer counts as bad, and which of its characters are objected to."""

from __future__ import annotations

from groundwire.domain import Action, Label, Verdict
from groundwire.evaluation.bench import Outcome
from groundwire.evaluation.spans import marked_by
from groundwire.evaluation.thresholds import Thresholds


def is_flagged(outcome: Outcome, thresholds: Thresholds) -> bool:
    """Whether an answer counts as bad: the policy would touch it, or its score reaches the shipped threshold."""
    if thresholds.answer is None:
        return outcome.action is not Action.ALLOW
    return outcome.score >= thresholds.answer


def objections(outcome: Outcome, thresholds: Thresholds) -> list[tuple[int, int]]:
    """Return the ranges of the answer that are objected to."""
    objected = (verdict for verdict in outcome.verdicts if _is_objected(verdict, thresholds))
    return [place for verdict in objected for place in marked_by(verdict)]


def _is_objected(verdict: Verdict, thresholds: Thresholds) -> bool:
    if thresholds.answer is None:
        return verdict.label is not Label.SUPPORTED
    return 1.0 - verdict.support >= thresholds.answer
