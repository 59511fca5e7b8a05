"""Dates and times that lie a documented length of time after or before another."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations

from groundwire.values.model import Kind, Value

_DAY = Decimal(86400)
_MINUTE = Decimal(60)
_MOST_DAYS = 20_000


def dates_from(operands: Sequence[Value]) -> Iterator[tuple[str, str]]:
    """Yield the literals, with their sums in words, of dates that lie a length of time from a date."""
    dates = [
        value for value in operands if value.kind is Kind.DATE and value.unit == "date" and value.literal[0].isdigit()
    ]
    lengths_of_time = [value for value in operands if value.kind is Kind.DURATION and not value.is_range]
    for date in dates:
        for length in lengths_of_time:
            for sign, word in ((1, "after"), (-1, "before")):
                if literal := _moved(date.literal, length, sign):
                    yield from ((part, f"{length.text} {word} {date.text}") for part in _coarser(literal))


def _moved(literal: str, length: Value, sign: int) -> str:
    """Return the literal so much later (or earlier, for `sign` -1); empty if it cannot be told."""
    if len(literal) != 10:
        return ""
    year, month, day = literal.split("-")
    if length.unit == "month":
        return _moved_by_months(year, month, day, sign * length.low)
    days = length.low / _DAY
    if length.unit != "s" or day == "??" or days != int(days) or days > _MOST_DAYS:
        return ""
    try:
        moved = datetime.date(int(year), int(month), int(day)) + datetime.timedelta(days=sign * int(days))
    except (ValueError, OverflowError):
        return ""
    return moved.isoformat()


def _moved_by_months(year: str, month: str, day: str, months: Decimal) -> str:
    if months != int(months) or (month == "??" and months % 12):
        return ""
    index = int(year) * 12 + (0 if month == "??" else int(month) - 1) + int(months)
    return f"{index // 12:04}-{'??' if month == '??' else f'{index % 12 + 1:02}'}-{day}"


def _coarser(literal: str) -> list[str]:
    return list(dict.fromkeys((literal, f"{literal[:7]}-??", f"{literal[:4]}-??-??")))


def times_from(operands: Sequence[Value]) -> Iterator[tuple[Decimal, str]]:
    """Yield minutes after midnight, with the sum in words, of times that lie a length of time from a time of day."""
    times = [value for value in operands if value.kind is Kind.TIME and not value.is_range]
    spans = [value for value in operands if value.kind is Kind.DURATION and value.unit == "s" and 0 < value.low < _DAY]
    for time in times:
        for span in spans:
            yield (time.low + span.low / _MINUTE) % 1440, f"{span.text} after {time.text}"
            yield (time.low - span.low / _MINUTE) % 1440, f"{span.text} before {time.text}"


def lengths(claim: Value, operands: Sequence[Value]) -> Iterator[tuple[Decimal, str]]:
    """Yield lengths in the claim's unit between two dates or times of `operands`."""
    if claim.unit == "s":
        for value in operands:
            if value.kind is Kind.TIME and value.is_range:
                yield (value.high - value.low) % 1440 * _MINUTE, f"from {value.text}"
    years = {
        int(value.literal[:4]): value for value in operands if value.kind is Kind.DATE and value.literal[:4].isdigit()
    }
    if claim.unit == "month" and claim.low % 12 == 0:
        for one, other in combinations(sorted(years), 2):
            yield Decimal((other - one) * 12), f"from {years[one].text} to {years[other].text}"
