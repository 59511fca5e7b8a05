import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwire.evaluation.spans import Overlap, marked_by, overlap
from labelled import verdict


@pytest.mark.parametrize(
    ("marked", "found", "expected"),
    [
        pytest.param([(0, 4)], [(2, 6)], Overlap(4, 4, 2), id="half"),
        pytest.param([(0, 4)], [(6, 8)], Overlap(4, 2, 0), id="apart"),
        pytest.param([(0, 4), (2, 6)], [(0, 6), (0, 6)], Overlap(6, 6, 6), id="what overlaps counts once"),
        pytest.param([], [(0, 3)], Overlap(0, 3, 0), id="nothing marked"),
        pytest.param([(0, 99)], [], Overlap(10, 0, 0), id="past the end"),
    ],
)
def test_counts_characters(marked, found, expected):
    assert overlap(10, marked, found) == expected


RANGES = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=5)


@given(RANGES, RANGES)
def test_agrees_with_sets_of_places(marked, found):
    theirs, ours = ({place for start, end in ranges for place in range(start, end)} for ranges in (marked, found))
    assert overlap(20, marked, found) == Overlap(len(theirs), len(ours), len(theirs & ours))


def test_a_verdict_objects_to_its_spans_or_to_the_whole_claim():
    assert marked_by(verdict("b c", "a b c", 0.1)) == ((2, 5),)
    assert marked_by(verdict("b c", "a b c", 0.1, spans=((4, 5),))) == ((4, 5),)
