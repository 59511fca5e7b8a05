"""Says how far a figure may be off: 95 % intervals by drawing the answers anew, with replacement."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from groundwire.evaluation.metrics import Values, Weights

Measure = Callable[[Weights], Values]
_RESAMPLES = 1000
# Resamples computed at once; bounds the memory for files with many thousand answers.
_ROWS = 100
_LOW, _HIGH = 2.5, 97.5


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its 95 % interval; all None where it is not defined, as a recall is where nothing is bad."""

    value: float | None = None
    low: float | None = None
    high: float | None = None

    def to_json(self) -> dict[str, float | None]:
        """Return its fields, rounded to five decimals."""
        names = ("value", "low", "high")
        return {name: None if (number := getattr(self, name)) is None else round(number, 5) for name in names}


class Resampler:
    """Draws `answers` answers anew, many times; equal seeds draw the same.

    Whole answers are drawn, because the claims of one answer are not independent of each other.
    """

    def __init__(self, answers: int, *, resamples: int = _RESAMPLES, seed: int = 20_240) -> None:
        self._answers = answers
        random = np.random.default_rng(seed)
        self._counts = np.empty((resamples, answers), dtype=np.uint8)
        for row in range(resamples if answers else 0):
            self._counts[row] = np.bincount(random.integers(0, answers, answers), minlength=answers)

    def figure(self, measure: Measure, groups: npt.NDArray[np.int64] | None = None) -> Figure:
        """Return a measure over all answers, with its interval.

        `groups` (n,) gives the answer that each item belongs to; without it every answer is one item.
        """
        groups = np.arange(self._answers) if groups is None else groups
        if not len(groups):
            return Figure()
        value = float(measure(np.ones((1, len(groups))))[0])
        if math.isnan(value):
            return Figure()
        drawn = [
            measure(self._counts[start : start + _ROWS, groups].astype(np.float64))
            for start in range(0, len(self._counts), _ROWS)
        ]
        values = np.concatenate(drawn)
        low, high = np.percentile(values[~np.isnan(values)], (_LOW, _HIGH))
        return Figure(value, float(low), float(high))
