"""The figures of a detector, on weighted samples: bad is what it should find, flagged what it did find.

Every function takes `weights`, an (r, n) array of how often each of the n items counts in each of r resamples, and
returns r values; one that is not defined (a recall where nothing is bad) is nan.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Weights = npt.NDArray[np.float64]
Values = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def share(weights: Weights, part: npt.ArrayLike, whole: npt.ArrayLike) -> Values:
    """Return the weighted sum of `part` over that of `whole`, both (n,)."""
    return _quotient(weights @ np.asarray(part, dtype=np.float64), weights @ np.asarray(whole, dtype=np.float64))


def precision(weights: Weights, bad: Flags, flagged: Flags) -> Values:
    """Return the share of the flagged that are bad."""
    return share(weights, bad & flagged, flagged)


def recall(weights: Weights, bad: Flags, flagged: Flags) -> Values:
    """Return the share of the bad that are flagged."""
    return share(weights, bad & flagged, bad)


def f1(weights: Weights, bad: Flags, flagged: Flags) -> Values:
    """Return the harmonic mean of precision and recall; 0 where something is bad and nothing of it flagged."""
    return share(weights, 2.0 * (bad & flagged), bad.astype(np.float64) + flagged)


def false_alarms(weights: Weights, bad: Flags, flagged: Flags) -> Values:
    """Return the share of the good that are flagged."""
    return share(weights, ~bad & flagged, ~bad)


def balanced_accuracy(weights: Weights, bad: Flags, flagged: Flags) -> Values:
    """Return the mean of the share of the bad that are flagged and the share of the good that are not."""
    return (recall(weights, bad, flagged) + 1.0 - false_alarms(weights, bad, flagged)) / 2.0


def auc(weights: Weights, bad: Flags, scores: npt.ArrayLike) -> Values:
    """Return the probability that a bad item scores higher than a good one; a tie counts as half."""
    scores = np.asarray(scores, dtype=np.float64)
    if not scores.size:
        return np.full(len(weights), np.nan)
    order = np.argsort(scores, kind="stable")
    starts = np.flatnonzero(np.diff(scores[order], prepend=-np.inf))
    ordered, is_bad = weights[:, order], bad[order]
    bad_at = np.add.reduceat(ordered * is_bad, starts, axis=1)
    good_at = np.add.reduceat(ordered * ~is_bad, starts, axis=1)
    good_below = np.cumsum(good_at, axis=1) - good_at
    won: Values = (bad_at * (good_below + 0.5 * good_at)).sum(axis=1)
    return _quotient(won, bad_at.sum(axis=1) * good_at.sum(axis=1))


def calibration_error(weights: Weights, happened: Flags, probabilities: npt.ArrayLike, bins: int = 15) -> Values:
    """Return the expected calibration error: how far probabilities lie from frequencies, over bins of equal width."""
    probabilities = np.asarray(probabilities, dtype=np.float64)
    place = np.clip((probabilities * bins).astype(np.int64), 0, bins - 1)
    differences = np.zeros((len(probabilities), bins))
    differences[np.arange(len(probabilities)), place] = probabilities - happened
    return _quotient(np.abs(weights @ differences).sum(axis=1), weights.sum(axis=1))


def _quotient(part: Values, whole: Values) -> Values:
    undefined: Values = np.full(part.shape, np.nan)
    return np.divide(part, whole, out=undefined, where=whole > 0)
