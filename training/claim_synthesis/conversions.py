"""Says a value in another unit or format, checked to be the same value by the product's own comparison."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from groundwire.values import Kind, Relation, Value, compare, find_values
from groundwire.values.numerals import find_numerals, number_to_words

_PLAIN = re.compile(r"(?P<number>[\d,.]+|[a-z-]+)[ \u00a0](?P<unit>[A-Za-z]+)")
_DURATION = {
    "day": (("week", Decimal(1) / 7), ("hour", Decimal(24))),
    "hour": (("day", Decimal(1) / 24), ("minute", Decimal(60))),
    "month": (("year", Decimal(1) / 12),),
    "minute": (("hour", Decimal(1) / 60),),
    "week": (("day", Decimal(7)),),
    "year": (("month", Decimal(12)),),
}
_LARGEST = {"week": 12, "hour": 96, "day": 30, "minute": 240, "year": 20, "month": 60}
_QUANTITY: dict[str, tuple[str, Decimal]] = {
    "kg": ("g", Decimal(1000)), "km": ("m", Decimal(1000)), "cm": ("mm", Decimal(10)), "m": ("cm", Decimal(100)),
    "g": ("kg", Decimal("0.001")),
    "litres": ("ml", Decimal(1000)), "ml": ("litres", Decimal("0.001")), "kWh": ("Wh", Decimal(1000)),
    "Wh": ("kWh", Decimal("0.001")),
    "GB": ("MB", Decimal(1000)), "mm": ("cm", Decimal("0.1")),
}  # fmt: skip
_LONG_NAME = {
    "kg": "kilograms", "km": "kilometres", "cm": "centimetres", "GB": "gigabytes", "MB": "megabytes", "g": "grams",
    "m": "metres", "kWh": "kilowatt-hours", "mm": "millimetres", "TB": "terabytes", "min": "minutes", "h": "hours",
}  # fmt: skip
_CURRENCY = {"$": ("dollars", "USD"), "€": ("euros", "EUR"), "£": ("pounds", "GBP")}
_MONEY = re.compile(r"(?P<sign>[$€£])(?P<amount>\d[\d,]*(?:\.\d\d)?)(?P<scale> (?:million|billion))?")
_CLOCK = re.compile(r"(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)")
_HALF_DAY = re.compile(r"(?P<hour>\d{1,2})(?::(?P<minute>[0-5]\d))? ?(?P<half>a\.?m\.?|p\.?m\.?)", re.IGNORECASE)
MONTHS = (
    "January February March April May June July August September October November December".split()
)  # fmt: skip
_DAY_MONTH = re.compile(rf"(?P<day>\d{{1,2}}) (?P<month>{'|'.join(MONTHS)})(?P<year> \d{{4}})?")
_MONTH_DAY = re.compile(rf"(?P<month>{'|'.join(MONTHS)}) (?P<day>\d{{1,2}})(?P<year>, \d{{4}})?")
_PERCENT = re.compile(r"(?P<number>\d+(?:\.\d+)?) ?%")
_Forms = Iterator[str]


def converted(text: str, rng: random.Random, *, share: float = 1.0) -> str | None:
    """Return the text with one or more of its values in another format or unit, or None where none can be."""
    out, changed = text, False
    for value in reversed(find_values(text)):
        forms = [form for form in forms_of(value) if _fits(text, value, form)]
        if not forms or (changed and rng.random() > share):
            continue
        out = out[: value.start] + rng.choice(forms) + out[value.end :]
        changed = True
    return out if changed and same_values(text, out) else None


def forms_of(value: Value) -> list[str]:
    """Return other ways to write a value, without checking them."""
    maker = _MAKERS.get(value.kind)
    return [form for form in dict.fromkeys(maker(value)) if form != value.text] if maker else []


def same_values(one: str, other: str) -> bool:
    """Whether two texts state equal values in the same order."""
    mine, theirs = find_values(one), find_values(other)
    return len(mine) == len(theirs) and all(
        Relation.EQUAL in {compare(left, right), compare(right, left)} and left.bound == right.bound
        for left, right in zip(mine, theirs, strict=True)
    )


def _fits(text: str, value: Value, form: str) -> bool:
    """Whether a form stands well in its place: no words next to figures, no sentence begun with a figure's sign."""
    before, after = text[: value.start], text[value.end :]
    if "-" in (before[-1:], after[:1]) or re.search(r"[\d–×/]\s?$", before) or re.match(r"\s?[\d–×/'’(]", after):
        return False
    if value.kind is Kind.NUMBER and (
        re.search(r"\d (?:and|or|to) $", before) or re.match(r" (?:and|or|to) \d", after)
    ):
        return False
    is_start = not before.strip()
    return not is_start or form[:1].isdigit() or form[:1].isupper()


def _durations(value: Value) -> _Forms:
    match = _PLAIN.fullmatch(value.text)
    if not match or value.is_range:
        return
    amount = _amount(match["number"])
    unit = match["unit"].removesuffix("s")
    if amount is None:
        return
    yield from _in_words(amount, match["number"], f" {match['unit']}")
    if match["unit"] == "days":
        yield f"{match['number']} calendar days"
    if match["unit"] in _LONG_NAME:
        yield f"{match['number']} {_LONG_NAME[match['unit']]}"
    for name, factor in _DURATION.get(unit, ()):
        other = amount * factor
        rounded = round(other)
        if abs(other - rounded) < Decimal("0.0001") and 1 <= rounded <= _LARGEST[name]:
            number = number_to_words(rounded) if rounded < 13 else str(rounded)
            yield f"{number} {name}{'s' * (rounded != 1)}"
    if unit == "minute" and amount == 30:
        yield "half an hour"
    if unit == "minute" and amount == 90:
        yield "an hour and a half"
    if unit == "month" and amount == 6:
        yield "half a year"


def _quantities(value: Value) -> _Forms:
    match = _PLAIN.fullmatch(value.text)
    amount = _amount(match["number"]) if match else None
    if not match or amount is None or value.is_range:
        return
    unit = match["unit"]
    if unit in _LONG_NAME and amount != 1:
        yield f"{match['number']} {_LONG_NAME[unit]}"
    if unit in _QUANTITY:
        name, factor = _QUANTITY[unit]
        other = amount * factor
        if Decimal("0.1") <= other <= 5000:
            yield f"{_grouped(other)} {name}"
    if unit == "kg" and amount == 1000:
        yield "one tonne"


def _money(value: Value) -> _Forms:
    match = _MONEY.fullmatch(value.text)
    if not match:
        return
    name, code = _CURRENCY[match["sign"]]
    amount = match["amount"]
    number = _amount(amount) or Decimal(0)
    scale = match["scale"] or ""
    if number != 1 or scale:
        yield f"{amount}{scale} {name}"
        if number == int(number) and (number <= 20 or number in {30, 40, 50, 100}):
            yield f"{_words(int(number))}{scale} {name}"
        if not scale and number >= 1000 and number % 500 == 0:
            yield f"{match['sign']}{_grouped(number / 1000)}k"
    if not scale:
        yield f"{code} {amount}"
        if number == int(number) and "." not in amount and number < 1000:
            yield f"{match['sign']}{amount}.00"
        if amount.endswith(".50") and number > 1:
            yield f"{int(number)} {name} 50"


def _percent(value: Value) -> _Forms:
    match = _PERCENT.fullmatch(value.text)
    if not match:
        return
    number = match["number"]
    yield f"{number} percent"
    yield f"{number} per cent"
    yield f"{number}%" if " " in value.text else f"{number} %"
    if number.isdigit() and int(number) <= 100:
        yield f"{_words(int(number))} percent"


def _numbers(value: Value) -> _Forms:
    text = value.text
    if text.isdigit() and 2 <= int(text) <= 20:
        yield number_to_words(int(text))
    elif text.lower() in _SPELLED:
        yield str(_SPELLED[text.lower()])


def _times(value: Value) -> _Forms:
    if value.is_range:
        ends = re.split(r"\s?[–-]\s?", value.text)
        if len(ends) == 2 and all(_CLOCK.fullmatch(end) for end in ends):
            one, other = (_twelve(end) for end in ends)
            if one and other:
                yield f"{one} to {other}"
        return
    if _CLOCK.fullmatch(value.text):
        yield from filter(None, (_twelve(value.text), _twelve(value.text, spaced=False)))
    elif match := _HALF_DAY.fullmatch(value.text):
        hour = int(match["hour"]) % 12 + 12 * match["half"].lower().startswith("p")
        yield f"{hour:02}:{match['minute'] or '00'}"


def _twelve(clock: str, *, spaced: bool = True) -> str:
    match = _CLOCK.fullmatch(clock)
    hour, minute = (int(match["hour"]), int(match["minute"])) if match else (24, 0)
    if hour in {0, 24}:
        return ""
    half = "am" if hour < 12 else "pm"
    return f"{(hour - 1) % 12 + 1}{f':{minute:02}' if minute else ''}{' ' * spaced}{half}"


def _dates(value: Value) -> _Forms:
    text = value.text
    if match := _DAY_MONTH.fullmatch(text):
        day, month, year = int(match["day"]), match["month"], (match["year"] or "").strip()
        yield f"{month} {day}" + (f", {year}" if year else "")
        yield f"{month} {day}{suffix(day)}" + (f", {year}" if year else "")
        yield f"{day}{suffix(day)} {month}" + (f" {year}" if year else "")
        yield f"{day} {month[:3]}" + (f" {year}" if year else "")
    elif match := _MONTH_DAY.fullmatch(text):
        day, year = int(match["day"]), (match["year"] or "").strip(", ")
        yield f"{day} {match['month']}" + (f" {year}" if year else "")
        yield f"{match['month']} {day}{suffix(day)}" + (f", {year}" if year else "")


def suffix(day: int) -> str:
    return "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def _in_words(amount: Decimal, number: str, tail: str) -> _Forms:
    if number[0].isdigit() and amount == int(amount) and 2 <= amount <= 99:
        yield _words(int(amount)) + tail
    elif number.isalpha() and amount > 1:
        yield f"{int(amount)}{tail}"


def _words(number: int) -> str:
    return "a hundred" if number == 100 else number_to_words(number)


def _grouped(number: Decimal) -> str:
    whole = number.to_integral_value()
    return f"{int(whole):,}" if whole == number else f"{number.normalize():f}"


def _amount(text: str) -> Decimal | None:
    found = list(find_numerals(text))
    return found[0].amount if len(found) == 1 else None


_SPELLED = {number_to_words(number): number for number in range(2, 21)}
_MAKERS: dict[Kind, Callable[[Value], _Forms]] = {
    Kind.DURATION: _durations,
    Kind.QUANTITY: _quantities,
    Kind.MONEY: _money,
    Kind.PERCENT: _percent,
    Kind.NUMBER: _numbers,
    Kind.TIME: _times,
    Kind.DATE: _dates,
}
