import pytest

from groundwire.values import find_values
from groundwire.values.calendar import dates_from, times_from


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("on 10 January 2026, 18 months", "2027-07-10"),
        ("on 10 January 2026, 18 months", "2024-07-10"),
        ("on 28 February 2024, 2 days", "2024-03-01"),
        ("on 31 December 2026, one week", "2027-01-07"),
        ("in March 2026, two months", "2026-05-??"),
        ("in 2026, three years", "2029-??-??"),
        ("on 10 January 2026, 18 months", "2027-07-??"),
    ],
)
def test_dates_that_lie_a_length_away(text, literal):
    assert literal in [moved for moved, _ in dates_from(find_values(text))]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("on 5 March, 10 days", id="no-year"),
        pytest.param("in 2026, 10 days", id="days-from-a-year"),
        pytest.param("in 2026, five months", id="months-from-a-year"),
        pytest.param("in Q3 2026, five months", id="quarter"),
        pytest.param("on 5 March 2026, 10 working days", id="working-days"),
        pytest.param("on Monday, 10 days", id="weekday"),
        pytest.param("at the end of the month, 10 days", id="edge"),
    ],
)
def test_dates_that_cannot_be_told(text):
    assert list(dates_from(find_values(text))) == []


def test_times_wrap_at_midnight():
    assert [int(minutes) for minutes, _ in times_from(find_values("23:30 and two hours"))] == [90, 1290]
