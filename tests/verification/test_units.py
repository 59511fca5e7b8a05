import pytest
from hypothesis import given, settings

from evidence_texts import PLANS, passage, readings
from groundwire.domain import Hit
from groundwire.values import Kind
from groundwire.verification.units import read_hits, units
from markdown_texts import ANY_TEXT


def row(text, place=-1):
    return readings(text)[place]


def test_a_row_is_read_with_its_headers():
    assert row(PLANS).rendered == "Plan: Team; Price per month: €29; Storage: 500 GB; Set-up fee: none"


def test_a_statement_two_passages_share_is_read_once():
    text = "Goods can be returned. Refunds follow."
    found = read_hits([Hit(passage(text, id=1), 1.0, 0.9), Hit(passage(text, id=2), 0.5, 0.4)])

    assert [reading.statement.text for reading in found] == ["Goods can be returned.", "Refunds follow."]


def test_a_sentence_is_one_unit_with_all_its_values():
    [unit] = units(row("Pay €5 within 14 days."))

    assert [value.text for value in unit.values] == ["€5", "14 days"]
    assert unit.column == ()


def test_a_row_has_a_unit_for_each_cell():
    cells = units(row(PLANS))

    assert [[value.text for value in unit.values] for unit in cells] == [[], ["€29"], ["500 GB"], []]
    assert [unit.column[-1] for unit in cells] == ["Plan", "Price per month", "Storage", "Set-up fee"]
    assert {unit.label for unit in cells} == {frozenset(("team",))}


@pytest.mark.parametrize(
    ("header", "cell", "kind", "unit"),
    [
        ("Price (EUR)", "45", Kind.MONEY, "EUR"),
        ("Fee in £", "12.50", Kind.MONEY, "GBP"),
        ("Delivery (working days)", "3–5", Kind.DURATION, "business day"),
        ("Weight (kg)", "25", Kind.QUANTITY, "g"),
        ("Price", "45", Kind.NUMBER, ""),
        ("Price (EUR)", "$45", Kind.MONEY, "USD"),
    ],
)
def test_a_bare_figure_takes_its_unit_from_the_header(header, cell, kind, unit):
    text = f"| Item | {header} |\n|---|---|\n| Tent | {cell} |"
    [value] = units(row(text))[1].values

    assert (value.kind, value.unit, value.text) == (kind, unit, cell)


def test_a_limit_in_a_header_is_a_unit_of_its_own():
    found = units(row("| Bag | Online (up to 3 hours before) |\n|---|---|\n| Small | €12 |"))

    assert [[value.text for value in unit.values] for unit in found] == [[], ["€12"], ["3 hours"]]


@settings(max_examples=60)
@given(ANY_TEXT)
def test_values_slice_out_of_their_unit(text):
    for reading in readings(text):
        assert reading.passage.text[reading.statement.start : reading.statement.end] == reading.statement.text
        for unit in units(reading):
            assert all(unit.text[value.start : value.end] == value.text for value in unit.values)
