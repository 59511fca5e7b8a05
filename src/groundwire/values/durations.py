"""Units without a figure: "a week", "half an hour", "three quarters of an hour", "a euro"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from groundwire.values.model import Kind, Value
from groundwire.values.numerals import rest_of
from groundwire.values.units import UNITS

_DURATION = r"fortnight|minute|hour|day|week|month|year|decade|business day|working day"
_MEASURE = r"litre|liter|kilo|kilogram|kilometre|kilometer|mile|tonne|euro|dollar|pound|cent"
_FULL = r"(?:full |whole |calendar |single |entire |further |additional )?"
_ARTICLE = re.compile(
    r"\b(?:(?P<part>half|(?:an? |one |three[ -])?quarters? of|(?:an? |one |two[ -])thirds? of|"
    rf"(?:an? |one )(?:fifth|tenth) of) an? {_FULL}(?P<whole>{_DURATION}|{_MEASURE})|a half[ -](?P<halved>{_DURATION})|"
    rf"(?:an?|one) (?:{_FULL}(?P<unit>{_DURATION})|(?P<measure>{_MEASURE})))\b"
    r"(?![-’'](?!long)|\s+(?:pass|trip|off|rate|fee|plan|of\s+an?)\b)",
    re.IGNORECASE,
)
# An article counts as one where a length of time or an amount is due, not in rates such as "€5 a day".
_LEAD = re.compile(
    r"\b(?:within|for|in|after|takes?|lasts?|least|most|than|up to|about|once|over|under|only|just|nearly|another|is|"
    r"until|before|by|of|past|costs?|pay|add|plus|to|from|around|roughly|maximum|with|during|through|and|or|be)\s+$",
    re.IGNORECASE,
)
_START = re.compile(r"(?:^|[.,:;(|–])\s*$")
_REACH = 10
_PARTS = {
    "half": Decimal("0.5"),
    "quarter": Decimal("0.25"),
    "quarters": Decimal("0.75"),
    "third": Decimal(1) / 3,
    "thirds": Decimal(2) / 3,
    "fifth": Decimal("0.2"),
    "tenth": Decimal("0.1"),
}


def find_articled(text: str) -> Iterator[Value]:
    """Yield measures that are written with an article or a fraction instead of a figure."""
    for match in _ARTICLE.finditer(text):
        if not _is_due(text, match):
            continue
        unit = UNITS[(match["unit"] or match["measure"] or match["whole"] or match["halved"]).lower()]
        amount = _share(match)
        total = _whole(amount * unit.factor)
        yield Value(unit.kind, match.group(), *match.span(), total, total, unit.canonical, shown=amount)


def _is_due(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - _REACH) : match.start()]
    is_partial = match["whole"] or match["halved"]
    return bool(is_partial or _LEAD.search(before) or (match["unit"] and _START.search(before)))


def _share(match: re.Match[str]) -> Decimal:
    if match["halved"]:
        return Decimal("0.5")
    if not match["part"]:
        return Decimal(1)
    words = re.split(r"[\s-]+", match["part"].lower().removesuffix(" of"))
    return _PARTS[words[-1]]


def _whole(amount: Decimal) -> Decimal:
    """A third of an hour is 20 minutes, whatever the division leaves behind."""
    return amount.quantize(Decimal("0.000001")).normalize() if amount != amount.to_integral_value() else amount


def with_rest(value: Value, words: str, source: str, end: int) -> Value:
    """Return "an hour" as "an hour and a half", the text reaching to `end` of `source`."""
    share = value.low * rest_of(words) / value.shown if value.shown else Decimal(0)
    return Value(
        value.kind,
        source[value.start : end],
        value.start,
        end,
        value.low + share,
        value.high + share,
        value.unit,
        shown=value.shown + rest_of(words),
    )


def is_compound(first: Value, second: Value) -> bool:
    """Whether two adjacent lengths make one: "one hour and 48 minutes"; the larger unit comes first."""
    if first.kind is not Kind.DURATION or second.kind is not Kind.DURATION or first.unit != second.unit:
        return False
    if first.is_range or second.is_range or not first.shown or not second.shown:
        return False
    return first.low / first.shown > second.low and second.low / second.shown < first.low / first.shown
