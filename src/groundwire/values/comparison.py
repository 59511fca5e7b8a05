"""Whether a value of a claim and a value of a document say the same."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum

from groundwire.values.dates import agree
from groundwire.values.frequencies import TIMES_A_YEAR
from groundwire.values.identifiers import ALWAYS
from groundwire.values.model import Bound, Kind, Value
from groundwire.values.times import HALF_OPEN


class Relation(StrEnum):
    """How a claim's value stands to a document's."""

    EQUAL = "equal"
    COMPATIBLE = "compatible"
    DIFFERENT = "different"
    INCOMPARABLE = "incomparable"


_MEASURED = frozenset((Kind.MONEY, Kind.PERCENT, Kind.DURATION, Kind.QUANTITY))
_OPPOSED = frozenset(
    (
        frozenset((Bound.AT_MOST, Bound.AT_LEAST)),
        frozenset((Bound.LESS_THAN, Bound.MORE_THAN)),
    )
)
_HALF_PERCENT = Decimal("0.5")
_NEAR = Decimal("0.06")
# The furthest that rounding to the figures shown may move a value: "about 2 hours" for 1.8.
_ROUNDED = Decimal("0.12")
# Names that may be left out or swapped: "iOS 15" is "iOS from version 15".
_GENERIC = frozenset("form version level tier no number code severity grade class category step stage phase".split())
# A code this long is told by its figures alone.
_TELLING_CODE = 4
_IN_DAYS = {"day": 1, "week": 7}
_IN_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_DAY = Decimal(86400)
_YEAR = Decimal(12)


def compare(claim: Value, document: Value) -> Relation:
    """Return the relation; EQUAL is symmetric, COMPATIBLE means that the claim may be read out of the document."""
    if claim.kind is not document.kind:
        return _across_kinds(claim, document)
    if claim.kind is Kind.DATE:
        return _dates(claim, document)
    if claim.kind is Kind.TIME:
        return _times(claim, document)
    if claim.kind is Kind.IDENTIFIER:
        return _identifiers(claim, document)
    if claim.unit != document.unit:
        return _across_units(claim, document)
    if claim.per != document.per:
        return _across_rates(claim, document)
    return _amounts(claim, document)


def _across_kinds(claim: Value, document: Value) -> Relation:
    """A bare number may be any measure, place or name whose other half was left out, when it is the same number."""
    kinds = {claim.kind, document.kind}
    fits = False
    if kinds == {Kind.ORDINAL, Kind.DATE}:
        date, place = (claim, document) if claim.kind is Kind.DATE else (document, claim)
        fits = date.literal.endswith(f"-{int(place.low):02}")
    elif kinds == {Kind.NUMBER, Kind.DATE}:
        date, number = (claim, document) if claim.kind is Kind.DATE else (document, claim)
        fits = date.unit == "date" and date.literal[:4] == str(number.low)
    elif Kind.FREQUENCY in kinds:
        fits = claim.kind is Kind.FREQUENCY and _is_rate_of(claim, document)
        fits = fits or (claim.kind is Kind.DURATION and _is_rate_of(document, claim))
    elif kinds == {Kind.IDENTIFIER, Kind.DURATION}:
        always, span = (claim, document) if claim.kind is Kind.IDENTIFIER else (document, claim)
        fits = always.unit == ALWAYS and span.low == _DAY
    elif kinds == {Kind.NUMBER, Kind.TIME}:
        number, time = (claim, document) if claim.kind is Kind.NUMBER else (document, claim)
        fits = _is_hour(number, time)
    elif Kind.NUMBER in kinds and kinds & {Kind.ORDINAL, Kind.IDENTIFIER, *_MEASURED}:
        fits = _shows_same(claim, document)
    return Relation.COMPATIBLE if fits else Relation.INCOMPARABLE


def _is_hour(number: Value, time: Value) -> bool:
    """Whether "until nine" may mean 9:00 or 21:00."""
    if not 1 <= number.low <= number.high <= 24:
        return False
    hours, minutes = [end * 60 % 720 for end in (number.low, number.high)], [end % 720 for end in (time.low, time.high)]
    return hours == minutes or (not number.is_range and hours[0] in minutes)


def _shows_same(claim: Value, document: Value) -> bool:
    mine, theirs = _shown_ends(claim), _shown_ends(document)
    figures = _figures(claim)
    if (
        Kind.IDENTIFIER in {claim.kind, document.kind}
        and len(figures) >= _TELLING_CODE
        and figures == _figures(document)
    ):
        return True
    is_telling = claim.shown != 1 or Kind.IDENTIFIER in {claim.kind, document.kind}
    return is_telling and (mine <= theirs or (len(mine) > 1 and theirs <= mine))


def _figures(value: Value) -> str:
    """The figures of a code, however it is broken up: "21-674" is "Form 21 674"."""
    return re.sub(r"\D", "", value.literal or value.text)


def _shown_ends(value: Value) -> frozenset[Decimal]:
    """The figures as written, without their unit."""
    if not value.is_range:
        return frozenset((value.shown,))
    factor = value.high / value.shown if value.shown else Decimal(1)
    return frozenset((value.low / factor, value.high / factor))


def _is_rate_of(frequency: Value, other: Value) -> bool:
    """Whether "monthly" says the same as the "a month" of a rate, or as "12 months" between two occasions."""
    if other.per in TIMES_A_YEAR:
        return frequency.low == TIMES_A_YEAR[other.per]
    if other.kind is Kind.DURATION and other.unit in {"month", "s"} and other.low:
        period = other.low / _YEAR if other.unit == "month" else other.low / (365 * _DAY)
        return abs(frequency.low * period - 1) < Decimal("0.02")
    return False


def _dates(claim: Value, document: Value) -> Relation:
    if claim.unit != document.unit:
        return Relation.INCOMPARABLE
    if claim.unit == "date":
        return Relation(agree(claim.literal, document.literal))
    if (claim.low, claim.high, claim.literal) == (document.low, document.high, document.literal):
        return Relation.EQUAL
    if claim.unit == "edge":
        return Relation.DIFFERENT
    is_day_inside = not claim.is_range and document.low <= claim.low <= document.high
    return Relation.COMPATIBLE if is_day_inside or _is_end(claim, document) else Relation.DIFFERENT


def _times(claim: Value, document: Value) -> Relation:
    cycle = 720 if HALF_OPEN in {claim.literal, document.literal} else 1440
    mine, theirs = ([value.low % cycle, value.high % cycle] for value in (claim, document))
    if mine == theirs:
        return Relation.EQUAL if cycle == 1440 or claim.literal == document.literal else Relation.COMPATIBLE
    is_end = (not claim.is_range and mine[0] in theirs) or (not document.is_range and theirs[0] in mine)
    return Relation.COMPATIBLE if is_end else Relation.DIFFERENT


def _identifiers(claim: Value, document: Value) -> Relation:
    if claim.literal == document.literal:
        return Relation.EQUAL
    if claim.unit != document.unit:
        is_generic = bool({claim.unit, document.unit} & _GENERIC)
        fits = is_generic and claim.shown > 0 and claim.shown == document.shown
        fits = fits or _is_tail(claim.literal, document.literal) or _is_tail(document.literal, claim.literal)
        return Relation.COMPATIBLE if fits else Relation.INCOMPARABLE
    if claim.unit == "phone":
        is_tail = claim.literal[-7:] == document.literal[-7:]
        return Relation.COMPATIBLE if is_tail else Relation.DIFFERENT
    if claim.unit == "url":
        nested = claim.literal.startswith(document.literal) or document.literal.startswith(claim.literal)
        return Relation.COMPATIBLE if nested else Relation.INCOMPARABLE
    return Relation.DIFFERENT


def _is_tail(short: str, long: str) -> bool:
    """Whether a code is named without what it belongs to: "21P-534EZ" for "Form 21P-534EZ"."""
    return len(short) >= _TELLING_CODE and long.endswith(short)


def _across_units(claim: Value, document: Value) -> Relation:
    if claim.kind is Kind.DURATION:
        return _durations(claim, document)
    if claim.kind is Kind.PERCENT:
        return Relation.COMPATIBLE if claim.low == document.low else Relation.DIFFERENT
    if claim.kind is not Kind.MONEY:
        return Relation.INCOMPARABLE
    if "ct" in {claim.unit, document.unit}:
        return Relation.EQUAL if _in_cents(claim) == _in_cents(document) else Relation.DIFFERENT
    # Prices in two currencies are two prices, unless only the currency was mistaken.
    return Relation.DIFFERENT if claim.shown == document.shown else Relation.INCOMPARABLE


def _in_cents(value: Value) -> tuple[Decimal, Decimal]:
    factor = 1 if value.unit == "ct" else 100
    return value.low * factor, value.high * factor


def _durations(claim: Value, document: Value) -> Relation:
    units = {claim.unit, document.unit}
    if "business day" in units:
        working, calendar = (claim, document) if claim.unit == "business day" else (document, claim)
        # Two weeks are ten working days, but fourteen days are not fourteen working days.
        fits = calendar.unit == "s" and working.low * 7 * _DAY == calendar.low * 5
    else:
        months, other = (claim, document) if claim.unit == "month" else (document, claim)
        fits = _fits_months(months.low, other.low / _DAY) and _fits_months(months.high, other.high / _DAY)
    if not fits and Bound.ABOUT in {claim.bound, document.bound}:
        fits = abs(_in_days(claim) - _in_days(document)) <= _ROUNDED * _in_days(document)
    return Relation.COMPATIBLE if fits else Relation.DIFFERENT


def _fits_months(months: Decimal, days: Decimal) -> bool:
    """A month is 28 to 31 days, two are 59 to 62, more are 30 to 31 each; half a year may be 182 days, a year 364."""
    fewest = {1: Decimal(28), 2: Decimal(59)}.get(int(months), 30 * months) if months == int(months) else 30 * months
    return months > 0 and fewest <= days <= 31 * months


def _in_days(value: Value) -> Decimal:
    days_each = {"month": Decimal("30.44"), "business day": Decimal("1.4"), "s": 1 / _DAY}
    return value.low * days_each[value.unit]


def _across_rates(claim: Value, document: Value) -> Relation:
    for table in (_IN_DAYS, _IN_MONTHS):
        if claim.per in table and document.per in table:
            is_same = claim.low * table[document.per] == document.low * table[claim.per]
            return Relation.EQUAL if is_same else Relation.DIFFERENT
    if claim.per in TIMES_A_YEAR and document.per in TIMES_A_YEAR:
        is_same = claim.low * TIMES_A_YEAR[claim.per] == document.low * TIMES_A_YEAR[document.per]
        return Relation.EQUAL if is_same else Relation.DIFFERENT
    relation = _amounts(claim, document)
    return Relation.COMPATIBLE if relation is Relation.EQUAL else relation


def _amounts(claim: Value, document: Value) -> Relation:
    if (claim.low, claim.high) == (document.low, document.high):
        is_opposed = frozenset((claim.bound, document.bound)) in _OPPOSED
        return Relation.DIFFERENT if is_opposed else Relation.EQUAL
    if claim.unit == "%" and _is_fraction(claim, document) and abs(claim.low - document.low) < _HALF_PERCENT:
        return Relation.COMPATIBLE
    is_point = not claim.is_range and not document.is_range
    if is_point and _is_loosely(claim, document):
        return Relation.COMPATIBLE
    return Relation.COMPATIBLE if _is_end(claim, document) or _is_end(document, claim) else Relation.DIFFERENT


def _is_fraction(claim: Value, document: Value) -> bool:
    """Whether one of two percentages is written out, as "a third" for 33 per cent."""
    return any(not re.search(r"\d", value.text) for value in (claim, document))


def _is_loosely(claim: Value, document: Value) -> bool:
    """Whether "about 2 hours" rounds 1.8 hours, or "more than 300" is said of 312."""
    gap = abs(claim.low - document.low)
    size = max(abs(claim.low), abs(document.low))
    if Bound.ABOUT in {claim.bound, document.bound}:
        return gap <= _NEAR * size or (gap <= _ROUNDED * size and _rounds_to(document, claim))
    if document.bound is not Bound.EXACT or gap > _NEAR * size or not _is_rounder(claim, document):
        return False
    return (claim.bound is Bound.MORE_THAN and document.low > claim.low) or (
        claim.bound is Bound.LESS_THAN and document.low < claim.low
    )


def _is_rounder(rounded: Value, exact: Value) -> bool:
    return len(rounded.shown.normalize().as_tuple().digits) < len(exact.shown.normalize().as_tuple().digits)


def _rounds_to(exact: Value, rounded: Value) -> bool:
    """Whether `exact` becomes `rounded` when cut to the figures that `rounded` shows."""
    if not rounded.shown:
        return False
    last_place = Decimal(1).scaleb(int(rounded.shown.normalize().as_tuple().exponent))
    return abs(exact.low - rounded.low) <= last_place * rounded.low / rounded.shown / 2


def _is_end(span: Value, point: Value) -> bool:
    """The ends of a range may be given one by one; what lies between them is another value."""
    return span.is_range and not point.is_range and point.low in {span.low, span.high}
