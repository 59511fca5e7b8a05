import pytest

from groundwire.values import Kind, find_values
from groundwire.values.dates import agree


def literals(text):
    return [value.literal for value in find_values(text) if value.kind is Kind.DATE and value.unit == "date"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("on 2026-03-05", ["2026-03-05"], id="iso"),
        pytest.param("on 5 March 2026", ["2026-03-05"], id="day-month-year"),
        pytest.param("on the 5th of March, 2026", ["2026-03-05"], id="ordinal-day"),
        pytest.param("on March 5th, 2026", ["2026-03-05"], id="month-day-year"),
        pytest.param("on March 5 , 2026", ["2026-03-05"], id="spaced-comma"),
        pytest.param("on Mar 5", ["????-03-05"], id="no-year"),
        pytest.param("in March 2026", ["2026-03-??"], id="month-year"),
        pytest.param("in May", ["????-05-??"], id="may-as-month"),
        pytest.param("You may go", [], id="may-as-verb"),
        pytest.param("in Q3 2025", ["2025-Q3"], id="quarter"),
        pytest.param("on 03/05/2026", ["2026-05-03|2026-03-05"], id="ambiguous"),
        pytest.param("on 25/12/2026", ["2026-12-25"], id="only-one-reading"),
        pytest.param("on 25.12.2026", ["2026-12-25"], id="dots"),
        pytest.param("In 2025 it rose", ["2025-??-??"], id="year-after-in"),
        pytest.param("from 1942–1975", ["1942-??-??", "1975-??-??"], id="years"),
        pytest.param("in the 2019–20 season", ["2019-??-??", "2020-??-??"], id="short-second-year"),
        pytest.param("with 2025 users", [], id="count-is-no-year"),
        pytest.param("on 25 and 26 December", ["????-12-25", "????-12-26"], id="shared-month"),
        pytest.param("on March 3-5", ["????-03-03", "????-03-05"], id="shared-month-before"),
        pytest.param("on Christmas Day", ["????-12-25"], id="feast"),
    ],
)
def test_dates(text, expected):
    assert literals(text) == expected


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("on Monday", (1, 1)),
        ("on Mondays", (1, 1)),
        ("Mon-Fri", (1, 5)),
        ("Monday to Saturday", (1, 6)),
        ("Tuesday through Thursday", (2, 4)),
        ("at weekends", (6, 7)),
        ("on weekdays", (1, 5)),
    ],
)
def test_weekdays(text, days):
    assert [(value.low, value.high) for value in find_values(text) if value.unit == "weekday"] == [days]


def test_ends_of_periods():
    found = find_values("It is due at the end of the month, on the last business day of each quarter.")

    assert [value.literal for value in found] == ["end of month", "last business day of quarter"]


@pytest.mark.parametrize(
    ("mine", "theirs", "outcome"),
    [
        ("2026-03-05", "2026-03-05", "equal"),
        ("????-03-05", "2026-03-05", "compatible"),
        ("2026-03-??", "2026-03-05", "compatible"),
        ("2026-05-03|2026-03-05", "2026-03-05", "compatible"),
        ("2026-Q1", "2026-03-05", "compatible"),
        ("2026-Q2", "2026-03-05", "different"),
        ("2026-03-06", "2026-03-05", "different"),
        ("2025-??-??", "????-03-05", "different"),
    ],
)
def test_agreement_of_dates(mine, theirs, outcome):
    assert agree(mine, theirs) == outcome
    assert agree(theirs, mine) == outcome
