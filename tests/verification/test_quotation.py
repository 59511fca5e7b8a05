import pytest

from groundwire.domain import Passage
from groundwire.verification.quotation import quoted
from groundwire.verification.units import read_passage

DOCUMENT = (
    "Returns are free within 45 days of delivery. Gift cards can not be returned. The Plus plan costs $17.99 a month."
)


def readings():
    return read_passage(Passage(1, "returns", 1, "Returns", DOCUMENT, 0, len(DOCUMENT)))


@pytest.mark.parametrize(
    "claim",
    [
        "Returns are free within 45 days of delivery.",
        "returns are **free** within 45 days of the delivery",
        "Yes, the Plus plan costs $17.99 a month.",
    ],
)
def test_a_repeated_statement_is_recognised(claim):
    found = quoted(claim, readings())

    assert found is not None
    assert found.statement.text in DOCUMENT


@pytest.mark.parametrize(
    "claim",
    [
        "Returns are free within 54 days of delivery.",
        "Returns are not free within 45 days of delivery.",
        "Gift cards can be returned.",
        "Delivery is free within 45 days of returns.",
        "The Plus plan costs $17.90 a month.",
        "The Plus plan costs €17.99 a month.",
        "45 days.",
    ],
)
def test_a_changed_statement_is_not(claim):
    assert quoted(claim, readings()) is None
