"""From the outcomes of a file's answers to its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from groundwire.domain import Label
from groundwire.evaluation.baselines import missing_words, stems_of, word_count
from groundwire.evaluation.bench import Outcome
from groundwire.evaluation.bootstrap import Figure, Resampler
from groundwire.evaluation.cases import Format, LabelledFile
from groundwire.evaluation.claimscoring import claim_scores, judged_claims, kinds_of_claims, retrieval_scores
from groundwire.evaluation.decisions import is_flagged, objections
from groundwire.evaluation.items import Items, Numbers, by_name
from groundwire.evaluation.metrics import share
from groundwire.evaluation.scores import Baseline, Cost, Detection, KindScores, Scores
from groundwire.evaluation.spans import Overlap, overlap
from groundwire.evaluation.thresholds import Thresholds
from groundwire.verification.words import stems


def score(file: LabelledFile, outcomes: Sequence[Outcome], thresholds: Thresholds, verifier: str) -> Scores:
    """Return all figures of a file; `outcomes` go with its cases."""
    resampler = Resampler(len(outcomes))
    answers = _answers(outcomes, thresholds, resampler)
    judged = judged_claims(outcomes)
    is_by_claim = file.format is Format.KNOWLEDGE_BASE and bool(judged)
    return Scores(
        file=file.name,
        format=file.format,
        sources=file.sources,
        verifier=verifier,
        answers=_with_spans(answers.detection(), outcomes, thresholds, resampler),
        cost=_cost(outcomes, resampler),
        baselines=_baselines(answers, outcomes),
        by_kind=kinds_of_claims(judged, resampler) if is_by_claim else _kinds_of_answers(answers, outcomes),
        by_task=_tasks(answers, outcomes, thresholds, resampler),
        thresholds=thresholds,
        claims=claim_scores(judged, resampler) if is_by_claim else None,
        retrieval=retrieval_scores(judged, resampler) if is_by_claim else None,
        without_claim=sum(not outcome.verdicts for outcome in outcomes),
        unverified=sum(verdict.label is Label.UNVERIFIED for outcome in outcomes for verdict in outcome.verdicts),
    )


def _answers(outcomes: Sequence[Outcome], thresholds: Thresholds, resampler: Resampler) -> Items:
    rows = (
        (outcome.case.is_bad, is_flagged(outcome, thresholds), outcome.score, place)
        for place, outcome in enumerate(outcomes)
    )
    return Items.of(rows, resampler)


def _with_spans(
    detection: Detection, outcomes: Sequence[Outcome], thresholds: Thresholds, resampler: Resampler
) -> Detection:
    """Character-level F1, summed over all characters of all answers, where anybody marked spans."""
    counted = [_overlap(outcome, thresholds) for outcome in outcomes]
    if not any(found.marked for found in counted):
        return detection
    both = np.array([2 * found.both for found in counted])
    whole = np.array([found.marked + found.found for found in counted])
    return replace(detection, span_f1=resampler.figure(lambda weights: share(weights, both, whole)))


def _overlap(outcome: Outcome, thresholds: Thresholds) -> Overlap:
    case = outcome.case
    if case.spans is None or case.knowledge_base:
        return Overlap(0, 0, 0)
    marked = [(span.start, span.end) for span in case.spans]
    return overlap(len(case.answer), marked, objections(outcome, thresholds))


def _cost(outcomes: Sequence[Outcome], resampler: Resampler) -> Cost:
    claims = np.array([len(outcome.verdicts) for outcome in outcomes])
    check = np.array([outcome.check_ms for outcome in outcomes])
    retrieval = np.array([outcome.retrieval_ms for outcome in outcomes])

    def each(spent: Numbers) -> Figure:
        return resampler.figure(lambda weights: share(weights, spent, claims))

    return Cost(int(claims.sum()), each(check), each(retrieval), each(check - retrieval))


def _baselines(answers: Items, outcomes: Sequence[Outcome]) -> Mapping[str, Baseline]:
    missing = [missing_words(outcome.case.answer, _evidence(outcome)) for outcome in outcomes]
    return answers.baselines(missing, [word_count(outcome.case.answer) for outcome in outcomes])


def _evidence(outcome: Outcome) -> frozenset[str]:
    """The words of the whole given context, or of all that was retrieved from the knowledge base."""
    if outcome.case.knowledge_base:
        return stems_of(hit for found in outcome.hits for hit in found)
    return frozenset[str]().union(*(stems(document.text) for document in outcome.case.question.documents))


def _kinds_of_answers(answers: Items, outcomes: Sequence[Outcome]) -> dict[str, KindScores]:
    pairs = [(kind, place) for place, outcome in enumerate(outcomes) for kind in outcome.case.kinds if kind]
    named = by_name([kind for kind, _ in pairs])
    return {kind: answers.kind([pairs[place][1] for place in places]) for kind, places in named.items()}


def _tasks(
    answers: Items, outcomes: Sequence[Outcome], thresholds: Thresholds, resampler: Resampler
) -> dict[str, Detection]:
    found = {}
    for task, places in by_name([outcome.case.task for outcome in outcomes]).items():
        inside = set(places)
        # Every answer is drawn in every task's figures, so the span counts of other tasks' answers are emptied.
        mine = [outcome if place in inside else _emptied(outcome) for place, outcome in enumerate(outcomes)]
        found[task] = _with_spans(answers.only(places).detection(), mine, thresholds, resampler)
    return found


def _emptied(outcome: Outcome) -> Outcome:
    return replace(outcome, case=replace(outcome.case, spans=None))
