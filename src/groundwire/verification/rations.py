"""What second opinions may cost: tokens an hour, tokens and seconds a request, and a rest after failures."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

Clock = Callable[[], float]
_HOUR_S = 3_600.0
# Failures in a row after which the service rests, and for how long.
_FAILURES = 3
_REST_S = 30.0


@dataclass(slots=True)
class Spending:
    """Tokens that are set aside, and from `at` (seconds) on count for an hour."""

    at: float
    tokens: int


class TokenBudget:
    """Tokens that may be spent within any hour; safe to use from several threads."""

    def __init__(self, per_hour: int, clock: Clock = time.monotonic) -> None:
        self._per_hour = per_hour
        self._clock = clock
        self._spent: deque[Spending] = deque()
        self._lock = Lock()

    @property
    def left(self) -> int:
        """Tokens that may still be spent now; never below 0."""
        with self._lock:
            return max(self._left(), 0)

    def reserve(self, tokens: int) -> Spending | None:
        """Set tokens aside, or return None where they are not left; afterwards write into it what was spent."""
        with self._lock:
            if tokens > self._left():
                return None
            spending = Spending(self._clock(), tokens)
            self._spent.append(spending)
            return spending

    def _left(self) -> int:
        while self._spent and self._spent[0].at <= self._clock() - _HOUR_S:
            self._spent.popleft()
        return self._per_hour - sum(spending.tokens for spending in self._spent)


class Patience:
    """Says for how long a service that fails again and again is left alone; safe to use from several threads."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._rests_until = 0.0
        self._lock = Lock()

    @property
    def is_resting(self) -> bool:
        """Whether the service should not be asked now."""
        with self._lock:
            return self._failures >= _FAILURES and self._clock() < self._rests_until

    def note(self, *, is_failure: bool) -> None:
        """Take note of how a request went; after a rest one more failure is enough for the next."""
        with self._lock:
            self._failures = self._failures + 1 if is_failure else 0
            self._rests_until = self._clock() + _REST_S


@dataclass(slots=True)
class Ration:
    """What is left of the tokens and seconds for the answers to one request; hold `lock` while spending."""

    tokens: int
    seconds: float
    lock: Lock = field(default_factory=Lock, repr=False, compare=False)
