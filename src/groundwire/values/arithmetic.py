"""Whether a figure follows from documented ones by one step of arithmetic, as in "12 × $10 = $120"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations, permutations

from groundwire.values.calendar import dates_from, lengths, times_from
from groundwire.values.model import Bound, Kind, Value

_COUNTABLE = frozenset((Kind.MONEY, Kind.DURATION, Kind.QUANTITY, Kind.NUMBER, Kind.PERCENT))
_PERIODS_IN = {
    ("month", "year"): 12,
    ("month", "quarter"): 3,
    ("quarter", "year"): 4,
    ("week", "year"): 52,
    ("day", "week"): 7,
}
_SECONDS = {"minute": 60, "hour": 3600, "day": 86400, "night": 86400, "week": 604800}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
# Small counts come out of almost any two numbers, so they prove nothing.
_SMALLEST_COUNT = 4
_SMALLEST_SUM = 20
_MOST_PARTS = 12
_MOST_ADDENDS = 6
_CENT = Decimal("0.01")
_ABOUT = Decimal("0.02")
_HUNDRED = Decimal(100)
_ROUND = frozenset((Decimal(10), _HUNDRED, Decimal(1000)))
_Results = Iterator[tuple[Decimal, str]]


def derivable(claim: Value, operands: Sequence[Value]) -> str | None:
    """Return the sum in words by which a claim's value follows from `operands`, or None.

    One step only: a sum or difference of like values (not of lengths of time), a product with a count, a share in per
    cent, a price over a longer period, so much for each so many, a date or time so much later. Dimensions must fit.
    """
    if claim.kind is Kind.DATE:
        return next((formula for literal, formula in dates_from(operands) if literal == claim.literal), None)
    if claim.kind is Kind.TIME:
        return next((formula for minutes, formula in times_from(operands) if minutes == claim.low == claim.high), None)
    if claim.kind not in _COUNTABLE or (claim.kind is Kind.NUMBER and claim.low < _SMALLEST_COUNT):
        return None
    usable = _distinct(value for value in operands if value.kind in _COUNTABLE and not value.is_range)
    results = _scaled(claim, operands) if claim.is_range else _results(claim, usable, operands)
    return next((f"{formula} = {claim.text}" for amount, formula in results if _equals(claim, amount)), None)


def _distinct(operands: Iterator[Value]) -> list[Value]:
    return list({(value.kind, value.unit, value.low, value.per): value for value in operands}.values())


def _results(claim: Value, operands: Sequence[Value], everything: Sequence[Value]) -> _Results:
    alike = [alike for value in operands if (alike := _in_unit_of(claim, value))]
    counts = [
        value for value in operands if value.kind is Kind.NUMBER and value.low == int(value.low) and value.low > 1
    ]
    if claim.kind is Kind.PERCENT:
        yield from _percentages(operands)
        yield from _products(alike, counts)
        return
    # Lengths of time are few and round: their sums meet other lengths by chance more often than by meaning.
    if claim.kind is not Kind.DURATION:
        yield from _products(alike, counts)
        if claim.kind is not Kind.NUMBER or claim.low >= _SMALLEST_SUM:
            yield from _sums(alike)
    yield from _rates(claim, alike)
    yield from _over_time(alike, operands)
    yield from _shares(alike, [value for value in operands if value.unit == "%"])
    if claim.kind is not Kind.NUMBER or claim.low >= _SMALLEST_SUM:
        yield from _proportions(claim, alike, operands)
    yield from _columns(claim, operands)
    if claim.kind is Kind.NUMBER:
        yield from _quotients(operands)
    elif claim.kind is Kind.DURATION:
        yield from lengths(claim, everything)
    else:
        yield from _portions(alike, counts)


def _in_unit_of(claim: Value, value: Value) -> Value | None:
    if (value.kind, value.unit) == (claim.kind, claim.unit):
        return value
    if claim.kind is Kind.MONEY and value.unit == "ct":
        return replace(value, low=value.low / 100, high=value.high / 100, unit=claim.unit)
    return None


def _scaled(claim: Value, operands: Sequence[Value]) -> _Results:
    """Both ends of a range are the same share or multiple of a documented one."""
    percents = [value for value in operands if value.unit == "%" and value.is_range]
    for value in operands:
        if (value.kind, value.unit) != (claim.kind, claim.unit) or value.is_range:
            continue
        for percent in percents:
            if value.low * percent.high == claim.high * _HUNDRED:
                yield value.low * percent.low / _HUNDRED, f"{percent.text} of {value.text}"


def _sums(alike: Sequence[Value]) -> _Results:
    for one, other in combinations(alike, 2):
        yield one.low + other.low, f"{one.text} + {other.text}"
        yield abs(one.low - other.low), f"{max(one, other, key=_low).text} − {min(one, other, key=_low).text}"
    for three in combinations(alike[:_MOST_ADDENDS], 3):
        yield sum((value.low for value in three), Decimal(0)), " + ".join(value.text for value in three)


def _products(alike: Sequence[Value], counts: Sequence[Value]) -> _Results:
    for value in alike:
        for count in counts:
            if count is not value and (value.kind is not Kind.NUMBER or value.low != 1):
                yield value.low * count.low, f"{count.text} × {value.text}"


def _portions(alike: Sequence[Value], counts: Sequence[Value]) -> _Results:
    for value in alike:
        for count in counts:
            if count.low <= _MOST_PARTS:
                yield (value.low / count.low).quantize(_CENT), f"{value.text} ÷ {count.text}"


def _rates(claim: Value, alike: Sequence[Value]) -> _Results:
    for value in alike:
        for (short, long), times in _PERIODS_IN.items():
            if value.per == short and claim.per in {long, ""}:
                yield value.low * times, f"{times} × {value.text}"
            if value.per == long and claim.per == short:
                yield (value.low / times).quantize(_CENT), f"{value.text} ÷ {times}"


def _over_time(alike: Sequence[Value], operands: Sequence[Value]) -> _Results:
    """ "€60 per day for 5 days"."""
    for value in alike:
        for span in operands:
            table = _MONTHS if span.unit == "month" else _SECONDS
            if span.kind is Kind.DURATION and value.per in table and span.unit in {"month", "s"}:
                times = span.low / table[value.per]
                yield value.low * times, f"{span.text} × {value.text}"


def _shares(alike: Sequence[Value], percents: Sequence[Value]) -> _Results:
    for value in alike:
        for percent in percents:
            if not 0 < percent.low < _HUNDRED:
                continue
            share = value.low * percent.low / _HUNDRED
            yield share, f"{percent.text} of {value.text}"
            if value.kind is not Kind.DURATION:
                yield value.low - share, f"{value.text} − {percent.text}"
                yield value.low + share, f"{value.text} + {percent.text}"


def _percentages(operands: Sequence[Value]) -> _Results:
    for value in operands:
        if value.unit == "%":
            yield value.low - _HUNDRED, f"{value.text} − 100 %"
    amounts = [value for value in operands if value.kind is Kind.MONEY and value.low]
    for one, other in combinations(amounts, 2):
        if one.unit == other.unit:
            small, large = sorted((one, other), key=_low)
            yield (_HUNDRED * small.low / large.low).quantize(Decimal("0.1")), f"{small.text} ÷ {large.text}"


def _proportions(claim: Value, alike: Sequence[Value], operands: Sequence[Value]) -> _Results:
    """ "100 points are worth €2", so 700 are worth €14: so much for each ten or hundred, or a whole multiple."""
    others = [
        value for value in operands if value.kind is not claim.kind and value.kind is not Kind.PERCENT and value.low > 0
    ]
    for each, total in permutations(others, 2):
        if (each.kind, each.unit) != (total.kind, total.unit) or each.per or not 1 < each.low < total.low:
            continue
        if each.low in _ROUND or not total.low % each.low:
            for value in alike:
                yield value.low * total.low / each.low, f"{value.text} for each {each.text} of {total.text}"


def _columns(claim: Value, operands: Sequence[Value]) -> _Results:
    """Figures of a table carry their unit in its header; whole ones meet by chance too easily."""
    if claim.kind is Kind.NUMBER or claim.shown == claim.shown.to_integral_value() or not claim.shown:
        return
    bare = [value for value in operands if value.kind is Kind.NUMBER]
    factor = claim.low / claim.shown
    for one, other in combinations(bare, 2):
        yield abs(one.low - other.low) * factor, f"{max(one, other, key=_low).text} − {min(one, other, key=_low).text}"
        yield (one.low + other.low) * factor, f"{one.text} + {other.text}"


def _quotients(operands: Sequence[Value]) -> _Results:
    for one, other in combinations(operands, 2):
        if (one.kind, one.unit) == (other.kind, other.unit) and one.low and other.low:
            large, small = max(one, other, key=_low), min(one, other, key=_low)
            yield large.low / small.low, f"{large.text} ÷ {small.text}"


def _low(value: Value) -> Decimal:
    return value.low


def _equals(claim: Value, amount: Decimal) -> bool:
    gap = abs(claim.low - amount)
    return gap < _CENT / 2 or (claim.bound is Bound.ABOUT and gap <= _ABOUT * abs(claim.low))
