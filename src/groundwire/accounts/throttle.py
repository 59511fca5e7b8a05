"""Failed sign-ins: after a few, each further one takes longer to be allowed."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from groundwire.errors import TooManyAttempts

_FORGET_S = 3_600.0
_IPV6_SITE = 64
Subject = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many failures are free, and the longest wait (seconds) that further ones lead to."""

    free: int
    longest_s: float


# A name alone waits shortly: otherwise anyone could lock its owner out from elsewhere.
_PAIR = Allowance(free=5, longest_s=900)
_ADDRESS = Allowance(free=20, longest_s=900)
_NAME = Allowance(free=50, longest_s=30)


@dataclass(frozen=True, slots=True)
class _Failures:
    count: int
    last_at: float


class Throttle:
    """Counts failed sign-ins by name, by address and by both together, for at most `most` of these.

    Keys have no name (""), so that they count by address alone. The wait doubles with every failure; what is quiet
    for an hour is forgotten.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, most: int = 10_000) -> None:
        self._clock = clock
        self._most = most
        self._failures: OrderedDict[Subject, _Failures] = OrderedDict()

    def attempt(self, name: str, address: str) -> None:
        """Count an attempt as failed until it succeeds; raises TooManyAttempts when it comes too early.

        Counting first leaves no room for many attempts at the same time.
        """
        now = self._clock()
        wait_s = max(self._wait_s(subject, allowance, now) for subject, allowance in _subjects(name, address))
        if wait_s > 0:
            wait = math.ceil(wait_s)
            raise TooManyAttempts(f"Too many sign-ins failed. Try again in {wait} seconds.", retry_after_s=wait)
        for subject, _ in _subjects(name, address):
            self._count(subject, +1, now)

    def succeed(self, name: str, address: str) -> None:
        """Take the attempt back that turned out right, and forgive the earlier ones of this name from there."""
        pair, *others = (subject for subject, _ in _subjects(name, address))
        self._failures.pop(pair, None)
        for subject in others:
            self._count(subject, -1, self._clock())

    def _wait_s(self, subject: Subject, allowance: Allowance, now: float) -> float:
        known = self._failures.get(subject)
        if known is None or now - known.last_at >= _FORGET_S or known.count < allowance.free:
            return 0.0
        wait_s = min(allowance.longest_s, 2.0 ** min(known.count - allowance.free, 30))
        return known.last_at + wait_s - now

    def _count(self, subject: Subject, change: int, now: float) -> None:
        known = self._failures.pop(subject, None)
        before = known.count if known and now - known.last_at < _FORGET_S else 0
        if before + change > 0:
            self._failures[subject] = _Failures(before + change, now)
        if len(self._failures) > self._most:
            self._failures.popitem(last=False)


def _subjects(name: str, address: str) -> Iterator[tuple[Subject, Allowance]]:
    name, site = name.strip().casefold()[:200], _site(address)
    yield ("pair", name, site), _PAIR
    yield ("address", site), _ADDRESS
    if name:
        yield ("name", name), _NAME


def _site(address: str) -> str:
    """Whoever has one IPv6 address has the whole network of it."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:100]
    return str(ip_network((parsed, _IPV6_SITE), strict=False)) if isinstance(parsed, IPv6Address) else str(parsed)
