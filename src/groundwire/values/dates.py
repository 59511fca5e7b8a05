"""Calendar dates, months, quarters, years and weekdays as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from groundwire.values.model import Kind, Value

_MONTH_NAMES = (
    "january february march april may june july august september october november december".split()
)
MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, start=1)} | {
    name[:3]: number for number, name in enumerate(_MONTH_NAMES, start=1)
} | {"sept": 9}
_WEEKDAY_NAMES = "monday tuesday wednesday thursday friday saturday sunday".split()
WEEKDAYS = {name: number for number, name in enumerate(_WEEKDAY_NAMES, start=1)} | {
    short: number for number, short in enumerate("mon tue wed thu fri sat sun".split(), start=1)
}

_MONTH = r"(?P<month>January|February|March|April|May|June|July|August|September|October|November|December|" \
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\.?"
_DAY = r"(?P<day>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_FULL_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_YEAR}-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])\b",
        rf"\b(?P<first>\d{{1,2}})[/.](?P<second>\d{{1,2}})[/.]{_YEAR}\b",
        rf"\b{_DAY}(?:\s+of)?\s+{_MONTH}(?:,?\s+{_YEAR})?\b(?!\s+\d{{2}}\b)",
        rf"\b{_MONTH}\s+{_DAY}(?:,?\s+{_YEAR})?\b(?!\s*(?:%|days|hours|minutes))",
        rf"\b{_MONTH}\s+(?:of\s+)?{_YEAR}\b",
        rf"\bQ(?P<quarter>[1-4])(?:[\s/-]*(?:of\s+)?{_YEAR})?\b",
        r"\b(?P<month>January|February|March|April|June|July|August|September|October|November|December)\b",
        r"(?:(?<=in )|(?<=of )|(?<=by )|(?<=since )|(?<=until )|(?<=early )|(?<=late )|(?<=mid-)|(?<=end of ))(?P<month>May)\b",
        rf"(?:(?<=in )|(?<=of )|(?<=by )|(?<=since )|(?<=until )|(?<=from )|(?<=for )|(?<=year )|(?<=the )|(?<=\()){_YEAR}"
        r"(?![\w%]|[.,-]\d|\s+(?:people|users|employees|words|km|kg|EUR|USD))",
    )
)  # fmt: skip
_WEEKDAY = re.compile(
    rf"\b(?P<from>{_FULL_WEEKDAY}|Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:s|\.)?"
    rf"(?:\s*(?:-|–|—|to|through|until)\s*(?P<to>{_FULL_WEEKDAY}|Mon|Tue|Wed|Thu|Fri|Sat|Sun)s?)?\b"
)


def find_dates(text: str) -> Iterator[Value]:
    """Yield the dates of a text; `literal` holds YYYY-MM-DD with `?` for what is left open."""
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            literal = _literal(match.groupdict())
            if literal:
                yield Value(Kind.DATE, match.group(), match.start(), match.end(), unit="date", literal=literal)


def find_weekdays(text: str) -> Iterator[Value]:
    """Yield weekdays and ranges of them; Monday is 1."""
    for match in _WEEKDAY.finditer(text):
        first = WEEKDAYS[match["from"].lower()]
        last = WEEKDAYS[match["to"].lower()] if match["to"] else first
        yield Value(
            Kind.DATE, match.group(), match.start(), match.end(), Decimal(first), Decimal(last), unit="weekday"
        )


def _literal(parts: dict[str, str | None]) -> str:
    year = parts.get("year") or "????"
    if quarter := parts.get("quarter"):
        return f"{year}-Q{quarter}"
    if parts.get("first"):
        return _ambiguous(year, int(parts["first"] or 0), int(parts["second"] or 0))
    month = parts.get("month")
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
    outcomes = {_agree_one(left, right) for left in mine.split("|") for right in theirs.split("|")}
    return next(outcome for outcome in ("equal", "compatible", "different") if outcome in outcomes)


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
