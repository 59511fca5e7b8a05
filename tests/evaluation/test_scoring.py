import json

import pytest

from groundwire.domain import Label, Question, SourceDocument, Strictness
from groundwire.evaluation.bootstrap import Figure
from groundwire.evaluation.cases import Format, LabelledFile, MarkedSpan
from groundwire.evaluation.scoring import score
from groundwire.evaluation.thresholds import Thresholds
from labelled import ANSWER, case, hit, outcome, verdict

WRONG, FREE = "Refunds take 30 days.", "Shipping is free."
EVIDENCE = Question((), (SourceDocument("source", "", "Refunds take 14 days. Shipping is free."),))


def scored(found, outcomes, threshold=None):
    file = LabelledFile("a.jsonl", found, tuple(outcome.case for outcome in outcomes))
    return score(file, outcomes, Thresholds(Strictness(), threshold), "scripted")


def given(support, *, spans, task="QA", is_bad=True):
    """Return an outcome whose first claim has this support; an objection is to its figure alone."""
    kinds = tuple(span.kind for span in spans)
    fields = {"spans": spans, "kinds": kinds, "task": task, "source": "RAGTruth", "question": EVIDENCE}
    labelled = case(ANSWER, is_bad=is_bad, **fields)
    first = verdict(WRONG, ANSWER, support, spans=((13, 15),) if support < 0.5 else ())
    return outcome(labelled, [first, verdict(FREE, ANSWER, 0.8)])


FOUND = given(0.1, spans=(MarkedSpan(13, 20, "Conflict"),))
MISSED = given(0.7, spans=(MarkedSpan(22, 39, "Baseless"),), task="Summary")
CLEAN = given(0.9, spans=(), is_bad=False)


def test_answers_with_their_evidence():
    found = scored(Format.RAGTRUTH, [FOUND, MISSED, CLEAN])
    answers = found.answers
    assert (answers.n, answers.bad) == (3, 2)
    assert [answers.precision.value, answers.recall.value, answers.clean_flagged.value] == [1.0, 0.5, 0.0]
    assert answers.f1.value == pytest.approx(2 / 3)
    # Scores: .9 found, .3 missed, .2 clean.
    assert answers.auc.value == 1.0
    # Two characters in common; 7 + 17 marked and 2 found.
    assert answers.span_f1.value == pytest.approx(2 * 2 / (24 + 2))
    assert {kind: scores.recall.value for kind, scores in found.by_kind.items()} == {"Baseless": 0.0, "Conflict": 1.0}
    assert {task: (scores.n, scores.f1.value) for task, scores in found.by_task.items()} == {
        "QA": (2, 1.0),
        "Summary": (1, 0.0),
    }
    assert found.by_task["QA"].span_f1.value == pytest.approx(2 * 2 / (7 + 2))
    assert (found.claims, found.retrieval) == (None, None)


def test_a_shipped_threshold_decides():
    found = scored(Format.RAGTRUTH, [FOUND, MISSED, CLEAN], threshold=0.3 - 1e-9)
    assert (found.answers.recall.value, found.answers.clean_flagged.value) == (1.0, 0.0)


def test_the_evidence_is_what_word_overlap_compares_with():
    other = case("Parking is dear.", is_bad=True, question=EVIDENCE)
    found = scored(Format.GIVEN_CONTEXT, [outcome(other, []), CLEAN])
    assert found.baselines["word_overlap"].auc.value == 1.0
    assert found.without_claim == 1


def test_answers_over_a_knowledge_base():
    rows = [(WRONG, Label.CONTRADICTED, "numeric"), (FREE, Label.SUPPORTED, "verbatim")]
    labelled = case(ANSWER, rows, knowledge_base="shop")
    verdicts = [verdict(WRONG, ANSWER, 0.1, Label.CONTRADICTED), verdict(FREE, ANSWER, 0.0, Label.UNVERIFIED)]
    found = scored(Format.KNOWLEDGE_BASE, [outcome(labelled, verdicts, [[hit("Refunds take 14 days.")], []])])
    assert (found.answers.recall.value, found.answers.span_f1) == (1.0, None)
    assert (found.claims.detection.n, found.claims.detection.precision.value) == (2, 0.5)
    assert list(found.by_kind) == ["numeric", "verbatim"]
    assert (found.unverified, found.retrieval.n) == (1, 0)


def test_the_cost_of_a_claim():
    cost = scored(Format.RAGTRUTH, [FOUND, CLEAN]).cost
    assert (cost.claims, cost.check.value, cost.retrieval.value, cost.verdict.value) == (4, 5.0, 2.0, 3.0)


def test_no_span_figure_where_nobody_marked_spans():
    labelled = case(ANSWER, is_bad=True)
    found = scored(Format.GIVEN_CONTEXT, [outcome(labelled, [verdict(WRONG, ANSWER, 0.1)]), CLEAN])
    assert found.answers.span_f1 is None
    assert found.to_json()["span_f1"] == Figure().to_json()


def test_no_answers_give_no_figures():
    found = scored(Format.KNOWLEDGE_BASE, [])
    assert (found.answers.n, found.answers.f1, found.cost.check) == (0, Figure(), Figure())


FIGURES = (
    "precision recall f1 balanced_accuracy auc span_f1 clean_flagged ms_per_claim retrieval_ms_per_claim "
    "verdict_ms_per_claim"
).split()
DETECTION = set("n bad precision recall f1 balanced_accuracy auc clean_flagged span_f1".split())


def test_json_has_every_figure_with_its_interval():
    shown = json.loads(json.dumps(scored(Format.RAGTRUTH, [FOUND, MISSED, CLEAN]).to_json(), allow_nan=False))
    assert (shown["file"], shown["format"], shown["n"], shown["bad"]) == ("a.jsonl", "ragtruth", 3, 2)
    for name in FIGURES:
        assert set(shown[name]) == {"value", "low", "high"}
    assert set(shown["baselines"]) == {"word_overlap", "length", "always_bad"}
    assert set(shown["baselines"]["length"]) == {"auc", "f1", "balanced_accuracy", "chosen_on"}
    assert set(shown["by_task"]["QA"]) == DETECTION
    assert set(shown["by_kind"]["Conflict"]) == {"n", "bad", "recall", "recall_retrieved", "false_alarms"}
    assert shown["thresholds"]["support"] == 0.5
    assert (shown["claims"], shown["retrieval"]) == (None, None)


def test_json_of_claims_and_retrieval():
    labelled = case(ANSWER, [(WRONG, Label.CONTRADICTED, "numeric")], knowledge_base="shop")
    shown = scored(Format.KNOWLEDGE_BASE, [outcome(labelled, [verdict(WRONG, ANSWER, 0.1)])]).to_json()
    own = {"unmatched", "same_label", "calibration_error", "baselines"}
    assert set(shown["claims"]) == DETECTION | own
    assert set(shown["retrieval"]) == {"n", "documents", "quotes"}
    assert shown["claims"]["recall"]["value"] == 1.0
