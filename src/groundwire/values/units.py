"""Units and what they convert to: currencies, durations and physical quantities."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from groundwire.values.model import Kind


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as written: its kind, the canonical unit and how many of those it is worth."""

    kind: Kind
    canonical: str
    factor: Decimal = Decimal(1)


# By canonical unit: how many of those the names in the tuple are worth; a text where the number is not whole.
_Families = dict[str, dict[str | int, tuple[str, ...]]]
_CURRENCIES = {
    "USD": ("us$", "$", "usd", "dollar", "dollars", "us dollar", "us dollars", "bucks"),
    "EUR": ("€", "eur", "euro", "euros"),
    "GBP": ("£", "gbp", "pound", "pounds", "pounds sterling", "quid"),
    "CHF": ("chf", "swiss franc", "swiss francs", "franc", "francs"),
    "JPY": ("¥", "jpy", "yen"),
    "INR": ("₹", "inr", "rupee", "rupees"),
    "CAD": ("ca$", "c$", "cad", "canadian dollars"),
    "AUD": ("a$", "au$", "aud", "australian dollars"),
    "SEK": ("sek",),
    "NOK": ("nok",),
    "DKK": ("dkk",),
    "PLN": ("pln", "zł"),
    "ct": ("cent", "cents", "ct", "¢", "pence", "p", "penny"),
}
_DURATIONS: _Families = {
    "s": {
        "0.001": ("ms", "millisecond", "milliseconds"),
        1: ("s", "sec", "secs", "second", "seconds"),
        60: ("min", "mins", "minute", "minutes"),
        3600: ("h", "hr", "hrs", "hour", "hours"),
        86400: ("d", "day", "days", "calendar day", "calendar days", "night", "nights"),
        604800: ("wk", "wks", "week", "weeks"),
        1209600: ("fortnight", "fortnights"),
    },
    "month": {
        1: ("mo", "mos", "month", "months", "calendar month", "calendar months"),
        3: ("quarter", "quarters"),
        12: ("yr", "yrs", "year", "years", "calendar year", "calendar years", "years old"),
        120: ("decade", "decades"),
    },
    "business day": {
        1: (
            "business day", "business days", "working day", "working days", "workday", "workdays", "weekday",
            "weekdays", "bank working day", "bank working days", "banking days", "banking day",
        ),
        5: ("working week", "working weeks"),
    },
}  # fmt: skip
_QUANTITIES: _Families = {
    "B": {1: ("bytes",), 10**3: ("kb", "kilobytes"), 10**6: ("mb", "megabytes", "megabyte"),
          10**9: ("gb", "gigabytes", "gigabyte", "gig", "gigs"), 10**12: ("tb", "terabytes", "terabyte")},
    "B/s": {10**6: ("mb/s", "megabytes per second"), 10**9: ("gb/s",)},
    "bit/s": {10**3: ("kbit/s", "kbps"), 10**6: ("mbit/s", "mbps", "mbit", "mbits", "megabit", "megabits"),
              10**9: ("gbit/s", "gbps", "gigabit", "gigabits", "gbit")},
    "g": {"0.001": ("mg", "milligrams"), 1: ("g", "gram", "grams"),
          1000: ("kg", "kgs", "kilo", "kilos", "kilogram", "kilograms"),
          10**6: ("tonne", "tonnes", "tons", "t"), "453.592": ("lb", "lbs"), "28.35": ("oz", "ounces")},
    "m": {"0.001": ("mm", "millimetre", "millimetres", "millimeter", "millimeters"),
          "0.01": ("cm", "centimetre", "centimetres", "centimeter", "centimeters"),
          1: ("m", "metre", "metres", "meter", "meters"),
          1000: ("km", "kilometre", "kilometres", "kilometer", "kilometers"),
          "1609.344": ("mile", "miles", "mi"), "0.3048": ("ft", "feet", "foot"), "0.0254": ("inch", "inches")},
    "l": {"0.001": ("ml", "millilitres", "milliliters"), 1: ("l", "litre", "litres", "liter", "liters"),
          "3.785": ("gallon", "gallons")},
    "m2": {1: ("m²", "m2", "sqm", "square metre", "square metres", "square meter", "square meters"),
           "0.0929": ("sq ft", "square feet")},
    "m3": {1: ("m³", "m3", "cubic metre", "cubic metres", "cubic meters"),
           "0.000001": ("cm³", "cm3", "cubic centimetres", "cubic centimeters")},
    "°C": {1: ("°c", "degrees celsius", "degrees", "degree", "°")},
    "°F": {1: ("°f", "degrees fahrenheit")},
    "W": {1: ("w", "watt", "watts"), 1000: ("kw", "kilowatt", "kilowatts", "kwp")},
    "Wh": {1: ("wh", "watt-hour", "watt-hours", "watt hours"),
           1000: ("kwh", "kilowatt-hour", "kilowatt-hours", "kilowatt hour", "kilowatt hours"), 10**6: ("mwh",)},
    "Ah": {1: ("ah",), "0.001": ("mah",)},
    "A": {1: ("amp", "amps", "ampere"), "0.001": ("ma",)},
    "V": {1: ("v", "volt", "volts")},
    "km/h": {1: ("km/h", "kph", "kmh", "kilometres per hour", "kilometers per hour"),
             "1.609344": ("mph", "miles per hour")},
    "Hz": {1: ("hz",), 10**6: ("mhz",), 10**9: ("ghz", "gigahertz")},
    "px": {1: ("px", "pixels", "pixel"), 10**6: ("mp", "megapixel", "megapixels")},
    "bar": {1: ("bar", "bars")},
    "dB": {1: ("db", "decibel", "decibels")},
}  # fmt: skip


def _table() -> dict[str, Unit]:
    table = {name: Unit(Kind.MONEY, code) for code, names in _CURRENCIES.items() for name in names}
    for kind, families in ((Kind.DURATION, _DURATIONS), (Kind.QUANTITY, _QUANTITIES)):
        for canonical, sizes in families.items():
            for factor, names in sizes.items():
                table |= {name: Unit(kind, canonical, Decimal(str(factor))) for name in names}
    percent = ("%", "percent", "per cent", "pct", "percents")
    points = ("percentage points", "percentage point", "pp")
    table |= {name: Unit(Kind.PERCENT, "%") for name in percent}
    return table | {name: Unit(Kind.PERCENT, "pp") for name in points}


UNITS = _table()
_SYMBOLS_BEFORE = (
    "US$",
    "CA$",
    "AU$",
    "A$",
    "C$",
    "$",
    "€",
    "£",
    "¥",
    "₹",
    "USD",
    "EUR",
    "GBP",
    "CHF",
    "JPY",
    "CAD",
    "AUD",
)
CURRENCY_BEFORE = re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(symbol) for symbol in _SYMBOLS_BEFORE)})(?:\s?|\*\*)$")
# "30 cumulative days" and "12 full months" measure days and months.
_GAP = re.compile(
    r"(?:[\s\u00a0](?=[^\n]))?-?[\s\u00a0]?"
    r"(?:(?:full|whole|complete|consecutive|cumulative|additional|extra|more|further|entire|straight|paid|successive|"
    r"continuous|calendar)\s+(?=[a-z]{3}))?",
    re.IGNORECASE,
)


def _name_patterns() -> dict[str, re.Pattern[str]]:
    """Return a pattern of the unit names for each first letter, longest name first."""
    by_first: dict[str, list[str]] = {}
    for name in sorted(UNITS, key=len, reverse=True):
        by_first.setdefault(name[0], []).append(re.escape(name) + (r"(?!\w)" if name[-1].isalnum() else ""))
    return {first: re.compile("|".join(names), re.IGNORECASE) for first, names in by_first.items()}


_NAMES = _name_patterns()
# Single letters are units only in this spelling: "5 m" and "230 V", but not "5 A" or "3 S".
_UPPER_LETTERS = frozenset("WVL")
_LOWER_LETTERS = frozenset("shdglmpwt")
_DECADE = re.compile(
    r"\b(?:the|their|his|her|your|early|late|mid|and|or)[\s-]+\d0$|\d{4}$|\b(?:under|over)[ -]\d+$", re.I
)


def unit_after(text: str, position: int) -> tuple[Unit, int] | None:
    """Return the unit written at `position`, right after a number, and where it ends."""
    gap = _GAP.match(text, position)
    start = gap.end() if gap else position
    names = _NAMES.get(text[start : start + 1].lower())
    match = names.match(text, start) if names else None
    if not match:
        return None
    name = match.group()
    if len(name) == 1 and name.isalpha() and not _is_letter_unit(text, position, start):
        return None
    if not name[-1].isalnum() and text[match.end() : match.end() + 1].isdigit():
        return None
    if name == "Mb/s":
        return UNITS["mbit/s"], match.end()
    return UNITS[name.lower()], match.end()


def _is_letter_unit(text: str, position: int, start: int) -> bool:
    """Whether a lone letter is a unit: "the 80s" and "under-18s" are no seconds, "29.8 p" is no page."""
    name = text[start]
    if name not in _UPPER_LETTERS and name not in _LOWER_LETTERS:
        return False
    if name == "s" and _DECADE.search(text, max(0, position - 12), position):
        return False
    return name != "p" or position == start
