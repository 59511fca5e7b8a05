"""Times of day, single or as opening hours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from groundwire.values.model import Kind, Value
from groundwire.values.numerals import SMALL_WORDS
from groundwire.values.units import unit_after

# Which half of the day a time falls in is unknown: "at 9 o'clock".
HALF_OPEN = "either half"
_CLOCK = r"(?P<hour{n}>[01]?\d|2[0-4])(?:[:.h](?P<minute{n}>[0-5]\d))?(?:\s?(?P<half{n}>[ap]\.?\s?m\b\.?))?"
_RANGE = re.compile(
    rf"(?<![\w.,:/-]){_CLOCK.format(n=1)}\s*(?:-|–|—|to|until|till|and|through)\s*{_CLOCK.format(n=2)}(?![\w:%]|[.,]\d)",
    re.IGNORECASE,
)
_SINGLE = re.compile(rf"(?<![\w.,:/-]){_CLOCK.format(n=1)}(?![\w:%]|[.,]\d)", re.IGNORECASE)
_HOUR_NAMES = [word for word, number in SMALL_WORDS.items() if 1 <= number <= 12]
_HOUR = rf"(?:{'|'.join(sorted(_HOUR_NAMES, key=len, reverse=True))}|1[0-2]|[1-9])"
_PART = (
    r"(?P<part{n}>in the (?:early )?(?:morning|afternoon|evening)|at night|tonight|this (?:morning|afternoon|evening))"
)
_SAID = re.compile(
    rf"\b(?:(?P<fraction>half(?= past)|(?:a )?quarter) (?P<side>past|to) (?P<hour>{_HOUR})\b"
    rf"(?:\s+{_PART.format(n=1)})?|"
    rf"(?:(?P<since>{_HOUR})\s+(?:to|until|till|and)\s+)?(?P<hour2>{_HOUR})\s+(?:o['’]clock\s+)?{_PART.format(n=2)}|"
    rf"(?P<hour3>{_HOUR})\s?o['’]clock)",
    re.IGNORECASE,
)
_OPEN_HOURS = re.compile(
    rf"\b(?:from|between|open)\s+(?P<first>{_HOUR})\s+(?:to|until|till|and)\s+(?P<last>{_HOUR})\b", re.I
)
_OPENING = re.compile(r"\b(?:open|opens|opening|closed|hours|weekdays?|\w+days?)\b", re.IGNORECASE)
_HAS_CLOCK = re.compile(r"\d(?:[:h]\d|\s?[ap]\.?\s?m\b)", re.IGNORECASE)
_HINTS = ("half past", "quarter", "clock", " in the ", " at night", "tonight", "this ")
_NAMES = {"noon": 720, "midday": 720, "midnight": 1440}
_NOON = 720


def find_times(text: str) -> Iterator[Value]:
    """Yield times and ranges of times, in minutes after midnight; `literal` is set where a.m. or p.m. is left open."""
    if _HAS_CLOCK.search(text):
        yield from _clocks(text)
    lowered = text.lower()
    for name, minutes in _NAMES.items():
        if name in lowered:
            yield from (_time(match, minutes, minutes) for match in re.finditer(rf"(?i)\b{name}\b", text))
    if any(hint in lowered for hint in _HINTS):
        yield from map(_said, _SAID.finditer(text))
    for match in _OPEN_HOURS.finditer(text):
        if _OPENING.search(text) and not unit_after(text, match.end()):
            first, last = _hour(match["first"]) * 60, _hour(match["last"]) * 60
            yield _time(match, first, last if last > first else last + _NOON, group="first")


def _clocks(text: str) -> Iterator[Value]:
    for match in _RANGE.finditer(text):
        if _is_time(match, 1) or _is_time(match, 2):
            later = _minutes(match, 2, match["half2"])
            early = _minutes(match, 1, match["half1"] or (match["half2"] if _shares_half(match) else None))
            yield _time(match, early, later)
    for match in _SINGLE.finditer(text):
        if _is_time(match, 1):
            minutes = _minutes(match, 1, match["half1"])
            yield _time(match, minutes, minutes)


def _is_time(match: re.Match[str], n: int) -> bool:
    """Bare hours are too often something else; a time shows a colon or a.m./p.m."""
    minute = match[f"minute{n}"]
    has_colon = minute is not None and match.string[match.end(f"hour{n}")] in ":h"
    return bool(match[f"half{n}"]) or has_colon


def _shares_half(match: re.Match[str]) -> bool:
    """ "8-10 p.m." is all in the evening, "9-5 p.m." is not."""
    return int(match["hour1"]) < int(match["hour2"]) <= 12 and int(match["hour1"]) != 12


def _minutes(match: re.Match[str], n: int, half: str | None) -> int:
    hour = int(match[f"hour{n}"])
    if half and half.lower().startswith("p") and hour < 12:
        hour += 12
    if half and half.lower().startswith("a") and hour == 12:
        hour = 0
    return hour * 60 + int(match[f"minute{n}"] or 0)


def _said(match: re.Match[str]) -> Value:
    hour = _hour(match["hour"] or match["hour2"] or match["hour3"])
    minutes = hour % 12 * 60
    if match["fraction"]:
        share = 30 if match["fraction"].lower() == "half" else 15
        minutes += share if match["side"].lower() == "past" else -share
    part = match["part1"] or match["part2"]
    if part and "morning" not in part.lower():
        minutes += _NOON
    early = _hour(match["since"]) % 12 * 60 + minutes // _NOON * _NOON if match["since"] else minutes
    return _time(match, early, minutes, literal="" if part else HALF_OPEN)


def _hour(word: str) -> int:
    return int(word) if word.isdecimal() else SMALL_WORDS[word.lower()]


def _time(match: re.Match[str], early: int, later: int, *, literal: str = "", group: str | int = 0) -> Value:
    start, end = match.start(group), match.end()
    text = match.string[start:end]
    return Value(Kind.TIME, text, start, end, Decimal(early), Decimal(later), unit="min", literal=literal)
