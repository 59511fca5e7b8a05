"""Ids that sort by the time they were made."""

from __future__ import annotations

import secrets
import time
from datetime import datetime
from threading import Lock

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_RANDOM_BITS = 82
_LENGTH = 26


class IdentifierSource:
    """Makes ids; each is greater than the one before, also within one millisecond and when the clock is set back."""

    def __init__(self) -> None:
        self._last = 0
        self._lock = Lock()

    def new(self, prefix: str) -> str:
        """Return `prefix_` and 26 characters: 48 bits of milliseconds since 1970, then 82 random bits.

        Base 32 without the letters i, l, o and u, lower case; ids of one prefix compare by time as plain text.
        """
        with self._lock:
            fresh = (time.time_ns() // 1_000_000) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
            self._last = fresh if fresh > self._last else self._last + 1
            return f"{prefix}_{_written(self._last)}"


def event_id_at(moment: datetime, number: int) -> str:
    """Return the id of an event of that time; several of one millisecond need different numbers (0 to 2^82 - 1)."""
    return f"evt_{_written(int(moment.timestamp() * 1000) << _RANDOM_BITS | number)}"


def _written(number: int) -> str:
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))


_SOURCE = IdentifierSource()


def new_event_id() -> str:
    """Return an id for an event, `evt_…`."""
    return _SOURCE.new("evt")


def new_review_id() -> str:
    """Return an id for a review, `rev_…`."""
    return _SOURCE.new("rev")


def new_case_id() -> str:
    """Return an id for a regression case, `case_…`."""
    return _SOURCE.new("case")
