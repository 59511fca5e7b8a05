"""Whether a figure follows from documented ones by one step of arithmetic, as in "12 × $10 = $120"."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import combinations

from groundwire.values.model import Kind, Value

_COUNTABLE = frozenset((Kind.MONEY, Kind.DURATION, Kind.QUANTITY, Kind.NUMBER, Kind.PERCENT))
_PERIODS_IN = {("month", "year"): 12, ("month", "quarter"): 3, ("quarter", "year"): 4, ("week", "year"): 52, ("day", "week"): 7}
# Small counts come out of almost any two numbers, so they prove nothing.
_SMALLEST_COUNT = 4
_CENT = Decimal("0.01")


def derivable(claim: Value, operands: Sequence[Value]) -> str | None:
    """Return the sum in words by which a claim's value follows from `operands`, or None.

    One step only: a sum or difference of two or three like values, a product with a count, a share in per cent, a price
    over a longer period, time between two times of day. Dimensions must fit.
    """
    if claim.kind not in _COUNTABLE or claim.is_range:
        return None
    if claim.kind is Kind.NUMBER and claim.low < _SMALLEST_COUNT:
        return None
    usable = [value for value in dict.fromkeys(operands) if value.kind in _COUNTABLE and not value.is_range]
    return next((formula for amount, formula in _results(claim, usable) if _equals(amount, claim.low)), None)


def _results(claim: Value, operands: Sequence[Value]) -> Iterator[tuple[Decimal, str]]:
    alike = [value for value in operands if (value.kind, value.unit) == (claim.kind, claim.unit)]
    counts = [value for value in operands if value.kind is Kind.NUMBER and value.low == int(value.low) and value.low > 1]
    yield from _sums(alike)
    yield from _products(alike, counts)
    yield from _rates(claim, alike)
    yield from _shares(alike, [value for value in operands if value.unit == "%"])
    if claim.kind is Kind.PERCENT:
        return
    if claim.kind is Kind.NUMBER:
        yield from _quotients(operands)


def _sums(alike: Sequence[Value]) -> Iterator[tuple[Decimal, str]]:
    for one, other in combinations(alike, 2):
        yield one.low + other.low, f"{one.text} + {other.text}"
        yield abs(one.low - other.low), f"{max(one, other, key=_low).text} − {min(one, other, key=_low).text}"
    for three in combinations(alike[:6], 3):
        yield sum((value.low for value in three), Decimal(0)), " + ".join(value.text for value in three)


def _products(alike: Sequence[Value], counts: Sequence[Value]) -> Iterator[tuple[Decimal, str]]:
    for value in alike:
        for count in counts:
            if count is not value:
                yield value.low * count.low, f"{count.text} × {value.text}"


def _rates(claim: Value, alike: Sequence[Value]) -> Iterator[tuple[Decimal, str]]:
    for value in alike:
        for (short, long), times in _PERIODS_IN.items():
            if value.per == short and claim.per in {long, ""}:
                yield value.low * times, f"{times} × {value.text}"
            if value.per == long and claim.per == short:
                yield (value.low / times).quantize(_CENT), f"{value.text} ÷ {times}"


def _shares(alike: Sequence[Value], percents: Sequence[Value]) -> Iterator[tuple[Decimal, str]]:
    for value in alike:
        if value.unit == "%":
            continue
        for percent in percents:
            share = value.low * percent.low / 100
            yield share, f"{percent.text} of {value.text}"
            yield value.low - share, f"{value.text} − {percent.text}"
            yield value.low + share, f"{value.text} + {percent.text}"


def _quotients(operands: Sequence[Value]) -> Iterator[tuple[Decimal, str]]:
    for one, other in combinations(operands, 2):
        if (one.kind, one.unit) == (other.kind, other.unit) and one.low and other.low:
            large, small = max(one, other, key=_low), min(one, other, key=_low)
            yield large.low / small.low, f"{large.text} ÷ {small.text}"


_low: Callable[[Value], Decimal] = lambda value: value.low  # noqa: E731


def _equals(left: Decimal, right: Decimal) -> bool:
    return abs(left - right) < _CENT / 2
