"""What a checkable value is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """What sort of thing a value measures; only values of one kind can differ."""

    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"
    DURATION = "duration"
    FREQUENCY = "frequency"
    QUANTITY = "quantity"
    DATE = "date"
    TIME = "time"
    ORDINAL = "ordinal"
    IDENTIFIER = "identifier"


class Bound(StrEnum):
    """Whether a value stands for itself or limits something."""

    EXACT = "exact"
    AT_LEAST = "at least"
    MORE_THAN = "more than"
    AT_MOST = "at most"
    LESS_THAN = "less than"
    ABOUT = "about"


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a text: `text == source[start:end]`.

    `low` and `high` are the ends of a range in the canonical `unit` (equal for a single value): currency code for
    money (`ct` for cents and pence), `%` or `pp` for percentages, `s` or `month` or `business day` for durations, times
    a year for frequencies, minutes after midnight for times. `shown` is the number as written, before conversion.
    Dates carry `literal` as ISO text with `?` for what is left open, several readings joined by `|`; weekdays are
    numbers from Monday, 1; identifiers carry their normalised form. `per` is the singular of what the value is counted
    by ("month" in "$5 a month"), or empty.
    """

    kind: Kind
    text: str
    start: int
    end: int
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    unit: str = ""
    bound: Bound = Bound.EXACT
    per: str = ""
    literal: str = ""
    shown: Decimal = Decimal(0)

    @property
    def is_range(self) -> bool:
        """Whether the two ends differ."""
        return self.low != self.high
