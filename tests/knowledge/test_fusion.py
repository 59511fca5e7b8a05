import pytest

from groundwire.knowledge.fusion import fused

NEAR = {1: 0.8, 2: 0.6, 3: 0.4}


def test_what_all_rankings_know_comes_first():
    assert next(iter(fused(NEAR, {9: 4.0, 3: 3.5}, {3: 7.0}))) == 3


def test_one_ranking_alone_keeps_its_order():
    assert list(fused(NEAR, {}, {})) == [1, 2, 3]
    assert list(fused({}, {5: 3.0, 4: 2.0}, {})) == [5, 4]
    assert fused({}, {}, {}) == {}


def test_the_scale_of_word_scores_does_not_matter():
    small, large = {1: 0.1, 5: 0.2}, {1: 10.0, 5: 20.0}
    assert fused(NEAR, small, small) == pytest.approx(fused(NEAR, large, large))


def test_a_passage_that_is_far_away_in_meaning_is_not_punished_twice():
    assert fused({1: -0.5}, {1: 2.0}, {})[1] == fused({}, {1: 2.0}, {})[1]


def test_equal_scores_come_in_the_order_of_their_ids():
    assert list(fused({}, {7: 1.0, 3: 1.0, 5: 1.0}, {})) == [3, 5, 7]
