"""Calendar dates, months, quarters, years and weekdays as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from groundwire.values.model import Kind, Value

_MONTH_NAMES = "january february march april may june july august september october november december".split()
MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, start=1)} | {
    name[:3]: number for number, name in enumerate(_MONTH_NAMES, start=1)
} | {"sept": 9}  # fmt: skip
_WEEKDAY_NAMES = "monday tuesday wednesday thursday friday saturday sunday".split()
WEEKDAYS = {name: number for number, name in enumerate(_WEEKDAY_NAMES, start=1)} | {
    short: number for number, short in enumerate("mon tue wed thu fri sat sun".split(), start=1)
}

_LONG = "January|February|March|April|May|June|July|August|September|October|November|December"
_MONTH = rf"(?P<month>{_LONG}|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\.?"
_DAY = r"(?P<day>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_ISO = re.compile(rf"\b{_YEAR}-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])\b")
_SLASHED = re.compile(rf"(?<![\d/])(?P<first>\d{{1,2}})[/.](?P<second>\d{{1,2}})[/.]{_YEAR}\b")
_DAY_MONTH = re.compile(rf"\b{_DAY}(?:\s+of)?\s+{_MONTH}(?:\s*,?\s+{_YEAR})?\b(?!\s+\d{{2}}\b)")
_MONTH_DAY = re.compile(
    rf"\b{_MONTH}\s+(?:the\s+)?{_DAY}(?:\s*,?\s+{_YEAR})?\b(?!\s*(?:%|days|hours|minutes|per|[.:]\d))"
)
_MONTH_YEAR = re.compile(rf"\b{_MONTH}\s*,?\s+(?:of\s+)?{_YEAR}\b")
_QUARTER = re.compile(rf"\bQ(?P<quarter>[1-4])(?:[\s/-]*(?:of\s+)?{_YEAR})?\b")
_MONTH_ALONE = re.compile(
    rf"\b(?P<month>{_LONG.replace('May|', '')})\b|"
    r"(?:(?<=[Ii]n )|(?<=of )|(?<=by )|(?<=[Ss]ince )|(?<=until )|(?<=early )|(?<=late )|(?<=mid-)|(?<=to )|(?<=from )|"
    r"(?<=and )|(?<=– ))(?P<may>May)\b(?=\s*(?:$|[.,;:!?)–-]|to\b|and\b|until\b|or\b))"
)
# A bare figure is a year only where the words or a second year beside it say so.
_YEAR_ALONE = re.compile(
    rf"(?<![\w.,:/-]){_YEAR}"
    r"(?![\w%]|[.,]\d|\s+(?:people|users|employees|words|km|kg|kWh|EUR|USD|euros|dollars|points|miles))"
)
_BEFORE_YEAR = re.compile(
    r"(?:\b(?:in|of|by|since|until|before|after|from|for|year|through|during|between|early|late|the)\s|\bmid-|\()$",
    re.I,
)
_YEARS = re.compile(
    rf"(?<![\w.,:/-]){_YEAR}\s*(?:-|–|—|to|through|until|and|or)\s*(?P<until>(?:19|20)\d\d|(?<=[-–])\d\d)"
    r"(?![\w%]|[.,-]\d)"
)
_FEASTS = {
    "christmas day": "12-25", "christmas eve": "12-24", "boxing day": "12-26", "st. stephen's day": "12-26",
    "new year's day": "01-01", "new year's eve": "12-31", "new years day": "01-01",
}  # fmt: skip
_FEAST = re.compile("|".join(re.escape(name).replace("'", "['’]") for name in _FEASTS), re.IGNORECASE)
_FEAST_HINTS = ("christmas", "boxing", "stephen", "new year")
_OTHER_DAY = re.compile(r"(?<![\w.,/])(?P<day>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?\s*(?:,|and|or|–|-|to|&)\s*$")
_LATER_DAY = re.compile(
    r"\s*(?:and|or|–|-|&)\s*(?P<day>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?(?![\w.,:%]|\s+[A-Z][a-z]|\s+(?:days|hours))"
)
_HAS_MONTH = re.compile(rf"\b(?:{_LONG}|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b")
_EDGE = re.compile(
    r"\b(?P<edge>end|beginning|start|first day|last day|last business day|last working day) of "
    r"(?:the |each |every |a |your |this |next )?(?:(?:following|calendar|current|same) )*"
    r"(?P<period>week|month|quarter|year)\b",
    re.IGNORECASE,
)
_EDGES = {"first day": "start", "beginning": "start", "last day": "end"}
_REACH = 10
_FULL_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_WEEKDAY = re.compile(
    rf"\b(?P<from>{_FULL_WEEKDAY}|Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:s|\.)?"
    rf"(?:\s*(?:-|–|—|to|through|until)\s*(?P<to>{_FULL_WEEKDAY}|Mon|Tue|Wed|Thu|Fri|Sat|Sun)s?)?\b|\b(?P<span>[Ww]eekends?|[Ww]eekdays)\b"
)


def find_dates(text: str) -> Iterator[Value]:
    """Yield the dates of a text; `literal` holds YYYY-MM-DD with `?` for what is left open."""
    if re.search(r"\d", text):
        yield from _matches(text, (_ISO, _SLASHED, _QUARTER))
        for match in _YEAR_ALONE.finditer(text):
            if _BEFORE_YEAR.search(text[max(0, match.start() - _REACH) : match.start()]):
                yield _date(match.group(), match.start(), f"{match['year']}-??-??")
        yield from _year_spans(text)
    if _HAS_MONTH.search(text):
        yield from _days(text)
        yield from _matches(text, (_MONTH_YEAR, _MONTH_ALONE))
    yield from _feasts(text)
    yield from _edges(text)


def _feasts(text: str) -> Iterator[Value]:
    lowered = text.lower()
    if not any(hint in lowered for hint in _FEAST_HINTS):
        return
    for match in _FEAST.finditer(text):
        name = match.group().lower().replace("’", "'")
        yield _date(match.group(), match.start(), f"????-{_FEASTS[name]}")


def _edges(text: str) -> Iterator[Value]:
    if " of " not in text:
        return
    for match in _EDGE.finditer(text):
        edge = _EDGES.get(match["edge"].lower(), match["edge"].lower())
        literal = f"{edge} of {match['period'].lower()}"
        yield Value(Kind.DATE, match.group(), match.start(), match.end(), unit="edge", literal=literal)


def _date(text: str, start: int, literal: str) -> Value:
    return Value(Kind.DATE, text, start, start + len(text), unit="date", literal=literal)


def _matches(text: str, patterns: tuple[re.Pattern[str], ...]) -> Iterator[Value]:
    for pattern in patterns:
        for match in pattern.finditer(text):
            if literal := _literal(match.groupdict()):
                yield _date(match.group(), match.start(), literal)


def _year_spans(text: str) -> Iterator[Value]:
    for match in _YEARS.finditer(text):
        yield _date(match["year"], match.start("year"), f"{match['year']}-??-??")
        century = match["year"][:2] if len(match["until"]) == 2 else ""
        yield _date(match["until"], match.start("until"), f"{century}{match['until']}-??-??")


def _days(text: str) -> Iterator[Value]:
    """Yield days of a month, and those that share its name: "25 and 26 December", "March 3-5"."""
    for pattern in (_DAY_MONTH, _MONTH_DAY):
        for match in pattern.finditer(text):
            literal = _literal(match.groupdict())
            yield _date(match.group(), match.start(), literal)
            other = (
                _OTHER_DAY.search(text[: match.start()])
                if pattern is _DAY_MONTH
                else _LATER_DAY.match(text, match.end())
            )
            if other and (pattern is _DAY_MONTH or not match["year"]):
                yield _date(other["day"], other.start("day"), f"{literal[:-2]}{int(other['day']):02}")


def find_weekdays(text: str) -> Iterator[Value]:
    """Yield weekdays and ranges of them; Monday is 1."""
    for match in _WEEKDAY.finditer(text):
        first, last = _weekdays(match)
        yield Value(Kind.DATE, match.group(), match.start(), match.end(), Decimal(first), Decimal(last), unit="weekday")


def _weekdays(match: re.Match[str]) -> tuple[int, int]:
    if match["span"]:
        return (6, 7) if "end" in match["span"] else (1, 5)
    first = WEEKDAYS[match["from"].lower()]
    return first, WEEKDAYS[match["to"].lower()] if match["to"] else first


def _literal(parts: dict[str, str | None]) -> str:
    year = parts.get("year") or "????"
    if quarter := parts.get("quarter"):
        return f"{year}-Q{quarter}"
    if parts.get("first"):
        return _ambiguous(year, int(parts["first"] or 0), int(parts["second"] or 0))
    month = parts.get("month") or parts.get("may")
    if month is None:
        return f"{year}-??-??" if year != "????" else ""
    number = int(month) if month.isdigit() else MONTHS[month.lower()]
    day = f"{int(parts['day'] or 0):02}" if parts.get("day") else "??"
    return f"{year}-{number:02}-{day}"


def _ambiguous(year: str, first: int, second: int) -> str:
    """03/05/2026 is 3 May or March 5th; both readings are kept."""
    readings = [
        f"{year}-{month:02}-{day:02}"
        for day, month in ((first, second), (second, first))
        if 1 <= month <= 12 and 1 <= day <= 31
    ]
    return "|".join(dict.fromkeys(readings))


def agree(mine: str, theirs: str) -> str:
    """Return `equal`, `compatible` (one leaves open what the other says) or `different` for two date literals."""
    if mine == theirs:
        return "equal"
    outcomes = {_agree_one(left, right) for left in mine.split("|") for right in theirs.split("|")}
    return "compatible" if outcomes & {"equal", "compatible"} else "different"


def _agree_one(mine: str, theirs: str) -> str:
    if mine == theirs:
        return "equal"
    left, right = mine.split("-"), theirs.split("-")
    if "Q" in mine or "Q" in theirs:
        left, right = _as_quarter(left), _as_quarter(right)
    clash = any("?" not in one + other and one != other for one, other in zip(left, right, strict=False))
    shared = any("?" not in one + other and one == other for one, other in zip(left, right, strict=False))
    return "different" if clash or not shared else "compatible"


def _as_quarter(parts: list[str]) -> list[str]:
    if parts[1].startswith("Q") or "?" in parts[1]:
        return parts[:2]
    return [parts[0], f"Q{(int(parts[1]) + 2) // 3}"]
