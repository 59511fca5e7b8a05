import datetime
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwire.values import Kind, Relation, compare, derivable, describe, find_values, render_like
from groundwire.values.numerals import number_to_words

MONTHS = "January February March April May June July August September October November December".split()
WORDS = st.sampled_from(
    "$ € 5 12 1,000 1.500 three twenty-one a an half of and or per month days weeks year hours % percent March 2026 "
    "9:00 am to from - – , . ( ) ** | × up at least about no more than 24/7 AB-12 GB kg second 3rd every twice monday "
    "point quarter couple \n".split(" ")
)
SENTENCES = st.lists(WORDS, max_size=25).map(" ".join)


@given(st.one_of(st.text(max_size=200), SENTENCES))
def test_spans_slice_to_their_text_in_order_without_overlap(text):
    values = find_values(text)

    assert all(text[value.start : value.end] == value.text and value.text for value in values)
    assert all(left.end <= right.start for left, right in pairwise(values))


@given(SENTENCES)
def test_every_value_can_be_used_with_every_other(text):
    values = find_values(text)

    for value in values:
        assert describe(value)
        assert compare(value, value) in {Relation.EQUAL, Relation.COMPATIBLE}
        derivable(value, values)
        for other in values:
            assert render_like(other, value)
            is_equal = compare(value, other) is Relation.EQUAL
            assert is_equal == (compare(other, value) is Relation.EQUAL)


@given(SENTENCES)
def test_the_same_text_gives_the_same_values(text):
    assert find_values(text) == find_values(str(text))


@pytest.mark.parametrize(
    "layout",
    ["${0:,.2f}", "{0:,.2f} USD", "USD {0:.2f}", "US${0:.2f}", "{0:.2f} dollars", "**${0:,.2f}**"],
)
@given(cents=st.integers(0, 10**9))
def test_money_reads_back(layout, cents):
    amount = Decimal(cents) / 100

    (value,) = find_values(f"It costs {layout.format(amount)} today.")

    assert (value.kind, value.unit, value.low) == (Kind.MONEY, "USD", amount)


@pytest.mark.parametrize("unit", ["second", "minute", "hour", "day", "week", "month", "year", "business day"])
@given(number=st.integers(2, 99), in_words=st.booleans())
def test_durations_read_back(unit, number, in_words):
    figure = number_to_words(number) if in_words else str(number)

    (value,) = find_values(f"It takes {figure} {unit}s here.")

    assert (value.kind, value.shown) == (Kind.DURATION, number)
    assert value.text == f"{figure} {unit}s"


@pytest.mark.parametrize(
    "layout",
    [
        "{d:%Y-%m-%d}",
        "{d.day} {month} {d.year}",
        "{month} {d.day}, {d.year}",
        "{month:.3} {d.day}, {d.year}",
        "{d:%d.%m.%Y}",
    ],
)
@given(day=st.dates(datetime.date(1900, 1, 1), datetime.date(2099, 12, 31)))
def test_dates_read_back(layout, day):
    text = layout.format(d=day, month=MONTHS[day.month - 1])

    (value,) = find_values(f"It ends on {text}.")

    assert value.kind is Kind.DATE
    assert day.isoformat() in value.literal.split("|")


@given(hour=st.integers(0, 23), minute=st.integers(0, 59))
def test_times_read_back(hour, minute):
    half = "am" if hour < 12 else "pm"

    (plain,) = find_values(f"It opens at {hour:02}:{minute:02}.")
    (said,) = find_values(f"It opens at {(hour + 11) % 12 + 1}:{minute:02} {half}.")

    assert plain.low == said.low == hour * 60 + minute


def test_values_come_in_the_order_of_the_text():
    values = find_values("From 5 March, up to 3 users pay $10 a month for 200 GB, 24/7.")

    assert [value.kind for value in values] == [
        Kind.DATE,
        Kind.NUMBER,
        Kind.MONEY,
        Kind.QUANTITY,
        Kind.IDENTIFIER,
    ]
