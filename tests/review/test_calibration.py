import random

import pytest

from groundwire.domain import Label, Strictness
from groundwire.errors import BadRequest
from groundwire.review.calibration import calibrate
from settled import POLICY, VERIFIER, claims

ENOUGH = {"errors": [0.1] * 90 + [0.45] * 30, "right": [0.48] * 25 + [0.9] * 60}


def fitted(made, target=0.9, strictness=None):
    return calibrate(made, policy=POLICY, verifier=VERIFIER, strictness=strictness or Strictness(), target=target)


def test_the_threshold_finds_most_errors_at_the_target():
    found = fitted(claims(**ENOUGH))

    assert found.refusal == ""
    assert found.fit.strictness == Strictness(0.48, 0.5)
    assert (found.fit.point.precision.count, found.fit.point.precision.total) == (120, 120)
    assert found.fit.point.precision.low >= 0.9
    assert found.fit.point.recall.share == 1.0
    assert found.present.precision.share == pytest.approx(120 / 145)


def test_the_basis_says_what_it_rests_on():
    made = [*claims(**ENOUGH), *claims([0.1] * 5, verifier="older"), *claims([0.1] * 7, policy="other")]
    basis = fitted(made).basis

    assert (basis.labels, basis.errors, basis.events, basis.others) == (205, 120, 69, 5)
    assert (basis.policy, basis.verifier) == (POLICY, VERIFIER)


def test_the_same_labels_give_the_same_thresholds_in_any_order():
    made = claims(**ENOUGH)
    shuffled = random.Random(1).sample(made, len(made))

    assert fitted(made) == fitted(shuffled)


def test_the_stated_precision_is_that_of_labels_held_out():
    rng = random.Random(7)
    errors, right = [rng.random() ** 2 for _ in range(300)], [rng.random() ** 0.3 for _ in range(300)]
    found = fitted(claims(errors, right), target=0.8)

    assert found.fit.parts == 5
    assert found.fit.held_out.total <= len(errors) + len(right)
    # The choice favours its own labels, so that it looks better on them.
    assert found.fit.held_out.low < found.fit.point.precision.share
    assert 0.7 < found.fit.held_out.share <= 1.0


@pytest.mark.parametrize(
    ("made", "missing", "says"),
    [
        ([], 50, "50 more labels are needed: 50 in all"),
        (claims([0.1] * 30), 20, "20 more labels are needed"),
        (claims([0.1] * 60), 10, "10 more labels are needed"),
        (claims([0.1] * 60, [0.9] * 9), 1, "1 more label is needed: 50 in all, at least 10 errors and 10 right"),
        (claims([0.1] * 60, [0.9] * 60, verifier="older"), 50, "50 more labels are needed"),
    ],
)
def test_too_few_labels_are_refused(made, missing, says):
    found = fitted(made)

    assert (found.fit, found.missing) == (None, missing)
    assert says in found.refusal


def test_a_target_that_is_not_surely_reached_yet_says_how_many_are_missing():
    found = fitted(claims([0.1] * 40, [0.9] * 20), target=0.95)

    assert (found.fit, found.missing) == (None, 33)
    assert "No threshold surely reaches a precision of 0.95: the best is 1.00 (0.91 to 1.00) at 0.11" in found.refusal
    assert "About 33 more labels" in found.refusal


def test_a_target_that_is_out_of_reach_says_so():
    found = fitted(claims([0.1] * 40, [0.1] * 20), target=0.95)

    assert (found.fit, found.missing) == (None, 0)
    assert "No threshold reaches a precision of 0.95: the best is 0.67" in found.refusal
    assert found.refusal.endswith("Choose a lower target.")


@pytest.mark.parametrize("target", [0.49, 0.995, 2, -1, float("nan")])
def test_an_impossible_target_is_refused(target):
    with pytest.raises(BadRequest, match=r"must be from 0\.5 to 0\.99") as raised:
        fitted([], target=target)
    assert raised.value.param == "target_precision"


def test_the_threshold_of_contradiction_is_raised_until_its_precision_is_reached():
    unsupported = claims([0.1] * 200, contradiction=0.1)
    contradicted = claims([0.1] * 20, contradiction=0.9, event_id="evt_contradicted")
    alarms = claims([], [0.1] * 10, contradiction=0.6, event_id="evt_alarm")
    fine = claims([], [0.9] * 60, event_id="evt_fine")

    limits = fitted([*unsupported, *contradicted, *alarms, *fine]).fit.strictness

    assert 0.6 <= limits.min_contradiction <= 0.9
    assert {limits.label_of(one.support, one.contradiction) for one in alarms} == {Label.UNSUPPORTED}
    assert {limits.label_of(one.support, one.contradiction) for one in contradicted} == {Label.CONTRADICTED}


def test_where_no_threshold_of_contradiction_helps_the_present_one_stays():
    wrong = claims([0.1] * 200, contradiction=0.1)
    alarms = claims([], [0.1] * 8, contradiction=0.9, event_id="evt_alarm")
    fine = claims([], [0.9] * 60, event_id="evt_fine")

    fit = fitted([*wrong, *alarms, *fine]).fit

    assert fit.strictness.min_contradiction == 0.5
    assert "no threshold of contradiction was found to be better than the present one" in fit.notes


def test_what_a_higher_precision_costs_is_said():
    made = claims([0.1] * 90 + [0.45] * 30, [0.4] * 30 + [0.9] * 60)

    assert fitted(made).fit.notes[0] == "these thresholds find 75% of the errors, those in force 100%"
    assert not [note for note in fitted(claims(**ENOUGH)).fit.notes if "in force" in note]


def test_a_version_says_what_its_thresholds_rest_on():
    assert fitted(claims(**ENOUGH)).note.startswith(
        "calibrated on 205 labels of 69 answers for a precision of 0.9: measured 1.00 (0.97 to 1.00), held out "
    )
    assert fitted([]).note == ""
