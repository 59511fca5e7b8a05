"""Values in words: for reasons, and as corrections in the style of the claim they mend."""

from __future__ import annotations

import re
from decimal import Decimal

from groundwire.values.model import Bound, Kind, Value
from groundwire.values.numerals import find_numerals, number_to_words

_DIGITS = re.compile(r"[−-]?\d[\d.,’' ]*\d|\d")
_MEASURED = frozenset((Kind.MONEY, Kind.PERCENT, Kind.DURATION, Kind.QUANTITY, Kind.NUMBER))
_COUNTED_UNIT = re.compile(
    r"(?P<gap>[ -]|)(?P<stem>second|minute|hour|day|night|week|month|year|euro|dollar|cent|kilo|kilometre|kilometer|"
    r"metre|meter|mile|litre|liter|gram|watt|degree)(?P<plural>s?)$",
    re.IGNORECASE,
)
_HIGHEST_WORD = 99


def describe(value: Value) -> str:
    """Return a value in a few words: "14 days", "at most €50 per month"."""
    text = re.sub(r"\s+", " ", value.text.strip("*_ "))
    bound = f"{value.bound.value} " if value.bound not in {Bound.EXACT, Bound.ABOUT} else ""
    per = f" per {value.per}" if value.per and value.kind is Kind.MONEY else ""
    return f"{bound}{text}{per}"


def render_like(correct: Value, claim: Value) -> str:
    """Return the text to put in place of `claim.text` so that it says `correct`, in the claim's style where easy.

    A measure in the same unit keeps the claim's spelling ("30 euros" and "€45" give "45 euros", "three days" and
    "5 days" give "five days"); anything else is the document's own text.
    """
    text = _respelled(correct, claim) or _own_text(correct, claim)
    if claim.text[:1].isupper() and text[:1].isalpha():
        text = text[0].upper() + text[1:]
    return text


def _own_text(correct: Value, claim: Value) -> str:
    text = correct.text.strip("*_ ")
    is_counted = correct.kind in {Kind.DURATION, Kind.QUANTITY} and not correct.is_range
    if not is_counted or not any(find_numerals(text)):
        return text
    unit = _COUNTED_UNIT.search(text)
    if not unit or not unit["gap"]:
        return text
    is_adjective = "-" in claim.text and not claim.is_range
    return text[: unit.start()] + ("-" + unit["stem"] if is_adjective else " " + _plural(unit["stem"], correct.shown))


def _respelled(correct: Value, claim: Value) -> str | None:
    """Return the claim's text with its number exchanged, None where the two are not written in one unit."""
    numerals = list(find_numerals(claim.text))
    is_counted = len(numerals) == 1 and len(list(find_numerals(correct.text))) == 1
    if not is_counted or correct.is_range or claim.is_range or not _shares_unit(correct, claim):
        return None
    number = _number_like(correct, is_word=numerals[0].is_word)
    head, tail = claim.text[: numerals[0].start], claim.text[numerals[0].end :]
    unit = _COUNTED_UNIT.fullmatch(tail)
    if unit and unit["gap"] != "-":
        tail = unit["gap"] + _plural(unit["stem"], correct.shown)
    return head + number + tail


def _shares_unit(correct: Value, claim: Value) -> bool:
    if claim.kind not in _MEASURED or correct.kind not in _MEASURED or not (claim.shown and correct.shown):
        return False
    # A figure of a table has its unit in the header: it is the claim's, as they were compared.
    if correct.kind is Kind.NUMBER or claim.kind is Kind.NUMBER:
        return correct.kind is Kind.NUMBER
    is_same_unit = (correct.kind, correct.unit) == (claim.kind, claim.unit)
    return is_same_unit and correct.low / correct.shown == claim.low / claim.shown


def _number_like(correct: Value, *, is_word: bool) -> str:
    is_whole = correct.shown == correct.shown.to_integral_value()
    if is_word and is_whole and 0 <= correct.shown <= _HIGHEST_WORD:
        return number_to_words(int(correct.shown))
    digits: list[str] = _DIGITS.findall(correct.text)
    if len(digits) == 1 and [numeral.amount for numeral in find_numerals(digits[0])] == [correct.shown]:
        return digits[0]
    return f"{int(correct.shown):,}" if is_whole else f"{correct.shown.normalize():f}"


def _plural(stem: str, amount: Decimal) -> str:
    return stem if amount == 1 else f"{stem}s"
