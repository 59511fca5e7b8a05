"""Values in words: for reasons, and as corrections in the style of the claim they mend."""

from __future__ import annotations

import re
from decimal import Decimal

from groundwire.values.model import Bound, Kind, Value

_NUMBER = re.compile(r"\d[\d.,]*\d|\d")


def describe(value: Value) -> str:
    """Return a value in a few words: "14 days", "at most €50 per month"."""
    text = re.sub(r"\s+", " ", value.text.strip("*_ "))
    bound = f"{value.bound.value} " if value.bound not in {Bound.EXACT, Bound.ABOUT} else ""
    per = f" per {value.per}" if value.per and value.kind is Kind.MONEY else ""
    return f"{bound}{text}{per}"


def render_like(correct: Value, claim: Value) -> str:
    """Return the text to put in place of `claim.text` so that it says `correct`, in the claim's own style where easy."""
    if _is_bare(correct) and not _is_bare(claim) and (digits := _NUMBER.search(claim.text)):
        return claim.text[: digits.start()] + correct.text.strip() + claim.text[digits.end() :]
    text = correct.text.strip("*_ ")
    if correct.kind in {Kind.DURATION, Kind.QUANTITY}:
        text = _hyphenated(text) if "-" in claim.text and not claim.is_range else _spaced(text, correct)
    if claim.text[:1].isupper() and text[:1].isalpha():
        text = text[0].upper() + text[1:]
    return text


def _is_bare(value: Value) -> bool:
    """Whether the unit stands somewhere else, such as in a column header."""
    return bool(re.fullmatch(r"[\d.,\s]+", value.text))


def _hyphenated(text: str) -> str:
    """ "14 days" before a noun is "14-day"."""
    return re.sub(r"^(\S+)\s+(\w+?)s?$", r"\1-\2", text)


def _spaced(text: str, value: Value) -> str:
    """ "14-day" standing alone is "14 days"."""
    match = re.fullmatch(r"(\w+)-(day|week|month|year|hour|minute)", text)
    if not match:
        return text
    plural = "" if value.shown == Decimal(1) else "s"
    return f"{match.group(1)} {match.group(2)}{plural}"
