"""Makes one score of three: nearness in meaning, shared words, and shared words of what matters most."""

from __future__ import annotations

from collections.abc import Mapping

# A cosine counts this much beside the share of the best word score; both were chosen by recall on labelled answers,
# see docs/retrieval.md.
DENSE_WEIGHT = 0.5
FOCUS_WEIGHT = 0.8
# How many passages of each ranking are looked at.
DEPTH = 24


def fused(dense: Mapping[int, float], words: Mapping[int, float], focus: Mapping[int, float]) -> dict[int, float]:
    """Return the fused score of every passage in any ranking, best first.

    `dense` holds cosines; `words` and `focus` hold scores of any scale, of a whole query and of its focus.
    """
    scores: dict[int, float] = {number: DENSE_WEIGHT * max(0.0, cosine) for number, cosine in dense.items()}
    for ranking, weight in ((words, 1.0), (focus, FOCUS_WEIGHT)):
        best = max(ranking.values(), default=0.0)
        for number, score in ranking.items():
            scores[number] = scores.get(number, 0.0) + weight * score / best
    return dict(sorted(scores.items(), key=lambda pair: (-pair[1], pair[0])))
