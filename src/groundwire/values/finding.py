"""Finds all values of a text: one pass a kind, the most specific kind wins where two overlap."""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from groundwire.values.bounds import bound_of
from groundwire.values.dates import find_dates, find_weekdays
from groundwire.values.frequencies import find_frequencies
from groundwire.values.identifiers import find_addresses, find_codes, find_phones
from groundwire.values.measures import find_measures
from groundwire.values.model import Kind, Value
from groundwire.values.parts import find_fractions, find_multiples, find_ordinals
from groundwire.values.times import find_times

# List markers, link targets and citation marks are figures of the layout, not of the text.
_MARKUP = re.compile(r"^[ \t]*\d{1,3}[.)](?=\s)|(?<=\]\()[^)\s]*(?=\))|\[\^?\d{1,3}\](?!\()", re.MULTILINE)
_FINDERS = (
    find_addresses,
    find_dates,
    find_phones,
    find_times,
    find_codes,
    find_weekdays,
    find_frequencies,
    find_fractions,
)


def find_values(text: str) -> list[Value]:
    """Return the values of a text, sorted by place, none overlapping another."""
    return list(_find(text))


@lru_cache(maxsize=16384)
def _find(text: str) -> tuple[Value, ...]:
    taken = [match.span() for match in _MARKUP.finditer(text)]
    found: list[Value] = []
    for finder in _FINDERS:
        _add(found, taken, finder(text))
    _add_measures(found, taken, text)
    _add(found, taken, find_multiples(text))
    _add(found, taken, find_ordinals(text))
    return tuple(sorted((_bounded(text, value) for value in found), key=lambda value: value.start))


def _add(found: list[Value], taken: list[tuple[int, int]], values: Iterable[Value]) -> None:
    for value in sorted(values, key=lambda value: (value.start, -value.end)):
        if value.end > value.start and not _is_taken(taken, value.start, value.end):
            insort(taken, (value.start, value.end))
            found.append(value)


def _is_taken(taken: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Whether a stretch meets one of the taken ones, which are in order and apart from each other."""
    place = bisect_left(taken, (end, end))
    return place > 0 and taken[place - 1][1] > start


def _add_measures(found: list[Value], taken: list[tuple[int, int]], text: str) -> None:
    """Add the amounts; "weekly" in "€8 weekly" is then their rate and no frequency of its own."""
    occupied = list(taken)
    measured = list(find_measures(text, lambda start, end: not _is_taken(occupied, start, end)))
    with_rates = [(value.start, end) for value, end in measured]
    rates = [value for value in found if value.kind is Kind.FREQUENCY and _is_taken(with_rates, value.start, value.end)]
    for rate in rates:
        found.remove(rate)
        taken.remove((rate.start, rate.end))
    _add(found, taken, (value for value, _ in measured))


def _bounded(text: str, value: Value) -> Value:
    if value.kind is Kind.IDENTIFIER:
        return value
    return replace(value, bound=bound_of(text, value.start, value.end))
