from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from groundwire.domain import Claim
from groundwire.values import find_values
from groundwire.verification.binding import Binding, Bond
from groundwire.verification.restating import Restated, computed, restate


def bound(claim: str, document: str, bond: Bond = Bond.EQUAL) -> Binding:
    return Binding(find_values(claim)[0], bond, 1.0, 1.0, None, find_values(document)[0])


def test_an_equal_value_takes_the_spelling_of_the_document():
    text = "It takes two weeks to arrive."

    found = restate(Claim(text, 10, 10 + len(text)), [bound(text, "14 days")])

    assert found.claim.text == "It takes 14 days to arrive."
    assert found.original((9, 16)) == (9, 18)
    assert text[slice(*found.original((17, 26)))] == "to arrive"


def test_a_different_value_stays_as_it_is():
    text = "It takes two weeks to arrive."

    assert restate(Claim(text, 0, len(text)), [bound(text, "15 days", Bond.DIFFERENT)]).claim.text == text


def test_a_limit_is_not_turned_into_an_exact_value():
    text = "It takes at least two weeks."

    assert restate(Claim(text, 0, len(text)), [bound(text, "14 days")]).claim.text == text


def test_a_calculation_is_told_once():
    value = find_values("$24 in all")[0]
    derived = Binding(value, Bond.DERIVED, note="2 × $12 = $24")

    assert computed([derived, derived]) == "Calculation: 2 × $12 = $24."
    assert computed([]) == ""
    assert value.low == Decimal(24)


@given(st.integers(0, 60), st.integers(0, 60))
def test_every_span_lands_inside_the_claim_as_written(start, length):
    text = "Pay two hundred dollars within half a year or lose a third of it."
    edits = ((4, 23, 4), (31, 42, 8))
    now = len(text) - 19 + 4 - 11 + 8
    begin = min(start, now)
    end = min(begin + length, now)

    left, right = Restated(Claim(text, 0, len(text)), edits).original((begin, end))

    assert 0 <= left <= right <= len(text) or begin == end
