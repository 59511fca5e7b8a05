from decimal import Decimal

import pytest

from groundwire.values import Kind, find_values


def amounts(text):
    """Kind, low, high, unit and rate of each value."""
    return [(value.kind, value.low, value.high, value.unit, value.per) for value in find_values(text)]


def money(low, unit, *, high=None, per=""):
    return (Kind.MONEY, Decimal(low), Decimal(high or low), unit, per)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("It costs $12.", money("12", "USD"), id="symbol-before"),
        pytest.param("It costs 12 $.", money("12", "USD"), id="symbol-after"),
        pytest.param("It costs US$ 1,200.50.", money("1200.50", "USD"), id="compound-symbol"),
        pytest.param("It costs CHF 30.", money("30", "CHF"), id="code-before"),
        pytest.param("It costs 30 EUR.", money("30", "EUR"), id="code-after"),
        pytest.param("It costs fifteen hundred euros.", money("1500", "EUR"), id="words"),
        pytest.param("It costs €1.500.", money("1500", "EUR"), id="european"),
        pytest.param("It costs 1.500,50 €.", money("1500.50", "EUR"), id="european-cents"),
        pytest.param("It costs $0.5M.", money("500000", "USD"), id="million"),
        pytest.param("It costs €3m.", money("3000000", "EUR"), id="small-m-after-currency"),
        pytest.param("It costs 2 bn euros.", money("2000000000", "EUR"), id="billion"),
        pytest.param("It costs 29.8p.", money("29.8", "ct"), id="pence"),
        pytest.param("It costs 28 pounds fifty.", money("28.5", "GBP"), id="cents-after-currency"),
        pytest.param("It costs three dollars and fifty cents.", money("3.5", "USD"), id="cents-in-words"),
        pytest.param("It costs a euro fifty.", money("1.5", "EUR"), id="article"),
        pytest.param("It costs **$12**.", money("12", "USD"), id="bold"),
        pytest.param(r"It costs \$12.", money("12", "USD"), id="escaped"),
        pytest.param("| Price | $12 |", money("12", "USD"), id="table"),
        pytest.param("It costs $5-10.", money("5", "USD", high="10"), id="range-after-symbol"),
        pytest.param("Between €20 and €30.", money("20", "EUR", high="30"), id="range-in-words"),
        pytest.param("It costs $12/month.", money("12", "USD", per="month"), id="slash-month"),
        pytest.param("It costs $12/mo.", money("12", "USD", per="month"), id="short-month"),
        pytest.param("It costs €8 weekly.", money("8", "EUR", per="week"), id="adverb"),
        pytest.param("It costs $120 a year.", money("120", "USD", per="year"), id="article-year"),
        pytest.param("It costs $10 per user per month.", money("10", "USD", per="month"), id="period-before-user"),
        pytest.param("It costs €7 per workspace and month.", money("7", "EUR", per="month"), id="and-month"),
        pytest.param("It costs 20 ct/kWh.", money("20", "ct", per="kwh"), id="per-unit"),
        pytest.param("It costs €3 per parcel.", money("3", "EUR", per="parcel"), id="per-piece"),
    ],
)
def test_money(text, expected):
    assert amounts(text) == [expected]


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        pytest.param("in 14 days", 14 * 86400, 14 * 86400, "s", id="days"),
        pytest.param("a 30-day trial", 30 * 86400, 30 * 86400, "s", id="hyphen"),
        pytest.param("two weeks", 14 * 86400, 14 * 86400, "s", id="weeks-are-days"),
        pytest.param("for a fortnight", 14 * 86400, 14 * 86400, "s", id="fortnight"),
        pytest.param("half an hour", 1800, 1800, "s", id="half-an-hour"),
        pytest.param("a quarter of an hour", 900, 900, "s", id="quarter-of-an-hour"),
        pytest.param("a third of an hour", 1200, 1200, "s", id="third-of-an-hour"),
        pytest.param("after an hour and a half", 5400, 5400, "s", id="and-a-half"),
        pytest.param("one hour and 48 minutes", 6480, 6480, "s", id="compound"),
        pytest.param("one hour 48", 6480, 6480, "s", id="minutes-left-out"),
        pytest.param("24 months", 24, 24, "month", id="months"),
        pytest.param("two and a half years", 30, 30, "month", id="years-are-months"),
        pytest.param("64 years and 9 months", 777, 777, "month", id="years-and-months"),
        pytest.param("30 cumulative days", 30 * 86400, 30 * 86400, "s", id="adjective"),
        pytest.param("3-5 business days", 3, 5, "business day", id="business-days"),
        pytest.param("two or three working days", 2, 3, "business day", id="adjacent-alternatives"),
        pytest.param("between 3 and 5 days", 3 * 86400, 5 * 86400, "s", id="between"),
        pytest.param("three working weeks", 15, 15, "business day", id="working-weeks"),
    ],
)
def test_durations(text, low, high, unit):
    assert amounts(text) == [(Kind.DURATION, low, high, unit, "")]


@pytest.mark.parametrize(
    ("text", "low", "unit"),
    [
        ("5 GB", "5000000000", "B"),
        ("0.5 TB", "500000000000", "B"),
        ("200 Mbit/s", "200000000", "bit/s"),
        ("20 MB/s", "20000000", "B/s"),
        ("30 kg", "30000", "g"),
        ("half a kilo", "500", "g"),
        ("30 cm", "0.30", "m"),
        ("60 °C", "60", "°C"),
        ("−15 °C", "-15", "°C"),
        ("minus fifteen degrees", "-15", "°C"),
        ("7 kWh", "7000", "Wh"),
        ("100 watt-hours", "100", "Wh"),
        ("70 kilometres per hour", "70", "km/h"),
        ("12 megapixels", "12000000", "px"),
        ("2.4 t", "2400000", "g"),
        ("50 m²", "50", "m2"),
    ],
)
def test_quantities(text, low, unit):
    assert amounts(f"It is {text} here.") == [(Kind.QUANTITY, Decimal(low), Decimal(low), unit, "")]


def test_a_list_shares_its_unit():
    assert amounts("The boxes are 10, 20 or 40 cm high.") == [
        (Kind.QUANTITY, Decimal(low), Decimal(low), "m", "") for low in ("0.1", "0.2", "0.4")
    ]


def test_a_product_of_lengths_shares_its_unit():
    assert [value.unit for value in find_values("The label is 10 × 20 cm.")] == ["m", "m"]


def test_a_comma_lists_durations_instead_of_adding_them():
    assert [value.low for value in find_values("two weeks, half an hour")] == [14 * 86400, 1800]


@pytest.mark.parametrize(
    ("text", "percents"),
    [
        ("25% off", [("25", "%")]),
        ("12.5 percent", [("12.5", "%")]),
        ("1,5 %", [("1.5", "%")]),
        ("3 percentage points", [("3", "pp")]),
        ("half of the fee", [("50", "%")]),
        ("two thirds of it", [("66.7", "%")]),
        ("three quarters", [("75", "%")]),
        ("seven in ten", [("70", "%")]),
        ("one out of every four", [("25", "%")]),
    ],
)
def test_percentages(text, percents):
    found = [value for value in find_values(f"It is {text}.") if value.kind is Kind.PERCENT]

    assert [(value.low, value.unit) for value in found] == [(Decimal(low), unit) for low, unit in percents]


@pytest.mark.parametrize(
    "text",
    [
        "One of the plans suits you.",
        "No one knows.",
        "It is a one-time fee.",
        "Take the cheaper one.",
        "One might wait.",
        "The gap between the two is wide.",
        "Those three are fine.",
        "That is a first-class service.",
        "It was the style of the 1990s and the 80s.",
        "Several hundred people came.",
        "See note [3].",
        "1. Open the app\n2. Sign in",
        "Read [this](https://example.com/30-days).",
    ],
)
def test_idioms_and_layout_are_no_values(text):
    assert find_values(text) == []


def test_a_count_stands_for_itself():
    assert amounts("You may add five people and 3 devices.") == [
        (Kind.NUMBER, 5, 5, "", ""),
        (Kind.NUMBER, 3, 3, "", ""),
    ]
