import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwire.evaluation.bootstrap import Figure, Resampler
from groundwire.evaluation.metrics import auc, share


def rate(values):
    return lambda weights: share(weights, values, np.ones(len(values)))


def test_an_interval_has_the_width_that_theory_gives():
    values = np.arange(400) % 2
    figure = Resampler(400).figure(rate(values))
    half = 1.96 * np.sqrt(0.25 / 400)
    assert figure.value == 0.5
    assert figure.low == pytest.approx(0.5 - half, abs=0.005)
    assert figure.high == pytest.approx(0.5 + half, abs=0.005)


def test_answers_are_drawn_with_all_their_claims():
    values = np.repeat([0, 1], 200)
    groups = np.repeat(np.arange(4), 100)
    by_claim, by_answer = Resampler(400).figure(rate(values)), Resampler(4).figure(rate(values), groups)
    assert by_answer.value == by_claim.value
    assert by_answer.high - by_answer.low > 4 * (by_claim.high - by_claim.low)


def test_equal_seeds_draw_the_same():
    values = np.arange(50) % 3 == 0
    assert Resampler(50, seed=1).figure(rate(values)) == Resampler(50, seed=1).figure(rate(values))
    assert Resampler(50, seed=1).figure(rate(values)) != Resampler(50, seed=2).figure(rate(values))


def test_draws_without_a_value_do_not_count():
    # In a third of the draws of two answers there is no bad one, or no good one.
    bad = np.array([True, False])
    figure = Resampler(2).figure(lambda weights: auc(weights, bad, [1, 0]))
    assert figure == Figure(1.0, 1.0, 1.0)


@pytest.mark.parametrize("answers", [0, 3])
def test_what_is_not_defined_has_no_interval(answers):
    assert Resampler(answers).figure(lambda weights: np.full(len(weights), np.nan)) == Figure()


def test_no_items_give_no_figure():
    assert Resampler(3).figure(rate([]), np.array([], dtype=np.int64)) == Figure()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_the_interval_lies_among_the_values(values):
    figure = Resampler(len(values), resamples=50).figure(rate(values))
    assert min(values) - 1e-9 <= figure.low <= figure.high <= max(values) + 1e-9


def test_json_is_rounded_and_keeps_what_is_missing():
    assert Figure(1 / 3, 0.25, 0.5).to_json() == {"value": 0.33333, "low": 0.25, "high": 0.5}
    assert Figure().to_json() == {"value": None, "low": None, "high": None}
