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


_CURRENCIES = {
    "USD": ("us$", "$", "usd", "dollar", "dollars", "us dollars", "bucks"),
    "EUR": ("€", "eur", "euro", "euros"),
    "GBP": ("£", "gbp", "pound", "pounds", "pounds sterling", "quid"),
    "CHF": ("chf", "swiss francs", "francs"),
    "JPY": ("¥", "jpy", "yen"),
    "INR": ("₹", "inr", "rupees"),
    "CAD": ("ca$", "c$", "cad"),
    "AUD": ("a$", "au$", "aud"),
    "SEK": ("sek",),
    "NOK": ("nok",),
    "DKK": ("dkk",),
    "PLN": ("pln", "zł"),
    "ct": ("cent", "cents", "ct", "¢", "pence"),
}
_DURATIONS = {
    "s": {
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
            "business day", "business days", "working day", "working days", "workday", "workdays", "weekday", "weekdays",
            "bank working day", "bank working days", "banking days", "banking day",
        )
    },
}  # fmt: skip
_QUANTITIES = {
    "B": {1: ("bytes",), 10**3: ("kb",), 10**6: ("mb", "megabytes", "megabyte"),
          10**9: ("gb", "gigabytes", "gigabyte", "gig"), 10**12: ("tb", "terabytes", "terabyte")},
    "bit/s": {10**3: ("kbit/s", "kbps"), 10**6: ("mbit/s", "mbps", "mb/s", "mbits"),
              10**9: ("gbit/s", "gbps", "gb/s", "gigabit", "gbit")},
    "g": {1: ("g", "gram", "grams"), 1000: ("kg", "kgs", "kilo", "kilos", "kilogram", "kilograms"),
          10**6: ("tonne", "tonnes", "tons"), "453.592": ("lb", "lbs"), "28.35": ("oz", "ounces")},
    "m": {"0.001": ("mm", "millimetres", "millimeters"), "0.01": ("cm", "centimetres", "centimeters"),
          1: ("m", "metre", "metres", "meter", "meters"), 1000: ("km", "kilometre", "kilometres", "kilometer", "kilometers"),
          "1609.344": ("mile", "miles", "mi"), "0.3048": ("ft", "feet", "foot"), "0.0254": ("inch", "inches", "in.")},
    "l": {"0.001": ("ml", "millilitres", "milliliters"), 1: ("l", "litre", "litres", "liter", "liters"),
          "3.785": ("gallon", "gallons")},
    "m2": {1: ("m²", "m2", "sqm", "square metres", "square meters"), "0.0929": ("sq ft", "square feet")},
    "°C": {1: ("°c", "degrees celsius", "degrees", "°")},
    "°F": {1: ("°f", "degrees fahrenheit")},
    "W": {1: ("w", "watt", "watts"), 1000: ("kw", "kilowatt", "kilowatts", "kwp")},
    "Wh": {1: ("wh",), 1000: ("kwh", "kilowatt-hours", "kilowatt hours"), 10**6: ("mwh",)},
    "A": {1: ("amp", "amps", "ampere"), "0.001": ("ma",)},
    "V": {1: ("v", "volt", "volts")},
    "km/h": {1: ("km/h", "kph", "kmh"), "1.609344": ("mph", "miles per hour")},
    "Hz": {1: ("hz",), 10**6: ("mhz",), 10**9: ("ghz",)},
    "px": {1: ("px", "pixels", "pixel")},
    "bar": {1: ("bar", "bars")},
    "point": {1: ("point", "points", "pts")},
    "credit": {1: ("credit", "credits", "ects")},
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
_SYMBOLS_BEFORE = ("US$", "CA$", "AU$", "A$", "C$", "$", "€", "£", "¥", "₹", "USD", "EUR", "GBP", "CHF", "JPY", "CAD", "AUD")
CURRENCY_BEFORE = re.compile(rf"(?:{'|'.join(re.escape(symbol) for symbol in _SYMBOLS_BEFORE)})\s?$")
_NAMES = "|".join(
    re.escape(name) + (r"(?!\w)" if name[-1].isalnum() else "") for name in sorted(UNITS, key=len, reverse=True)
)
UNIT_AFTER = re.compile(rf"[\s\u00a0]?-?[\s\u00a0]?(?P<unit>{_NAMES})", re.IGNORECASE)
# Single letters are units only when they touch the number, and only in this spelling: "5 m", but not "5 A's".
_TOUCHING = frozenset(("s", "h", "d", "w", "v", "l", "g", "m", "b"))


def unit_after(text: str, position: int) -> tuple[Unit, int] | None:
    """Return the unit written at `position`, right after a number, and where it ends."""
    match = UNIT_AFTER.match(text, position)
    if not match:
        return None
    name = match["unit"]
    if name.lower() in _TOUCHING and (name.isupper() and name not in "WVL"):
        return None
    unit = UNITS.get(name.lower())
    return (unit, match.end()) if unit else None
