"""How often something happens: "monthly", "twice a year", "every two weeks", "once in twelve months"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from groundwire.values.model import Kind, Value
from groundwire.values.numerals import SMALL_WORDS

_COUNT = rf"(?:\d{{1,3}}|{'|'.join(sorted(SMALL_WORDS, key=len, reverse=True))})"
_PERIOD = r"(?P<period{n}>hour|day|week|month|quarter|year)s?\b"
_FREQUENCY = re.compile(
    r"\b(?:(?P<word>daily|weekly|fortnightly|bi-?weekly|monthly|quarterly|yearly|annually|annual|semi-annual(?:ly)?|"
    r"bi-?monthly)\b|"
    rf"(?:(?P<times>once|twice|\w+ times)\s+(?:only\s+)?)(?:(?:per|a|an|each|every|in|within)\s+)"
    r"(?:(?:a|an|any|each|one|the same|single|a single|any one)\s+)?(?:calendar\s+)?"
    rf"(?:(?P<span>{_COUNT})\s+)?{_PERIOD.format(n=1)}|"
    r"(?:once\s+)?(?:every|each|per)\s+(?:calendar\s+|single\s+)?"
    rf"(?:(?P<count>other|second|third|{_COUNT})\s+)?{_PERIOD.format(n=2)}"
    r"(?!-|\s+of\s+an?\s)|every\s+(?P<turn>other|second|third)(?=\s+\w+days?\b)|"
    r"(?P<days>every (?:morning|evening|night))|(?P<all>(?:seven|7) days a week)|"
    rf"at\s+(?P<gap>{_COUNT})[ -]{_PERIOD.format(n=3)}\s+intervals\b)",
    re.IGNORECASE,
)
# "10 parcels a week": how often something is counted stands behind the noun.
_RATE = re.compile(
    r"\ban?\s+(?:calendar\s+)?(?P<period>hour|day|week|month|quarter|year)\b"
    r"(?!\s+(?:and|ago|later|before|after|in|long|(?-i:[A-Z])))",
    re.IGNORECASE,
)
_COUNTED = re.compile(rf"(?:\b(?:\d[\d,.]*|{_COUNT}|a single))\s+(?:[a-z][\w-]*\s+){{1,3}}$", re.IGNORECASE)
_REACH = 50
TIMES_A_YEAR = {"hour": 8760, "day": 365, "week": 52, "month": 12, "quarter": 4, "year": 1}
_ADVERB_TIMES = {
    "daily": 365, "weekly": 52, "fortnightly": 26, "biweekly": 26, "monthly": 12, "bimonthly": 6, "quarterly": 4,
    "yearly": 1, "annually": 1, "annual": 1, "semiannual": 2, "semiannually": 2,
}  # fmt: skip
_HINTS = ("day", "dai", "week", "month", "quarter", "year", "annual", "hour", "fortnight", "every ")
_ORDINALS = {"other": 2, "second": 2, "third": 3, "once": 1, "twice": 2}


def find_frequencies(text: str) -> Iterator[Value]:
    """Yield frequencies in times a year."""
    lowered = text.lower()
    if not any(hint in lowered for hint in _HINTS):
        return
    for match in _FREQUENCY.finditer(text):
        yearly = _times_a_year(match)
        if yearly:
            yield _frequency(match, yearly)
    for match in _RATE.finditer(text):
        if _COUNTED.search(text[max(0, match.start() - _REACH) : match.start()]):
            yield _frequency(match, Decimal(TIMES_A_YEAR[match["period"].lower()]))


def _frequency(match: re.Match[str], yearly: Decimal) -> Value:
    return Value(Kind.FREQUENCY, match.group(), *match.span(), yearly, yearly, "a year", shown=yearly)


def _times_a_year(match: re.Match[str]) -> Decimal | None:
    if match["word"]:
        return Decimal(_ADVERB_TIMES[match["word"].lower().replace("-", "")])
    if match["days"] or match["all"]:
        return Decimal(TIMES_A_YEAR["day"])
    if match["turn"]:
        return Decimal(TIMES_A_YEAR["week"]) / _ORDINALS[match["turn"].lower()]
    period = TIMES_A_YEAR[(match["period1"] or match["period2"] or match["period3"]).lower()]
    gap = _number(match["span"] or match["count"] or match["gap"] or "1")
    times = _number((match["times"] or "1").lower().removesuffix(" times"))
    return (times * period / gap).quantize(Decimal("0.0001")).normalize() if times and gap else None


def _number(word: str) -> Decimal | None:
    lowered = word.lower().strip()
    if lowered.isdecimal():
        return Decimal(lowered)
    number = _ORDINALS.get(lowered) or SMALL_WORDS.get(lowered)
    return Decimal(number) if number else None
