import pytest

from groundwire.domain import Label, Strictness
from groundwire.evaluation.cases import Format
from groundwire.evaluation.decisions import is_flagged, objections
from groundwire.evaluation.thresholds import BY_SET, SHIPPED, Thresholds, thresholds_for
from labelled import ANSWER, case, outcome, verdict

BY_POLICY, BY_SCORE = Thresholds(Strictness()), Thresholds(Strictness(), 0.3)
SURE = verdict("Refunds take 30 days.", ANSWER, 0.9)
UNSURE = verdict("Shipping is free.", ANSWER, 0.6)
WRONG = verdict("Shipping is free.", ANSWER, 0.1, Label.CONTRADICTED, spans=((34, 38),))


@pytest.mark.parametrize(
    ("verdicts", "thresholds", "flagged", "ranges"),
    [
        pytest.param([SURE, UNSURE], BY_POLICY, False, [], id="supported"),
        pytest.param([SURE, WRONG], BY_POLICY, True, [(34, 38)], id="not supported"),
        pytest.param([SURE, UNSURE], BY_SCORE, True, [(22, 39)], id="less support than the shipped threshold asks"),
        pytest.param([SURE], BY_SCORE, False, [], id="more support than that"),
        pytest.param([], BY_POLICY, False, [], id="no claim"),
        pytest.param([], BY_SCORE, False, [], id="no claim and a threshold"),
    ],
)
def test_what_counts_as_bad(verdicts, thresholds, flagged, ranges):
    found = outcome(case(ANSWER), verdicts)
    assert is_flagged(found, thresholds) is flagged
    assert objections(found, thresholds) == ranges


def test_a_policy_with_thresholds_of_its_own_decides_itself():
    strict = Strictness(0.8, 0.5)
    assert thresholds_for(Format.RAGTRUTH, strict, is_default=False) == Thresholds(strict)
    assert thresholds_for(Format.RAGTRUTH, strict, is_default=True).answer == SHIPPED.get(Format.RAGTRUTH)


def test_a_set_with_a_threshold_of_its_own_is_decided_by_it():
    usual = Strictness()
    of_set = thresholds_for(Format.GIVEN_CONTEXT, usual, is_default=True, sets=["WiCE"]).answer
    of_format = thresholds_for(Format.GIVEN_CONTEXT, usual, is_default=True, sets=["WiCE", "SummEdits"]).answer
    assert (of_set, of_format) == (BY_SET["WiCE"], SHIPPED[Format.GIVEN_CONTEXT])


def test_answers_over_a_knowledge_base_follow_the_policy():
    assert Format.KNOWLEDGE_BASE not in SHIPPED


@pytest.mark.parametrize(
    ("thresholds", "answer", "chosen_on"),
    [(BY_POLICY, None, "the policy's settings"), (BY_SCORE, 0.3, "development data, shipped")],
)
def test_json_says_where_thresholds_come_from(thresholds, answer, chosen_on):
    shown = {"support": 0.5, "contradiction": 0.5, "answer": answer, "chosen_on": chosen_on}
    assert thresholds.to_json() == shown
