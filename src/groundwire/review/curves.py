"""How well support tells wrong claims from right ones, on claims whose truth people settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from groundwire.events.statistics import Share, share_of
from groundwire.review.labels import LabelledClaim

# Thresholds are tried in steps of this size, so that what is proposed can be read.
STEP = 0.01
GRID = tuple(round(STEP * number, 2) for number in range(1, 101))


@dataclass(frozen=True, slots=True)
class Point:
    """What one threshold of support comes to, with 95 % intervals.

    The check objects to a claim with less support. `precision` is the share of real errors among the claims it objects
    to, `recall` the share of the errors that it objects to.
    """

    threshold: float
    precision: Share
    recall: Share


def curve(claims: Sequence[LabelledClaim]) -> tuple[Point, ...]:
    """Return a point for each threshold of the grid, from the lowest on."""
    support = np.array([claim.support for claim in claims])
    is_error = np.array([claim.is_error for claim in claims], dtype=bool)
    return tuple(_point(threshold, support, is_error) for threshold in GRID)


def point_at(claims: Sequence[LabelledClaim], threshold: float) -> Point:
    """Return what a threshold comes to, on the grid or not."""
    support = np.array([claim.support for claim in claims])
    return _point(threshold, support, np.array([claim.is_error for claim in claims], dtype=bool))


def best(points: Sequence[Point], target: float) -> Point | None:
    """Return the point that finds the most errors among those whose precision surely reaches the target.

    Surely: the lower end of the interval is not below it. Of points that find as many errors it is the most precise
    one, and of thresholds that object to the same claims the highest.
    """
    surely = [one for one in points if one.precision.total and one.precision.low >= target]
    return max(surely, key=lambda one: (one.recall.share or 0.0, one.precision.share, one.threshold), default=None)


def needed(precision: float, target: float, most: int = 100_000) -> int | None:
    """Return how many objections, that often right, make a precision that surely reaches the target.

    None where no number of them does.
    """
    if precision <= target:
        return None
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if share_of(round(precision * middle), middle).low >= target else (middle + 1, high)
    return low


def _point(threshold: float, support: np.ndarray, is_error: np.ndarray) -> Point:
    is_objected = support < threshold
    found = int((is_objected & is_error).sum())
    return Point(threshold, share_of(found, int(is_objected.sum())), share_of(found, int(is_error.sum())))
