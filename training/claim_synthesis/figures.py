"""Puts a wrong figure in the place of a right one, and makes sure that it is wrong."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from claim_synthesis.conversions import MONTHS, suffix
from groundwire.values import Kind, Relation, Value, compare, find_values, render_like
from groundwire.values.numerals import find_numerals, number_to_words

_FACTORS = ("0.5", "2", "1.5", "0.75", "1.2", "0.8", "3", "1.1", "0.9", "1.25", "0.25")
_SAFE_KINDS = frozenset((Kind.MONEY, Kind.PERCENT, Kind.DURATION, Kind.QUANTITY, Kind.NUMBER))
# A figure more than so many times another is no likely mix-up.
_FURTHEST = 15
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_CLOCK = re.compile(r"\b(\d{1,2})(:\d\d|(?=\s?[ap]\.?m))")
_ORDINALS = "first second third fourth fifth sixth".split()
_SPELLED_PERIODS = re.compile(r"^(?:a|an|one|half|per|once|twice)\b", re.IGNORECASE)
_CODE_BEFORE = re.compile(
    r"(?:form|chapter|title|section|post-|i-|mv-|nissan|act of|day pass|zone|part|step|class|level|article|version|"
    r"schedule|rule|android|ios|windows|wi-fi|severity|day|year|group|glide|aura|nook|peek|hearth|kestrel|express|fix|"
    r"lumen|priority|pass|cover|row|gate|terminal|track|box) $",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A changed text and what kind of mistake it holds."""

    text: str
    kind: str
    label: str = "contradicted"


def kind_of(value: Value) -> str:
    """Return the name of a mistake in a value: dates and clock times are "date", all others "numeric"."""
    return "date" if value.kind in {Kind.DATE, Kind.TIME, Kind.ORDINAL} else "numeric"


def swapped(text: str, facts: Sequence[Value], pool: Sequence[Value], rng: random.Random) -> Iterator[Mistake]:
    """Yield texts with a value replaced by another of its kind that stands in the same document."""
    for value in _targets(text, rng):
        others = [other for other in pool if (other.kind, other.unit, other.per) == (value.kind, value.unit, value.per)]
        rng.shuffle(others)
        for other in others[:12]:
            if other.is_range != value.is_range or len(other.text) > 28 or not _is_similar(value, other):
                continue
            changed = _replaced(text, value, render_like(other, value))
            if changed and is_wrong(changed, value, facts):
                yield Mistake(changed, "swap")
                break


def perturbed(text: str, facts: Sequence[Value], rng: random.Random) -> Iterator[Mistake]:
    """Yield texts with a value changed to a plausible other one of similar size."""
    for value in _targets(text, rng):
        for form in _forms(value, rng):
            changed = _replaced(text, value, form)
            if changed and is_wrong(changed, value, facts):
                yield Mistake(changed, kind_of(value))
                break


def exchanged(text: str, facts: Sequence[Value]) -> Iterator[Mistake]:
    """Yield the text with two of its values of one kind in each other's place."""
    values = [value for value in find_values(text) if _is_target(text, value)]
    for at, one in enumerate(values):
        for other in values[at + 1 :]:
            if (
                (one.kind, one.unit, one.bound) != (other.kind, other.unit, other.bound)
                or one.is_range
                or other.is_range
            ):
                continue
            between = text[one.end : other.start]
            if compare(one, other) is not Relation.DIFFERENT or re.search(r"^\W*(?:to|–|-|or|and|,)\W*$|[.;]", between):
                continue
            yield Mistake(text[: one.start] + other.text + between + one.text + text[other.end :], "combination")


def is_wrong(changed: str, old: Value, facts: Sequence[Value]) -> bool:
    """Whether the changed text has a value in the old one's place that no fact bears out."""
    new = [value for value in find_values(changed) if value.start <= old.start + 2 and value.end > old.start]
    if not new or compare(new[0], old) is not Relation.DIFFERENT or new[0].kind is not old.kind:
        return False
    held = {Relation.EQUAL, Relation.COMPATIBLE}
    return not any(fact.kind is new[0].kind and compare(new[0], fact) in held for fact in facts)


def _is_similar(one: Value, other: Value) -> bool:
    low, high = sorted((abs(one.low), abs(other.low)))
    return one.kind not in _SAFE_KINDS or high <= low * _FURTHEST


def _targets(text: str, rng: random.Random) -> list[Value]:
    values = [value for value in find_values(text) if _is_target(text, value)]
    rng.shuffle(values)
    return values


def _is_target(text: str, value: Value) -> bool:
    if value.kind is Kind.IDENTIFIER:
        return False
    if value.kind in {Kind.NUMBER, Kind.ORDINAL} and _CODE_BEFORE.search(text[max(0, value.start - 14) : value.start]):
        return False
    if value.kind is Kind.NUMBER:
        is_name = (
            text[value.start - 2 : value.start - 1].isalnum() and text[: value.start].split()[-1][:1].isupper()
            if value.start > 2
            else False
        )
        return (
            not is_name
            and value.text.lower() not in {"one", "a", "both", "half", "a couple"}
            and not re.match(r"[-/×]", text[value.end :])
        )
    return not (value.kind is Kind.FREQUENCY and not value.shown)


def _replaced(text: str, value: Value, form: str) -> str | None:
    if form == value.text:
        return None
    before, after = text[: value.start], text[value.end :]
    article = re.search(r"\b([Aa])(n?) $", before)
    if article and form[:1].isalnum():
        is_vowel = bool(re.match(r"(?:[aeio]|8|11\b|18\b)", form, re.IGNORECASE)) and not form.lower().startswith("one")
        before = before[: article.start()] + article.group(1) + ("n " if is_vowel else " ")
    return before + form + after


def _forms(value: Value, rng: random.Random) -> Iterator[str]:
    if value.kind is Kind.DATE:
        yield from _other_dates(value, rng)
    elif value.kind is Kind.TIME:
        yield from _other_times(value, rng)
    elif value.kind is Kind.ORDINAL and value.text.lower() in _ORDINALS:
        yield rng.choice([word for word in _ORDINALS[:4] if word != value.text.lower()])
    elif value.kind in _SAFE_KINDS and not _SPELLED_PERIODS.match(value.text):
        yield from _other_amounts(value, rng)


def _other_amounts(value: Value, rng: random.Random) -> Iterator[str]:
    numerals = list(find_numerals(value.text))
    if not numerals or len(numerals) > 2:
        return
    for factor in rng.sample(_FACTORS, len(_FACTORS)):
        form = value.text
        for numeral in reversed(numerals):
            written = value.text[numeral.start : numeral.end]
            other = _similar(numeral.amount, Decimal(factor), written, is_word=numeral.is_word)
            if other is None:
                form = ""
                break
            form = form[: numeral.start] + other + form[numeral.end :]
        if form:
            yield _counted(form)


def _similar(amount: Decimal, factor: Decimal, written: str, *, is_word: bool) -> str | None:
    """Return a number of about this size and roundness, written like it."""
    other = amount * factor
    places = len(written.partition(".")[2]) if "." in written else 0
    other = other.quantize(Decimal(1).scaleb(-places))
    if amount >= 20 and amount % 5 == 0 and not places:
        other = other - other % 5
    if amount == int(amount) and amount < 13 and not places:
        other = amount + {"0.5": -2, "2": 2, "1.5": 1, "0.75": -1, "3": 3}.get(str(factor), 4)
    if other <= 0 or other == amount or re.search(r"million|billion|k$", written) or (amount > 1 and other == 1):
        return None
    if is_word:
        return number_to_words(int(other)) if other < 100 else None
    return f"{other:,}" if "," in written or other >= 10_000 else f"{other}"


def _counted(form: str) -> str:
    return re.sub(r"^(?:1|one) (day|week|month|year|hour|minute|night)s$", r"1 \1", form)


def _other_dates(value: Value, rng: random.Random) -> Iterator[str]:
    text = value.text
    if month := next((month for month in MONTHS if re.search(rf"\b{month}\b", text)), None):
        near = [MONTHS[(MONTHS.index(month) + step) % 12] for step in (-2, -1, 1, 2)]
        yield text.replace(month, rng.choice(near), 1)
        if day := re.search(r"\b(\d{1,2})(st|nd|rd|th)?\b", text):
            other = rng.choice([number for number in (1, 5, 8, 10, 12, 15, 18, 20, 25, 28) if number != int(day[1])])
            yield text[: day.start()] + str(other) + (suffix(other) if day[2] else "") + text[day.end() :]
    if weekday := next((day for day in _WEEKDAYS if day in text), None):
        yield text.replace(weekday, rng.choice([day for day in _WEEKDAYS if day not in text]), 1)
    if year := re.search(r"\b(?:19|20)\d\d\b", text):
        yield text.replace(year.group(), str(int(year.group()) + rng.choice((-2, -1, 1, 2))), 1)


def _other_times(value: Value, rng: random.Random) -> Iterator[str]:
    clocks = list(_CLOCK.finditer(value.text))
    if not clocks:
        return
    match = rng.choice(clocks)
    highest = 12 if re.search(r"[ap]\.?m", value.text) else 23
    for step in rng.sample((-3, -2, -1, 1, 2, 3), 6):
        hour = int(match[1]) + step
        if 1 <= hour <= highest:
            width = (
                len(match[1])
                if match[1].startswith("0") or hour > 9
                else 1 + (match[1][0] in "12" and ":" in match.group() and len(match[1]) == 2)
            )
            yield value.text[: match.start()] + f"{hour:0{width}}" + value.text[match.end(1) :]
