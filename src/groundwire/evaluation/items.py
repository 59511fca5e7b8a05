"""Items (answers or claims) with what a person and what a detector said of them, and the figures these give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from groundwire.evaluation.baselines import GOALS, SMALLEST, cross_flagged
from groundwire.evaluation.bootstrap import Figure, Resampler
from groundwire.evaluation.metrics import (
    Flags,
    Values,
    Weights,
    auc,
    balanced_accuracy,
    f1,
    false_alarms,
    precision,
    recall,
)
from groundwire.evaluation.scores import Baseline, Detection, KindScores

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Items:
    """n items: whether each is bad and flagged, how bad it looks (0 to 1), and the answer it belongs to; all (n,)."""

    bad: Flags
    flagged: Flags
    scores: Numbers
    answers: Places
    resampler: Resampler

    @classmethod
    def of(cls, rows: Iterable[tuple[bool, bool, float, int]], resampler: Resampler) -> Items:
        """Make items of rows (bad, flagged, score, answer)."""
        bad, flagged, scores, answers = zip(*rows, strict=True) if (rows := list(rows)) else ((), (), (), ())
        return cls(
            np.array(bad, dtype=np.bool_),
            np.array(flagged, dtype=np.bool_),
            np.array(scores, dtype=np.float64),
            np.array(answers, dtype=np.int64),
            resampler,
        )

    def only(self, places: Sequence[int]) -> Items:
        """Return the items at these places."""
        chosen = np.array(places, dtype=np.int64)
        return Items(self.bad[chosen], self.flagged[chosen], self.scores[chosen], self.answers[chosen], self.resampler)

    def detection(self) -> Detection:
        """Return how well the bad ones are told from the good ones."""
        return Detection(
            n=len(self.bad),
            bad=int(self.bad.sum()),
            precision=self._figure(precision),
            recall=self._figure(recall),
            f1=self._figure(f1),
            balanced_accuracy=self._figure(balanced_accuracy),
            auc=self.auc(self.scores),
            clean_flagged=self._figure(false_alarms),
        )

    def auc(self, scores: Numbers) -> Figure:
        """Return how well some scores (n,) rank the bad ones above the good ones."""
        return self.resampler.figure(lambda weights: auc(weights, self.bad, scores), self.answers)

    def baselines(self, overlap: Sequence[float], length: Sequence[int]) -> dict[str, Baseline]:
        """Return what these scores, and calling every item bad, reach on the same items."""
        return {
            "word_overlap": self._baseline(np.array(overlap, dtype=np.float64)),
            "length": self._baseline(np.array(length, dtype=np.float64)),
            "always_bad": self._always_bad(),
        }

    def kind(self, places: Sequence[int], retrieved: Sequence[bool] | None = None) -> KindScores:
        """Return what was found among these items; `retrieved` (n of these) says where the evidence was at hand."""
        these = self.only(places)
        at_hand = [place for place, is_there in zip(places, retrieved or (), strict=False) if is_there]
        return KindScores(
            n=len(these.bad),
            bad=int(these.bad.sum()),
            recall=these._figure(recall),
            false_alarms=these._figure(false_alarms),
            recall_retrieved=self.only(at_hand)._figure(recall),
        )

    def _figure(self, measure: _Measure, flagged: Flags | None = None) -> Figure:
        chosen = self.flagged if flagged is None else flagged
        return self.resampler.figure(lambda weights: measure(weights, self.bad, chosen), self.answers)

    def _baseline(self, scores: Numbers) -> Baseline:
        flagged = {name: cross_flagged(scores, self.bad, goal) for name, goal in GOALS.items()}
        return Baseline(
            auc=self.auc(scores),
            f1=self._figure(f1, flagged["f1"]),
            balanced_accuracy=self._figure(balanced_accuracy, flagged["balanced_accuracy"]),
            chosen_on="the other half of the file" if len(scores) >= SMALLEST else "nothing: too few, so always bad",
        )

    def _always_bad(self) -> Baseline:
        everything = np.ones(len(self.bad), dtype=np.bool_)
        return Baseline(
            auc=self.auc(np.zeros(len(self.bad))),
            f1=self._figure(f1, everything),
            balanced_accuracy=self._figure(balanced_accuracy, everything),
            chosen_on="no threshold",
        )


def by_name(names: Sequence[str]) -> Mapping[str, list[int]]:
    """Return the places of each name, names in alphabetical order."""
    places: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        places.setdefault(name, []).append(place)
    return dict(sorted(places.items()))


class _Measure(Protocol):
    def __call__(self, weights: Weights, bad: Flags, flagged: Flags) -> Values: ...
