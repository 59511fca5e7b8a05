"""Finds all values of a text: one pass a kind, the most specific kind wins where two overlap."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from groundwire.values.bounds import bound_of
from groundwire.values.dates import find_dates, find_weekdays
from groundwire.values.identifiers import find_identifiers
from groundwire.values.model import Kind, Value
from groundwire.values.numerals import Numeral, find_numerals
from groundwire.values.times import find_times
from groundwire.values.units import CURRENCY_BEFORE, UNITS, Unit, unit_after

_LIST_MARKER = re.compile(r"^[ \t]*\d{1,3}[.)](?=\s)", re.MULTILINE)
_LINK_TARGET = re.compile(r"(?<=\]\()[^)\s]*(?=\))")
_JOIN = re.compile(r"\s*(?:-|–|—|to|or|up to)\s*", re.IGNORECASE)
_JOIN_AND = re.compile(r"\s*and\s*", re.IGNORECASE)
_BETWEEN = re.compile(r"\b(?:between|from)\s+[^\w]*$", re.IGNORECASE)
_PER = re.compile(
    r"(?:\s*/\s*|\s+(?:per|for each|for every)\s+|,?\s+(?:each|every|a|an)\s+(?=(?:day|week|month|year|quarter|hour|minute|night|"
    r"person|user|seat|head|mile|km|kilometre|kwh|traveller|passenger|traveler|device|piece|item|order|booking)\b))"
    r"(?P<per>[A-Za-z]+)",
    re.IGNORECASE,
)
_PER_ADVERB = re.compile(r"\s+(?P<adverb>monthly|yearly|annually|weekly|daily|a month|a year)\b", re.IGNORECASE)
_ADVERBS = {"monthly": "month", "yearly": "year", "annually": "year", "weekly": "week", "daily": "day"}
_ARTICLE_DURATION = re.compile(
    r"\b(?:(?=half\s)|(?:within|for|in|after|takes?|lasts?|least|most|than|up to|about|once|over|under|every|only|just|nearly|another|"
    r"is|until|before|by|of)\s+)(?P<value>(?:(?P<half>half\s+)(?:an?\s+)?|an?\s+)(?:full\s+|whole\s+|calendar\s+|single\s+)?"
    r"(?P<unit>fortnight|minute|hour|day|week|month|quarter|year|business day|working day))\b(?!\s+(?:pass|trip|off))",
    re.IGNORECASE,
)
_FREQUENCY = re.compile(
    r"\b(?:(?P<word>daily|weekly|fortnightly|biweekly|bi-weekly|monthly|quarterly|yearly|annually|annual|semi-annually)|"
    r"(?P<times>once|twice|(?:\w+|\d+) times)\s+(?:(?:per|a|an|each|every)\s+)(?P<period>day|week|month|quarter|year)|"
    r"every\s+(?P<count>other|second|third|two|three|four|five|six|twelve|\d+)?\s*(?P<unit>day|week|month|quarter|year)s?)\b",
    re.IGNORECASE,
)
_TIMES_A_YEAR = {"day": 365, "week": 52, "month": 12, "quarter": 4, "year": 1}
_ADVERB_TIMES = {
    "daily": 365, "weekly": 52, "fortnightly": 26, "biweekly": 26, "bi-weekly": 26, "monthly": 12, "quarterly": 4,
    "yearly": 1, "annually": 1, "annual": 1, "semi-annually": 2,
}  # fmt: skip
_COUNT_WORDS = {"other": 2, "second": 2, "third": 3, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "twelve": 12}
_FRACTION = re.compile(
    r"\b(?P<fraction>(?:one )?half|(?:a|one)[ -]third|two[ -]thirds|(?:a|one)[ -]quarter|three[ -]quarters|(?:a|one)[ -]fifth)"
    r"(?=\s+(?:of|the|your|his|her|their|its|price|off))",
    re.IGNORECASE,
)
_FRACTIONS = {"half": "50", "third": "33.3", "thirds": "66.7", "quarter": "25", "quarters": "75", "fifth": "20"}
_ORDINAL = re.compile(
    r"\b(?:(?P<digits>\d+)(?:st|nd|rd|th)|(?P<word>second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|twelfth))\b",
    re.IGNORECASE,
)
_ORDINAL_WORDS = {
    word: number
    for number, word in enumerate("second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 2)
}
_ONE = re.compile(r"ones?$", re.IGNORECASE)
_BEFORE_PRONOUN = re.compile(
    r"\b(?:the|this|that|which|no|any|every|each|another|some|only|right|other|new|old|same|or|as|at|if)\s+$", re.IGNORECASE
)
_AFTER_PRONOUN = re.compile(r"\s*(?:[.,;:!?)]|$|(?:of|another|off|who|that|or|and|can|is|by|for|from|with|on|in|at|to)\b|-time)", re.I)


def find_values(text: str) -> list[Value]:
    """Return the values of a text, sorted by place, none overlapping another."""
    return list(_find(text))


@lru_cache(maxsize=16384)
def _find(text: str) -> tuple[Value, ...]:
    taken = [match.span() for match in (*_LIST_MARKER.finditer(text), *_LINK_TARGET.finditer(text))]
    found: list[Value] = []
    for finder in (find_dates, find_identifiers, find_times, find_weekdays, _frequencies, _durations_with_article, _fractions):
        _add(found, taken, finder(text))
    _add(found, taken, _measures(text, taken))
    _add(found, taken, _ordinals(text))
    return tuple(sorted((_bounded(text, value) for value in found), key=lambda value: value.start))


def _add(found: list[Value], taken: list[tuple[int, int]], values: Iterable[Value]) -> None:
    for value in sorted(values, key=lambda value: (value.start, -value.end)):
        if value.end > value.start and not _is_taken(taken, value.start, value.end):
            taken.append((value.start, value.end))
            found.append(value)


def _is_taken(taken: list[tuple[int, int]], start: int, end: int) -> bool:
    return any(left < end and start < right for left, right in taken)


def _bounded(text: str, value: Value) -> Value:
    if value.kind is Kind.IDENTIFIER:
        return value
    return replace(value, bound=bound_of(text, value.start, value.end))


def _measures(text: str, taken: list[tuple[int, int]]) -> Iterator[Value]:
    """Numbers with what stands around them: currency, unit, range, rate."""
    free = [number for number in find_numerals(text) if not _is_taken(taken, number.start, number.end)]
    pieces = [piece for number in free if (piece := _measure(text, number))]
    for piece in _joined(text, pieces):
        yield _with_rate(text, piece)


def _measure(text: str, number: Numeral) -> Value | None:
    if number.is_word and _ONE.search(text[number.start : number.end]) and _is_pronoun(text, number):
        return None
    symbol = CURRENCY_BEFORE.search(text, max(0, number.start - 5), number.start)
    if symbol:
        unit = UNITS[symbol.group().strip().lower()]
        end = number.end
        if (after := unit_after(text, number.end)) and after[0].canonical == unit.canonical:
            end = after[1]
        return _value(text, symbol.start(), end, number, unit)
    if after := unit_after(text, number.end):
        unit, end = after
        return _value(text, number.start, end, number, unit)
    return _value(text, number.start, number.end, number, Unit(Kind.NUMBER, ""))


def _is_pronoun(text: str, number: Numeral) -> bool:
    before = text[max(0, number.start - 10) : number.start]
    return bool(_BEFORE_PRONOUN.search(before) or _AFTER_PRONOUN.match(text, number.end))


def _value(text: str, start: int, end: int, number: Numeral, unit: Unit) -> Value:
    amount = number.amount * unit.factor
    return Value(unit.kind, text[start:end], start, end, amount, amount, unit.canonical, shown=number.amount)


def _joined(text: str, pieces: list[Value]) -> Iterator[Value]:
    """Join "3-5 days" and "between 3 and 5 days" to one value with two ends."""
    position = 0
    while position < len(pieces):
        piece = pieces[position]
        following = pieces[position + 1] if position + 1 < len(pieces) else None
        if following and _is_range(text, piece, following):
            yield _range(text, piece, following)
            position += 2
        else:
            yield piece
            position += 1


def _is_range(text: str, first: Value, second: Value) -> bool:
    between = text[first.end : second.start]
    fits = first.kind is second.kind and first.unit == second.unit
    if not fits and not (first.kind is Kind.NUMBER and first.unit == ""):
        return False
    if first.shown >= second.shown and fits is False:
        return False
    if _JOIN.fullmatch(between):
        return first.shown < second.shown or fits
    return bool(_JOIN_AND.fullmatch(between) and _BETWEEN.search(text[: first.start]))


def _range(text: str, first: Value, second: Value) -> Value:
    factor = second.low / second.shown if second.shown else Decimal(1)
    low = first.low if first.unit == second.unit and first.kind is second.kind else first.shown * factor
    low, high = sorted((low, second.high))
    return replace(second, text=text[first.start : second.end], start=first.start, low=low, high=high)


def _with_rate(text: str, value: Value) -> Value:
    if match := _PER.match(text, value.end):
        return replace(value, per=_singular(match["per"].lower()))
    if match := _PER_ADVERB.match(text, value.end):
        return replace(value, per=_ADVERBS.get(match["adverb"].lower(), match["adverb"].lower().removeprefix("a ")))
    return value


def _singular(word: str) -> str:
    word = {"mo": "month", "yr": "year", "wk": "week", "hr": "hour", "h": "hour"}.get(word, word)
    return word[:-1] if word.endswith("s") and len(word) > 3 and not word.endswith("ss") else word


def _durations_with_article(text: str) -> Iterator[Value]:
    for match in _ARTICLE_DURATION.finditer(text):
        unit = UNITS[match["unit"].lower()]
        amount = Decimal("0.5") if match["half"] else Decimal(1)
        total = amount * unit.factor
        yield Value(
            Kind.DURATION, match["value"], match.start("value"), match.end("value"), total, total, unit.canonical, shown=amount
        )


def _frequencies(text: str) -> Iterator[Value]:
    for match in _FREQUENCY.finditer(text):
        yearly = _times_a_year(match)
        if yearly:
            yield Value(Kind.FREQUENCY, match.group(), match.start(), match.end(), yearly, yearly, "a year", shown=yearly)


def _times_a_year(match: re.Match[str]) -> Decimal | None:
    if match["word"]:
        return Decimal(_ADVERB_TIMES[match["word"].lower()])
    if match["unit"]:
        count = match["count"] or "1"
        every = Decimal(count) if count.isdigit() else Decimal(_COUNT_WORDS[count.lower()])
        return Decimal(_TIMES_A_YEAR[match["unit"].lower()]) / every if every else None
    times = match["times"].lower()
    number = {"once": Decimal(1), "twice": Decimal(2)}.get(times) or next(
        (numeral.amount for numeral in find_numerals(times)), None
    )
    return number * _TIMES_A_YEAR[match["period"].lower()] if number else None


def _fractions(text: str) -> Iterator[Value]:
    for match in _FRACTION.finditer(text):
        name = re.split(r"[ -]", match["fraction"].lower())[-1]
        percent = Decimal(_FRACTIONS[name])
        yield Value(Kind.PERCENT, match.group(), match.start(), match.end(), percent, percent, "%", shown=percent)


def _ordinals(text: str) -> Iterator[Value]:
    for match in _ORDINAL.finditer(text):
        number = Decimal(match["digits"] or _ORDINAL_WORDS[match["word"].lower()])
        yield Value(Kind.ORDINAL, match.group(), match.start(), match.end(), number, number, "place", shown=number)
