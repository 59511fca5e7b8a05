"""One immutable state of one or more collections, searched by meaning and by words."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

import numpy as np

from groundwire.domain import Hit, Passage
from groundwire.knowledge.fusion import DEPTH, fused
from groundwire.knowledge.index import FaissIndex
from groundwire.knowledge.passages import PassageStore
from groundwire.knowledge.records import Revision
from groundwire.knowledge.words import WordSearch
from groundwire.protocols import Query, Vectors


class PassageCache:
    """Reads passages by id and keeps the recently used ones; ids never change what they stand for."""

    def __init__(self, store: PassageStore, size: int = 20_000) -> None:
        self._store = store
        self._size = size
        self._kept: OrderedDict[int, Passage] = OrderedDict()
        self._lock = Lock()

    def get(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Return the passages of these ids, from the cache where they are in it; unknown ids are left out."""
        with self._lock:
            found = {number: self._kept[number] for number in ids if number in self._kept}
            for number in found:
                self._kept.move_to_end(number)
        missing = [number for number in ids if number not in found]
        if missing:
            fresh = self._store.get(missing)
            found |= fresh
            with self._lock:
                self._kept |= fresh
                while len(self._kept) > self._size:
                    self._kept.popitem(last=False)
        return found


class RecentHits:
    """The newest results of one state: the question of an answer is searched for with every claim of it."""

    def __init__(self, size: int = 64) -> None:
        self._size = size
        self._kept: OrderedDict[tuple[str, str, int], list[Hit]] = OrderedDict()
        self._lock = Lock()

    def find(self, query: Query, k: int) -> list[Hit] | None:
        """Return the hits of a query that was searched for lately, or None."""
        with self._lock:
            return self._kept.get((query.text, query.focus, k))

    def keep(self, query: Query, k: int, hits: list[Hit]) -> None:
        """Remember the hits of a query, and forget the oldest ones."""
        with self._lock:
            self._kept[query.text, query.focus, k] = hits
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)


@dataclass(frozen=True, slots=True)
class CollectionSnapshot:
    """One revision of one collection; stays usable after newer ones have come."""

    state: Revision | None
    collection: str
    index: FaissIndex
    ids: frozenset[int]
    words: WordSearch = field(repr=False)
    cache: PassageCache = field(repr=False)
    recent: RecentHits = field(default_factory=RecentHits, repr=False, compare=False)

    @property
    def revision(self) -> str:
        """`collection@number`; number 0 for a collection that holds nothing yet."""
        return self.state.name if self.state else f"{self.collection}@0"

    @property
    def number(self) -> int:
        """The revision's number; 0 for a collection that holds nothing yet."""
        return self.state.number if self.state else 0

    @property
    def is_empty(self) -> bool:
        """Whether it holds no passage at all."""
        return not self.ids

    def search(self, queries: Sequence[Query], k: int) -> list[list[Hit]]:
        """Return at most `k` hits a query, best first, dense and lexical results fused."""
        return JointSnapshot((self,), self.recent).search(queries, k)

    def nearest(self, vectors: Vectors, limit: int) -> list[dict[int, float]]:
        """Return, for each of the (n, dimension) query vectors, its nearest passages and cosines, nearest first."""
        if self.is_empty:
            return [{} for _ in vectors]
        # Passages that went since the index was built are in it still.
        spare = self.index.size - len(self.ids)
        numbers, cosines = self.index.search(vectors, min(limit + min(spare, limit), self.index.size))
        return [
            {int(number): float(cosine) for number, cosine in zip(*row, strict=True) if int(number) in self.ids}
            for row in zip(numbers, cosines, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class JointSnapshot:
    """Several collections searched as one."""

    parts: tuple[CollectionSnapshot, ...]
    recent: RecentHits = field(default_factory=RecentHits, repr=False, compare=False)

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
        if self.is_empty:
            return [[] for _ in queries]
        known = [self.recent.find(query, k) for query in queries]
        missing = [query for query, hits in zip(queries, known, strict=True) if hits is None]
        fresh = iter(self._search(missing, k))
        return [list(next(fresh) if hits is None else hits) for hits in known]

    def _search(self, queries: Sequence[Query], k: int) -> list[list[Hit]]:
        if not queries:
            return []
        vectors = np.stack([query.vector for query in queries])
        found = [part.nearest(vectors, DEPTH) for part in self.parts]
        dense = [_best_first([part[row] for part in found]) for row in range(len(queries))]
        hits = [self._hits(query, nearest, k) for query, nearest in zip(queries, dense, strict=True)]
        for query, found_hits in zip(queries, hits, strict=True):
            self.recent.keep(query, k, found_hits)
        return hits

    def _hits(self, query: Query, dense: Mapping[int, float], k: int) -> list[Hit]:
        words = self._words(query.text)
        focus = self._words(query.focus) if query.focus else words
        scores = fused(dense, words, focus)
        best = list(scores)[:k]
        passages = self.parts[0].cache.get(best)
        cosines = {**self._cosines([number for number in best if number not in dense], query.vector), **dense}
        return [Hit(passages[number], scores[number], cosines[number]) for number in best if number in passages]

    def _words(self, text: str) -> dict[int, float]:
        return _best_first([part.words.search(text, DEPTH) for part in self.parts])

    def _cosines(self, ids: Sequence[int], vector: Vectors) -> dict[int, float]:
        """The similarity of what only the words have found."""
        found: dict[int, float] = {}
        for part in self.parts:
            mine = [number for number in ids if number in part.ids]
            if mine:
                found |= zip(mine, map(float, part.index.vectors(mine) @ vector), strict=True)
        return found


def _best_first(parts: Sequence[dict[int, float]]) -> dict[int, float]:
    """The first of several rankings together."""
    if len(parts) == 1:
        return parts[0]
    pairs = sorted((pair for part in parts for pair in part.items()), key=lambda pair: -pair[1])
    return dict(pairs[:DEPTH])
