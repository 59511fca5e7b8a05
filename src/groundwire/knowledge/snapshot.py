"""One immutable state of a collection, searched by meaning and by words."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

import numpy as np

from groundwire.domain import Hit, Passage
from groundwire.knowledge.index import FaissIndex
from groundwire.knowledge.store import KnowledgeStore, Revision
from groundwire.protocols import Query

# Reciprocal rank fusion (Cormack et al. 2009, https://doi.org/10.1145/1571941.1572114); the constant and the weight of
# the lexical ranking were chosen by recall on development questions, see docs/retrieval.md.
_RANK_CONSTANT = 20
_LEXICAL_WEIGHT = 0.9
_DEPTH = 24
_MOST_LEXICAL = 4_000


class PassageCache:
    """Reads passages by id and keeps the recently used ones; ids never change what they stand for."""

    def __init__(self, store: KnowledgeStore, size: int = 20_000) -> None:
        self._store = store
        self._size = size
        self._kept: OrderedDict[int, Passage] = OrderedDict()
        self._lock = Lock()

    def get(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Return the passages of these ids, from the cache where they are in it."""
        with self._lock:
            found = {number: self._kept[number] for number in ids if number in self._kept}
        missing = [number for number in ids if number not in found]
        if missing:
            fresh = self._store.passages(missing)
            found |= fresh
            with self._lock:
                self._kept |= fresh
                while len(self._kept) > self._size:
                    self._kept.popitem(last=False)
        return found


@dataclass(frozen=True, slots=True)
class CollectionSnapshot:
    """One revision of one collection; stays usable after newer ones have come."""

    state: Revision | None
    collection: str
    index: FaissIndex
    ids: frozenset[int]
    store: KnowledgeStore
    cache: PassageCache = field(repr=False)

    @property
    def revision(self) -> str:
        """`collection@number`; number 0 for a collection that holds nothing yet."""
        return self.state.name if self.state else f"{self.collection}@0"

    @property
    def is_empty(self) -> bool:
        """Whether it holds no passage at all."""
        return not self.ids

    def search(self, queries: Sequence[Query], k: int) -> list[list[Hit]]:
        """Return at most `k` hits a query, best first, dense and lexical results fused."""
        if self.is_empty or not queries:
            return [[] for _ in queries]
        vectors = np.stack([query.vector for query in queries])
        numbers, similarities = self.index.search(vectors, min(2 * _DEPTH, self.index.size))
        dense = [
            {int(number): float(cosine) for number, cosine in zip(*row, strict=True) if int(number) in self.ids}
            for row in zip(numbers, similarities, strict=True)
        ]
        return [self._fused(query, found, k) for query, found in zip(queries, dense, strict=True)]

    def _fused(self, query: Query, dense: Mapping[int, float], k: int) -> list[Hit]:
        scores = {number: 1 / (_RANK_CONSTANT + rank) for rank, number in enumerate(list(dense)[:_DEPTH])}
        for rank, number in enumerate(self._lexical(query.text)):
            scores[number] = scores.get(number, 0.0) + _LEXICAL_WEIGHT / (_RANK_CONSTANT + rank)
        best = sorted(scores, key=lambda number: -scores[number])[:k]
        passages = self.cache.get(best)
        cosines = {number: dense[number] for number in best if number in dense}
        if lexical_only := [number for number in best if number not in cosines]:
            rows = self.index.vectors(lexical_only) @ query.vector
            cosines |= dict(zip(lexical_only, map(float, rows), strict=True))
        return [Hit(passages[number], scores[number], cosines[number]) for number in best if number in passages]

    def _lexical(self, text: str) -> list[int]:
        """Rows of retired versions are in the full-text index too, so the search widens until enough are live."""
        limit = 2 * _DEPTH
        while True:
            rows = self.store.lexical.search(self.collection, text, limit)
            live = [number for number in rows if number in self.ids]
            if len(live) >= _DEPTH or len(rows) < limit or limit >= _MOST_LEXICAL:
                return live[:_DEPTH]
            limit *= 4


@dataclass(frozen=True, slots=True)
class JointSnapshot:
    """Several collections searched together."""

    parts: tuple[CollectionSnapshot, ...]

    @property
    def revision(self) -> str:
        """The revisions of its parts, joined by commas."""
        return ",".join(part.revision for part in self.parts)

    @property
    def is_empty(self) -> bool:
        """Whether none of its parts holds a passage."""
        return all(part.is_empty for part in self.parts)

    def search(self, queries: Sequence[Query], k: int) -> list[list[Hit]]:
        """Return at most `k` hits a query over all parts, best first."""
        found = [part.search(queries, k) for part in self.parts]
        return [
            sorted((hit for part in found for hit in part[row]), key=lambda hit: -hit.score)[:k]
            for row in range(len(queries))
        ]
