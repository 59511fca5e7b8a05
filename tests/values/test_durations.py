from decimal import Decimal

import pytest

from groundwire.values.durations import find_articled


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("It comes within a week.", 604800, "s"),
        ("A year of it is enough.", 12, "month"),
        ("It takes half a day.", 43200, "s"),
        ("It takes three quarters of an hour.", 2700, "s"),
        ("It costs a euro.", 1, "EUR"),
        ("It holds half a litre.", Decimal("0.5"), "l"),
        ("It is past one working day.", 1, "business day"),
    ],
)
def test_an_article_counts_as_one(text, amount, unit):
    assert [(value.low, value.unit) for value in find_articled(text)] == [(amount, unit)]


@pytest.mark.parametrize(
    "text",
    ["It costs €5 a day.", "Buy a day pass.", "Three times a week.", "We had a meter there.", "What a day-long show!"],
)
def test_rates_and_names_are_no_lengths(text):
    assert list(find_articled(text)) == []
