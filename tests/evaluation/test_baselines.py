import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwire.evaluation.baselines import (
    GOALS,
    best_threshold,
    cross_flagged,
    missing_words,
    stems_of,
    word_count,
)
from groundwire.evaluation.metrics import f1
from labelled import hit


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("Refunds take 14 days.", 0.0),
        ("Refunds take 30 days.", 1 / 3),
        ("Shipping is free.", 1.0),
        ("It is.", 0.0),
        ("", 0.0),
    ],
)
def test_the_share_of_content_words_that_are_missing(text, share):
    assert missing_words(text, stems_of([hit("A refund may take 14 days or a day less.")])) == pytest.approx(share)


def test_length_is_in_words():
    assert word_count("Refunds take  14\ndays.") == 4


@pytest.mark.parametrize(
    ("scores", "bad", "threshold"),
    [
        pytest.param([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1], 0.8, id="between good and bad"),
        pytest.param([0.1, 0.2, 0.8, 0.9], [1, 1, 1, 0], 0.1, id="everything, when most are bad"),
    ],
)
def test_the_best_threshold_by_hand(scores, bad, threshold):
    assert best_threshold(np.array(scores), np.array(bad, dtype=bool), f1) == threshold


def test_a_threshold_is_never_chosen_on_the_item_it_flags():
    random = np.random.default_rng(3)
    bad, scores = random.random(60) < 0.5, random.random(60)
    flagged = cross_flagged(scores, bad, GOALS["balanced_accuracy"])
    changed = False
    for place in range(60):
        other = bad.copy()
        other[place] = not other[place]
        found = cross_flagged(scores, other, GOALS["balanced_accuracy"])
        assert found[place] == flagged[place]
        changed = changed or (found != flagged).any()
    assert changed


def test_a_score_that_tells_is_used():
    bad = np.arange(100) % 2 == 1
    assert (cross_flagged(np.where(bad, 0.9, 0.1), bad, f1) == bad).all()


def test_too_few_items_are_all_flagged():
    assert cross_flagged(np.zeros(19), np.zeros(19, dtype=bool), f1).all()


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40))
def test_the_best_threshold_is_at_least_as_good_as_flagging_everything(items):
    scores, bad = np.array([score for score, _ in items]), np.array([is_bad for _, is_bad in items])
    weights = np.ones((1, len(items)))
    chosen = f1(weights, bad, scores >= best_threshold(scores, bad, f1))
    assert chosen[0] >= f1(weights, bad, np.ones(len(items), dtype=bool))[0]
