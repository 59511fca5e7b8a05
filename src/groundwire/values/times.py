"""Times of day, single or as opening hours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from groundwire.values.model import Kind, Value

_HALF = r"(?:\s?(?P<half{n}>a\.?m\.?|p\.?m\.?))"
_CLOCK = r"(?P<hour{n}>[01]?\d|2[0-4])(?:[:.h](?P<minute{n}>[0-5]\d))?"


def _clock(n: int, *, half: str = "?") -> str:
    return (_CLOCK + _HALF + half).replace("{n}", str(n))


_RANGE = re.compile(
    rf"(?<![\w.,:/-]){_clock(1)}\s*(?:-|–|—|to|until|till|and|through)\s*{_clock(2)}(?![\w:%]|[.,]\d)", re.IGNORECASE
)
_SINGLE = re.compile(rf"(?<![\w.,:/-]){_clock(1)}(?![\w:%]|[.,]\d)", re.IGNORECASE)
_NAMED = re.compile(r"\b(?P<name>noon|midday|midnight)\b", re.IGNORECASE)
_NAMES = {"noon": 720, "midday": 720, "midnight": 1440}
_OCLOCK = re.compile(r"(?<![\w.,:])(?P<hour>\d{1,2})\s?o['’]clock", re.IGNORECASE)


def find_times(text: str) -> Iterator[Value]:
    """Yield times and ranges of times, in minutes after midnight."""
    for match in _RANGE.finditer(text):
        if _is_time(match, 1) or _is_time(match, 2):
            later = _minutes(match, 2, match["half2"])
            early = _minutes(match, 1, match["half1"] or (match["half2"] if _shares_half(match) else None))
            yield _time(match, early, later)
    for match in _SINGLE.finditer(text):
        if _is_time(match, 1):
            yield _time(match, *(2 * (_minutes(match, 1, match["half1"]),)))
    for match in _NAMED.finditer(text):
        yield _time(match, *(2 * (_NAMES[match["name"].lower()],)))
    for match in _OCLOCK.finditer(text):
        yield _time(match, *(2 * (int(match["hour"]) * 60,)))


def _is_time(match: re.Match[str], n: int) -> bool:
    """Bare hours are too often something else; a time shows a colon or a.m./p.m."""
    minute = match[f"minute{n}"]
    has_colon = minute is not None and ":" in match.group()
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


def _time(match: re.Match[str], early: int, later: int) -> Value:
    return Value(Kind.TIME, match.group(), match.start(), match.end(), Decimal(early), Decimal(later), unit="min")
