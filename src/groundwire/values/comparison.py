"""Whether a value of a claim and a value of a document say the same."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from groundwire.values.dates import agree
from groundwire.values.model import Bound, Kind, Value


class Relation(StrEnum):
    """How a claim's value stands to a document's."""

    EQUAL = "equal"
    COMPATIBLE = "compatible"
    DIFFERENT = "different"
    INCOMPARABLE = "incomparable"


_MEASURED = frozenset((Kind.MONEY, Kind.PERCENT, Kind.DURATION, Kind.QUANTITY))
_UPPER = frozenset((Bound.AT_MOST, Bound.LESS_THAN))
_LOWER = frozenset((Bound.AT_LEAST, Bound.MORE_THAN))
_ROUNDING = Decimal("0.1")
_PERIODS = {"day": Decimal(365), "week": Decimal(52), "month": Decimal(12), "quarter": Decimal(4), "year": Decimal(1)}
_DAY = Decimal(86400)
# Days that people call so many months: 28 to 31 for each.
_SHORT_MONTH, _LONG_MONTH = Decimal(28) * _DAY, Decimal(31) * _DAY


def compare(claim: Value, document: Value) -> Relation:
    """Return the relation; EQUAL is symmetric, COMPATIBLE means that the claim may be read out of the document."""
    if claim.kind is not document.kind:
        return _across_kinds(claim, document)
    if claim.kind is Kind.DATE:
        return _dates(claim, document)
    if claim.kind is Kind.IDENTIFIER:
        return _identifiers(claim, document)
    if claim.unit != document.unit:
        return _across_units(claim, document)
    if claim.per != document.per:
        return _across_rates(claim, document)
    return _amounts(claim, document)


def _across_kinds(claim: Value, document: Value) -> Relation:
    """A bare number may be any measure whose unit was left out, when it is the same number."""
    kinds = {claim.kind, document.kind}
    if kinds == {Kind.ORDINAL, Kind.NUMBER} or (Kind.NUMBER in kinds and kinds & _MEASURED):
        return Relation.COMPATIBLE if claim.shown == document.shown and claim.shown > 1 else Relation.INCOMPARABLE
    if kinds == {Kind.ORDINAL, Kind.DATE}:
        date, place = (claim, document) if claim.kind is Kind.DATE else (document, claim)
        is_that_day = date.literal.endswith(f"-{int(place.low):02}") if date.literal else False
        return Relation.COMPATIBLE if is_that_day else Relation.INCOMPARABLE
    if kinds == {Kind.FREQUENCY, Kind.DURATION}:
        return Relation.INCOMPARABLE
    return Relation.INCOMPARABLE


def _dates(claim: Value, document: Value) -> Relation:
    if claim.unit != document.unit:
        return Relation.INCOMPARABLE
    if claim.unit == "date":
        return Relation(agree(claim.literal, document.literal))
    if (claim.low, claim.high) == (document.low, document.high):
        return Relation.EQUAL
    inside = document.low <= claim.low and claim.high <= document.high
    return Relation.COMPATIBLE if inside else Relation.DIFFERENT


def _identifiers(claim: Value, document: Value) -> Relation:
    if claim.literal == document.literal:
        return Relation.EQUAL
    if claim.unit != document.unit:
        return Relation.INCOMPARABLE
    if claim.unit == "phone" and (claim.literal.endswith(document.literal[-7:]) and document.literal.endswith(claim.literal[-7:])):
        return Relation.COMPATIBLE
    if claim.unit == "url":
        nested = claim.literal.startswith(document.literal) or document.literal.startswith(claim.literal)
        return Relation.COMPATIBLE if nested else Relation.INCOMPARABLE
    return Relation.DIFFERENT


def _across_units(claim: Value, document: Value) -> Relation:
    if claim.kind is not Kind.DURATION:
        if claim.kind is Kind.PERCENT and claim.low == document.low:
            return Relation.COMPATIBLE
        if claim.kind is Kind.MONEY and "ct" in {claim.unit, document.unit}:
            return Relation.EQUAL if _in_cents(claim) == _in_cents(document) else Relation.DIFFERENT
        return Relation.DIFFERENT if claim.kind is Kind.MONEY else Relation.INCOMPARABLE
    units = {claim.unit, document.unit}
    if "business day" in units:
        return Relation.COMPATIBLE if claim.shown == document.shown else Relation.DIFFERENT
    months, seconds = (claim, document) if claim.unit == "month" else (document, claim)
    fits = months.low * _SHORT_MONTH <= seconds.low <= months.high * _LONG_MONTH
    return Relation.COMPATIBLE if fits and months.low else Relation.DIFFERENT


def _in_cents(value: Value) -> Decimal:
    return value.low if value.unit == "ct" else value.low * 100


def _across_rates(claim: Value, document: Value) -> Relation:
    mine, theirs = _PERIODS.get(claim.per), _PERIODS.get(document.per)
    if mine and theirs:
        same = claim.low * mine == document.low * theirs
        return Relation.EQUAL if same else Relation.DIFFERENT
    relation = _amounts(claim, document)
    return Relation.COMPATIBLE if relation is Relation.EQUAL else relation


def _amounts(claim: Value, document: Value) -> Relation:
    if (claim.low, claim.high) == (document.low, document.high):
        opposed = (claim.bound in _UPPER and document.bound in _LOWER) or (
            claim.bound in _LOWER and document.bound in _UPPER
        )
        return Relation.DIFFERENT if opposed else Relation.EQUAL
    if Bound.ABOUT in {claim.bound, document.bound} and _is_near(claim.low, document.low):
        return Relation.COMPATIBLE
    if document.is_range and document.low <= claim.low and claim.high <= document.high:
        return Relation.COMPATIBLE
    if claim.is_range and _is_end(claim, document):
        return Relation.COMPATIBLE
    return Relation.DIFFERENT


def _is_end(claim: Value, document: Value) -> bool:
    """A document may give the ends of a range one by one."""
    return not document.is_range and document.low in {claim.low, claim.high}


def _is_near(left: Decimal, right: Decimal) -> bool:
    return abs(left - right) <= _ROUNDING * max(abs(left), abs(right))
