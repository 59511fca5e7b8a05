"""Makes one ranking of two: what is near in meaning, and what shares words."""

from __future__ import annotations

from collections.abc import Sequence

# Reciprocal rank fusion (Cormack et al. 2009, https://doi.org/10.1145/1571941.1572114); the constant, the weight of the
# lexical ranking and the depth were chosen by recall on development questions, see docs/retrieval.md.
RANK_CONSTANT = 20
LEXICAL_WEIGHT = 0.9
DEPTH = 24


def fused(dense: Sequence[int], lexical: Sequence[int]) -> dict[int, float]:
    """Return the fused score of every passage in either ranking (ids, best first); higher is better."""
    scores = {number: 1 / (RANK_CONSTANT + rank) for rank, number in enumerate(dense[:DEPTH])}
    for rank, number in enumerate(lexical[:DEPTH]):
        scores[number] = scores.get(number, 0.0) + LEXICAL_WEIGHT / (RANK_CONSTANT + rank)
    return scores
