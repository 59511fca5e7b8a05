import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwire.events.statistics import share_of


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (1, 10, 0.0179, 0.4042),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
        (81, 263, 0.2553, 0.3662),
    ],
)
def test_the_interval_is_that_of_wilson(count, total, low, high):
    share = share_of(count, total)
    assert share.share == count / total
    assert (share.low, share.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_nothing_counted_says_nothing():
    assert share_of(0, 0).share is None
    assert (share_of(0, 0).low, share_of(0, 0).high) == (0.0, 1.0)


@given(st.integers(1, 10**9).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_the_share_lies_within_its_interval(pair):
    share = share_of(*pair)
    assert 0.0 <= share.low <= share.share <= share.high <= 1.0
