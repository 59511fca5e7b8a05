import pytest

from groundwire.domain import Label, Strictness
from groundwire.evaluation.bootstrap import Figure
from groundwire.evaluation.cases import Format, LabelledFile
from groundwire.evaluation.rendering import brief, lead_of, render, shown
from groundwire.evaluation.scoring import score
from groundwire.evaluation.thresholds import Thresholds
from labelled import ANSWER, case, hit, outcome, verdict


def scores(found=Format.GIVEN_CONTEXT, threshold=None, **fields):
    labelled = case(ANSWER, [("Refunds take 30 days.", Label.CONTRADICTED, "numeric")], **fields)
    outcomes = [outcome(labelled, [verdict("Refunds take 30 days.", ANSWER, 0.1)], [[hit("Refunds take 14 days.")]])]
    file = LabelledFile("a.jsonl", found, (labelled,))
    return score(file, outcomes, Thresholds(Strictness(), threshold), "scripted")


@pytest.mark.parametrize(
    ("found", "source", "lead"),
    [
        (Format.RAGTRUTH, "RAGTruth", "f1"),
        (Format.KNOWLEDGE_BASE, "kbqa", "f1"),
        (Format.GIVEN_CONTEXT, "WiCE", "balanced_accuracy"),
        (Format.GIVEN_CONTEXT, "WiCE-tokens", "span_f1"),
        (Format.GIVEN_CONTEXT, "SummEdits", "balanced_accuracy"),
        (Format.GIVEN_CONTEXT, "", "f1"),
        (Format.PAIRS, "InfoTabS", "balanced_accuracy"),
    ],
)
def test_the_figure_that_the_literature_uses_leads(found, source, lead):
    assert lead_of(scores(found, source=source)) == lead


def test_the_table_leads_with_it(capsys):
    render(scores(source="WiCE"))
    rows = [line.split("│")[1].strip() for line in capsys.readouterr().out.splitlines() if line.startswith("│")]
    assert rows[:3] == ["balanced accuracy", "F1", "AUC"]


def test_a_knowledge_base_shows_claims_kinds_and_retrieval(capsys):
    render(scores(Format.KNOWLEDGE_BASE, source="kbqa", knowledge_base="shop"))
    shown = " ".join(capsys.readouterr().out.split())
    for part in ("Answers: 1, 1 of them bad", "Claims: 1, 1 of them bad", "numeric", "Retrieved for 0 claims"):
        assert part in shown


def test_the_rule_that_decides_is_told(capsys):
    render(scores())
    render(scores(threshold=0.35))
    shown = " ".join(capsys.readouterr().out.split())
    assert "bad when any claim is not supported (support ≥ 0.5)" in shown
    assert "bad when a claim's 1 - support reaches 0.35" in shown


@pytest.mark.parametrize(
    ("figure", "long", "short"),
    [
        (Figure(0.51239, 0.4, 0.6), "0.512 (0.400–0.600)", "0.512"),
        (Figure(0.5), "0.500", "0.500"),
        (Figure(), "–", "–"),
        (None, "–", "–"),
    ],
)
def test_figures(figure, long, short):
    assert (shown(figure), brief(figure)) == (long, short)
