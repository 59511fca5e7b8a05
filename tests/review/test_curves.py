import pytest

from groundwire.events.statistics import share_of
from groundwire.review.curves import GRID, best, curve, needed, point_at
from settled import claims


def test_each_threshold_has_its_precision_and_recall():
    made = claims(errors=[0.1, 0.2, 0.6], right=[0.15, 0.9])
    points = {point.threshold: point for point in curve(made)}

    assert list(points) == list(GRID)
    assert points[0.3].precision == share_of(2, 3)
    assert points[0.3].recall == share_of(2, 3)
    assert points[1.0].precision == share_of(3, 5)
    assert points[0.01].precision.share is None


def test_a_claim_at_the_threshold_is_not_objected_to():
    assert point_at(claims(errors=[0.5]), 0.5).precision.total == 0
    assert point_at(claims(errors=[0.5]), 0.501).precision.total == 1


def test_without_labels_the_curve_is_empty_but_there():
    assert {point.precision.total for point in curve([])} == {0}


def test_the_best_point_finds_most_and_surely_reaches_the_target():
    points = curve(claims(errors=[0.1] * 100 + [0.4] * 100 + [0.6] * 5, right=[0.45] * 30 + [0.8] * 5))

    assert best(points, 0.95).threshold == 0.45
    assert best(points, 0.8).threshold == 0.8
    assert best(points, 0.99) is None


def test_a_lower_target_costs_no_false_alarms_that_find_nothing():
    points = curve(claims(errors=[0.1] * 100, right=[0.45] * 10))

    assert best(points, 0.8).threshold == 0.45


@pytest.mark.parametrize(("precision", "target", "count"), [(1.0, 0.95, 73), (1.0, 0.9, 35), (1.0, 0.5, 4)])
def test_how_many_objections_are_needed(precision, target, count):
    assert needed(precision, target) == count
    assert share_of(count, count).low >= target > share_of(count - 1, count - 1).low


def test_what_is_not_right_often_enough_never_suffices():
    assert needed(0.95, 0.95) is None
    assert needed(0.5, 0.9) is None
