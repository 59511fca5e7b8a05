"""Parts, multiples and places: "a third of", "doubled", "the 2nd"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from groundwire.values.model import Kind, Value

_UP_TO_TEN = {
    word: number for number, word in enumerate("one two three four five six seven eight nine ten".split(), start=1)
}
_FRACTION = re.compile(
    r"(?<!and a )(?<!and )\b(?P<fraction>(?:one )?half|"
    r"(?:an?|one|two|three|four)[ -](?:third|quarter|fifth|sixth|eighth|tenth)s?)"
    r"(?=\s+(?:of|the|your|his|her|their|its|as|price|off|less|more|cheaper)\b)"
    r"(?!\s+of\s+an?\s+(?:hour|day|week|month|year|minute|kilo|litre|liter|mile|euro|dollar|pound)\b)|"
    r"\b(?P<said>(?:one|two)[ -]thirds?|three[ -]quarters|(?:one|two|three|four)[ -]fifths?|one[ -](?:half|quarter))\b"
    r"(?!\s+(?:of\s+an?|past|to)\s)|"
    r"(?:\b(?:by|about|than|nearly|almost|roughly|around|discount of)\s+)"
    r"(?P<lone>an? (?:third|quarter|fifth|tenth)|half)(?=\s*(?:[.,;:?!)]|$))|"
    rf"\b(?P<some>{'|'.join(_UP_TO_TEN)}) (?:in|out of)(?: every)? (?P<out>{'|'.join(_UP_TO_TEN)})\b",
    re.IGNORECASE,
)
_PERCENT = {
    "half": "50",
    "third": "33.33",
    "quarter": "25",
    "fifth": "20",
    "sixth": "16.67",
    "eighth": "12.5",
    "tenth": "10",
}
_FRACTION_HINTS = (
    "half",
    "third",
    "quarter",
    "fifth",
    "sixth",
    "eighth",
    "tenth",
    "out of",
    *(f" in {n}" for n in _UP_TO_TEN),
)
_FACTORS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4}
_MULTIPLE = re.compile(
    r"\b(?:(?P<two>twice|doubled?|doubles)|(?P<three>tripled?|triples|thrice))\b(?!-)", re.IGNORECASE
)
_PLACES = (
    "second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_ORDINAL_WORDS = {word: number for number, word in enumerate(("first", *_PLACES), start=1)}
_ORDINAL_HINTS = (*_PLACES[:11], "teenth", "tieth", "ty-first", "ty first")
_DIGIT_ORDINAL = re.compile(r"\d(?:st|nd|rd|th)\b")
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
_ORDINAL = re.compile(
    r"\b(?:(?P<digits>\d{1,4})(?:st|nd|rd|th)|"
    r"(?:(?P<tens>twenty|thirty|forty|fifty)[ -](?=\w+(?:st|nd|rd|th)\b|first|second|third))?"
    rf"(?P<word>first|{'|'.join(_PLACES)}))\b"
    r"(?!\s+(?:hand|thought)|-|,\s)",
    re.IGNORECASE,
)


def find_fractions(text: str) -> Iterator[Value]:
    """Yield fractions of something in per cent."""
    lowered = text.lower()
    if not any(hint in lowered for hint in _FRACTION_HINTS):
        return
    for match in _FRACTION.finditer(text):
        name = next((name for name in ("lone", "fraction", "said") if match[name]), 0)
        start, end = match.span(name)
        percent = _in_every(match) if match["out"] else _percent(match[name])
        yield Value(Kind.PERCENT, match[name], start, end, percent, percent, "%", shown=percent)


def _in_every(match: re.Match[str]) -> Decimal:
    """ "Seven in ten" are 70 per cent."""
    return (Decimal(100) * _UP_TO_TEN[match["some"].lower()] / _UP_TO_TEN[match["out"].lower()]).quantize(
        Decimal("0.1")
    )


def _percent(fraction: str) -> Decimal:
    words = fraction.lower().replace("-", " ").split()
    share = Decimal(_PERCENT[words[-1] if words[-1] == "half" else words[-1].rstrip("s")])
    return (share * _FACTORS[words[0]]).quantize(Decimal("0.1")) if len(words) > 1 else share


def find_multiples(text: str) -> Iterator[Value]:
    """Yield "twice" and "doubled" as the number 2, "tripled" as 3."""
    for match in _MULTIPLE.finditer(text):
        number = Decimal(2 if match["two"] else 3)
        yield Value(Kind.NUMBER, match.group(), match.start(), match.end(), number, number, shown=number)


def find_ordinals(text: str) -> Iterator[Value]:
    """Yield places in an order; "first" is left out, as it mostly means "at first" or "before all else"."""
    lowered = text.lower()
    if not _DIGIT_ORDINAL.search(lowered) and not any(hint in lowered for hint in _ORDINAL_HINTS):
        return
    for match in _ORDINAL.finditer(text):
        word, tens = (match["word"] or "").lower(), (match["tens"] or "").lower()
        if word == "first" and not tens:
            continue
        number = Decimal(match["digits"] or _ORDINAL_WORDS[word] + _TENS.get(tens, 0))
        yield Value(Kind.ORDINAL, match.group(), match.start(), match.end(), number, number, "place", shown=number)
