"""Numbers with what stands around them: currency, unit, the other end of a range, the rate."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from groundwire.values.durations import find_articled, is_compound, with_rest
from groundwire.values.model import Kind, Value
from groundwire.values.numerals import AND_A_HALF, Numeral, find_numerals
from groundwire.values.units import CURRENCY_BEFORE, UNITS, Unit, unit_after

_JOIN = re.compile(r"\s*(?:-|–|—|−|\b(?:to|up to|through)\b)\s*", re.IGNORECASE)
_JOIN_AND = re.compile(r"\s*\band\b\s*", re.IGNORECASE)
_BETWEEN = re.compile(r"\b(?:between|from)\s+(?:\w+\s)?[^\w]*$", re.IGNORECASE)
_LISTED = re.compile(r"\s*(?:,?\s*\b(?P<or>or|and|nor)\b|(?P<comma>,)|(?P<by>[×x]|\bby\b))\s*", re.IGNORECASE)
_COMPOUND = re.compile(r"\s*(?:,\s*)?(?:\band\b\s*)?", re.IGNORECASE)
_REST = re.compile(AND_A_HALF, re.IGNORECASE)
_MILLION = re.compile(r"\s?m(?:io)?\b(?![²³/])\.?")
_PERIOD = r"(?:day|week|month|year|quarter|hour|minute|night|decade)s?\b"
_COUNTED_BY = (
    rf"{_PERIOD}|(?:person|user|seat|head|mile|km|kilometre|kwh|traveller|passenger|traveler|device|piece|item|order|booking|"
    r"parcel|pallet|child|student|employee|member|visit|trip|flight|call|litre|kilo|kg)\b"
)
_PER = re.compile(
    rf"[\s*_]*(?:/\s*|and\s+(?={_PERIOD})|(?:per|for (?:each|every))\s+(?:calendar\s+|full\s+|started\s+)?|"
    rf",?(?:in\s+)?(?:each|every|a|an)\s+(?:calendar\s+)?(?={_COUNTED_BY}))(?P<per>[A-Za-z]+)",
    re.IGNORECASE,
)
_PER_ADVERB = re.compile(r"[\s*_]+(?P<adverb>monthly|yearly|annually|weekly|daily|quarterly|hourly)\b", re.IGNORECASE)
_ADVERBS = {
    "monthly": "month", "yearly": "year", "annually": "year", "weekly": "week", "daily": "day", "quarterly": "quarter",
    "hourly": "hour",
}  # fmt: skip
_SHORT_PERIODS = {"mo": "month", "yr": "year", "wk": "week", "hr": "hour", "h": "hour", "annum": "year", "p": "person"}
_PERIODS = frozenset(_ADVERBS.values())
_ONE = re.compile(r"one", re.IGNORECASE)
# "Between the two" counts nothing that a document could say otherwise.
_FEW = re.compile(r"two|three|four", re.IGNORECASE)
_BEFORE_FEW = re.compile(r"\b(?:the|these|those|you|us|them)\s+$", re.IGNORECASE)
_BEFORE_PRONOUN = re.compile(
    r"\b(?:the|this|that|which|no|any|every|each|another|some|right|other|new|old|same|or|as|if|main|first|last|next)\s+$",
    re.IGNORECASE,
)
_AFTER_PRONOUN = re.compile(
    r"\s*(?:[^\w\s]|$|-time|-off|\n)|\s+(?:of|another|off|who|that|or|and|can|is|are|was|has|had|by|for|from|with|on|in|at|to|"
    r"might|may|must|will|should|could|would|per|as|when|if|while|where|you|we|i|they|it|he|she|does|do|did|but|than|more|"
    r"way|side|hand|thing|go|under|over|after|before)\b",
    re.IGNORECASE,
)


def find_measures(text: str, is_free: Callable[[int, int], bool]) -> Iterator[tuple[Value, int]]:
    """Yield amounts in the stretches of text that are free, each with the place where its rate ("a month") ends."""
    pieces = [
        piece
        for number in find_numerals(text)
        if is_free(number.start, number.end) and (piece := _measure(text, number))
    ]
    pieces += [piece for piece in find_articled(text) if is_free(piece.start, piece.end)]
    for piece in _joined(text, _listed(text, _compounded(text, _disjoint(pieces)))):
        yield _with_rate(text, piece)


def _disjoint(pieces: list[Value]) -> list[Value]:
    kept: list[Value] = []
    for piece in sorted(pieces, key=lambda piece: (piece.start, -piece.end)):
        if not kept or piece.start >= kept[-1].end:
            kept.append(piece)
    return kept


def _measure(text: str, number: Numeral) -> Value | None:
    is_one = number.is_word and _ONE.fullmatch(text, number.start, number.end)
    is_few = number.is_word and _FEW.fullmatch(text, number.start, number.end)
    symbol = CURRENCY_BEFORE.search(text, max(0, number.start - 6), number.start)
    if symbol:
        return _with_symbol(text, symbol, number)
    if after := unit_after(text, number.end):
        unit, end = after
        return _value(text, number.start, end, number, unit)
    if text[number.end : number.end + 1].isalpha() or (is_one and _is_pronoun(text, number)):
        return None
    if is_few and _is_few_pronoun(text, number):
        return None
    return _value(text, number.start, number.end, number, Unit(Kind.NUMBER, ""))


def _with_symbol(text: str, symbol: re.Match[str], number: Numeral) -> Value:
    unit = UNITS[symbol.group().strip(" *\u00a0\n\t").lower()]
    if million := _MILLION.match(text, number.end):
        number = replace(number, end=million.end(), amount=number.amount * 1_000_000)
    after = unit_after(text, number.end)
    end = after[1] if after and after[0].canonical == unit.canonical else number.end
    return _value(text, symbol.start(), end, number, unit)


def _is_pronoun(text: str, number: Numeral) -> bool:
    before = text[max(0, number.start - 10) : number.start]
    return bool(_BEFORE_PRONOUN.search(before) or _AFTER_PRONOUN.match(text, number.end))


def _is_few_pronoun(text: str, number: Numeral) -> bool:
    before = text[max(0, number.start - 10) : number.start]
    return bool(_BEFORE_FEW.search(before) and _AFTER_PRONOUN.match(text, number.end))


def _value(text: str, start: int, end: int, number: Numeral, unit: Unit) -> Value:
    amount = number.amount * unit.factor
    return Value(unit.kind, text[start:end], start, end, amount, amount, unit.canonical, shown=number.amount)


def _compounded(text: str, pieces: Sequence[Value]) -> list[Value]:
    """Join "an hour and a half", "one hour and 48 minutes" and "28 pounds fifty" to one value each."""
    joined: list[Value] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if last and last.end > piece.start:
            continue
        if last and (total := _sum(text, last, piece)):
            joined[-1] = total
        else:
            joined.append(piece)
        if joined[-1].unit and (rest := _REST.match(text, joined[-1].end)):
            joined[-1] = with_rest(joined[-1], rest["rest"], text, rest.end())
    return joined


def _sum(text: str, first: Value, second: Value) -> Value | None:
    between = text[first.end : second.start]
    is_listed = "," in between and not (first.text[0].isdigit() and second.text[0].isdigit())
    if is_compound(first, second) and not is_listed and _COMPOUND.fullmatch(between):
        amount = first.low + second.low
    elif (minutes := _minutes(text, first, second, between)) is not None:
        amount = first.low + minutes
    elif first.kind is Kind.MONEY and (cents := _cents(text, first, second, between)):
        amount = first.low + cents
    else:
        return None
    shown = first.shown * amount / first.low if first.low else first.shown
    return replace(first, text=text[first.start : second.end], end=second.end, low=amount, high=amount, shown=shown)


def _minutes(text: str, first: Value, second: Value, between: str) -> Decimal | None:
    """ "One hour 48" leaves out the minutes."""
    is_hours = (
        first.kind is Kind.DURATION
        and first.low == first.shown * 3600
        and first.text.lower().endswith(("hour", "hours", "h"))
    )
    is_rest = (
        second.kind is Kind.NUMBER and second.shown == int(second.shown) and 0 < second.shown < 60 and between == " "
    )
    return (
        second.shown * 60
        if is_hours and is_rest and not text[second.end : second.end + 2].strip(" ").isalpha()
        else None
    )


def _cents(text: str, first: Value, second: Value, between: str) -> Decimal | None:
    """ "44 euros 20" and "three dollars and fifty cents" say the cents after the currency."""
    if (
        first.unit == "ct"
        or first.low != int(first.low)
        or second.shown != int(second.shown)
        or not 0 < second.shown < 100
    ):
        return None
    if second.unit == "ct" and between.strip() in {"", "and"}:
        return second.shown / 100
    says_currency = first.text[-1:].isalpha() and second.kind is Kind.NUMBER and second.shown >= 10
    return second.shown / 100 if says_currency and between == " " else None


def _listed(text: str, pieces: Sequence[Value]) -> list[Value]:
    """Give "10, 20 or 40 cm" its unit three times; a comma alone lists only before a later "or"."""
    listed: list[Value] = []
    in_list = False
    for piece in reversed(pieces):
        following = listed[-1] if listed else None
        match = _LISTED.fullmatch(text, piece.end, following.start) if following else None
        in_list = bool(match and (match["or"] or in_list))
        if following and match and piece.kind is Kind.NUMBER and _shares_unit(text, match, piece, following, in_list):
            factor = following.low / following.shown if following.shown else Decimal(1)
            amount = piece.shown * factor
            piece = replace(piece, kind=following.kind, unit=following.unit, low=amount, high=amount)
        listed.append(piece)
    return listed[::-1]


def _shares_unit(text: str, match: re.Match[str], piece: Value, following: Value, in_list: bool) -> bool:
    if match["by"]:
        return following.unit == "m"
    is_rising = bool(following.unit) and piece.shown < following.shown
    return in_list and is_rising and not _BETWEEN.search(text[max(0, piece.start - 20) : piece.start])


def _joined(text: str, pieces: Sequence[Value]) -> Iterator[Value]:
    """Join "3-5 days" and "between 3 and 5 days" to one value with two ends."""
    position = 0
    while position < len(pieces):
        piece = pieces[position]
        following = pieces[position + 1] if position + 1 < len(pieces) else None
        joined = _range(text, piece, following) if following else None
        yield joined or piece
        position += 2 if joined else 1


def _range(text: str, first: Value, second: Value) -> Value | None:
    if not _spans(text, first, second):
        return None
    if first.kind is Kind.MONEY and second.kind is Kind.NUMBER:
        factor, unit = first.low / first.shown if first.shown else Decimal(1), first
        low, high = first.low, second.shown * factor
    else:
        factor, unit = second.low / second.shown if second.shown else Decimal(1), second
        low = first.low if (first.kind, first.unit) == (second.kind, second.unit) else first.shown * factor
        high = second.high
    if low >= high:
        return None
    return replace(unit, text=text[first.start : second.end], start=first.start, end=second.end, low=low, high=high)


def _spans(text: str, first: Value, second: Value) -> bool:
    is_alike = first.kind is second.kind and first.unit == second.unit
    is_open = first.kind is Kind.NUMBER or (first.kind is Kind.MONEY and second.kind is Kind.NUMBER)
    if not is_alike and not is_open:
        return False
    between = text[first.end : second.start]
    if _JOIN.fullmatch(between):
        return True
    if between.strip().lower() == "or":
        return first.text[-1:].isalnum() and first.shown + 1 == second.shown and not text[first.start].isdigit()
    return bool(_JOIN_AND.fullmatch(between) and _BETWEEN.search(text[max(0, first.start - 20) : first.start]))


def _with_rate(text: str, value: Value) -> tuple[Value, int]:
    """ "$10 per user per month" is counted by the month, as the period is what differs between offers."""
    end = value.end
    pers: list[str] = []
    for _ in range(2):
        match = _PER.match(text, end) or _PER_ADVERB.match(text, end)
        if not match or (not pers and match.group().strip().startswith("and")):
            break
        groups = match.groupdict()
        pers.append(_ADVERBS[groups["adverb"].lower()] if "adverb" in groups else _singular(groups["per"].lower()))
        end = match.end()
    if not pers:
        return value, value.end
    return replace(value, per=next((per for per in pers if per in _PERIODS), pers[0])), end


def _singular(word: str) -> str:
    word = _SHORT_PERIODS.get(word, word)
    return word[:-1] if word.endswith("s") and len(word) > 3 and not word.endswith("ss") else word
