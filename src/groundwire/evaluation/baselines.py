"""What is reached without any understanding: by word overlap, by length, and by calling everything bad."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt

from groundwire.domain import Hit
from groundwire.evaluation.metrics import Flags, Values, balanced_accuracy, f1
from groundwire.verification.words import content_words, stems

SMALLEST = 20
Goal = Callable[[npt.NDArray[np.float64], Flags, Flags], Values]


def missing_words(text: str, evidence: frozenset[str]) -> float:
    """Return the share of a text's content words that are absent from the evidence's stems; 0 for no words."""
    words = content_words(text)
    return sum(word.stem not in evidence for word in words) / len(words) if words else 0.0


def stems_of(hits: Iterable[Hit]) -> frozenset[str]:
    """Return the stems of retrieved passages, their titles and headings."""
    found: set[str] = set()
    for passage in {hit.passage for hit in hits}:
        found |= stems(passage.text) | stems(" ".join((passage.title, passage.lead, *passage.headings)))
    return frozenset(found)


def word_count(text: str) -> int:
    """Return the number of words between white space."""
    return len(text.split())


def cross_flagged(scores: npt.NDArray[np.float64], bad: Flags, goal: Goal, seed: int = 7) -> Flags:
    """Flag by a threshold that serves `goal` best, chosen for each half of the items on the other half.

    Where there are too few items to choose on, everything is flagged.
    """
    flagged = np.ones(len(scores), dtype=np.bool_)
    if len(scores) < SMALLEST:
        return flagged
    # Drawn, because neighbours in a file are often twins of which one is good and one is bad.
    half = np.random.default_rng(seed).permutation(len(scores)) % 2 == 0
    for here, there in ((half, ~half), (~half, half)):
        flagged[here] = scores[here] >= best_threshold(scores[there], bad[there], goal)
    return flagged


def best_threshold(scores: npt.NDArray[np.float64], bad: Flags, goal: Goal, most: int = 200) -> float:
    """Return the score from which on flagging serves `goal` best, among at most `most` candidates."""
    candidates = np.unique(np.quantile(scores, np.linspace(0, 1, most), method="nearest"))
    weights = np.ones((1, len(scores)))
    reached = [float(goal(weights, bad, scores >= candidate)[0]) for candidate in candidates]
    return float(candidates[int(np.argmax(np.nan_to_num(reached)))])


GOALS: dict[str, Goal] = {"f1": f1, "balanced_accuracy": balanced_accuracy}
