"""The live knowledge base: the current snapshot of every collection, swapped in one step when a revision appears."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import numpy as np

from groundwire.domain import Hit
from groundwire.errors import UnknownCollection
from groundwire.knowledge.condition import Condition, condition_of
from groundwire.knowledge.index import FaissIndex, Ids, build_index
from groundwire.knowledge.indexing import IndexFiles
from groundwire.knowledge.lexical import StoredWords
from groundwire.knowledge.records import Revision, parts_of
from groundwire.knowledge.snapshot import CollectionSnapshot, JointSnapshot, PassageCache
from groundwire.knowledge.store import KnowledgeStore
from groundwire.knowledge.words import WordIndexer, WordSearch
from groundwire.protocols import Embedder, Query, Vectors

logger = logging.getLogger(__name__)
_BATCH = 256
# The words of this many passages take about 100 MB.
WORDS_IN_MEMORY_UP_TO = 150_000


class LiveKnowledgeBase:
    """Hands out the newest snapshots; running checks keep the one they started with."""

    def __init__(self, store: KnowledgeStore, embedder: Embedder, *, default_collection: str, index_dir: Path) -> None:
        self._store = store
        self._embedder = embedder
        self._default = default_collection
        self._files = IndexFiles(index_dir, embedder.name)
        self._cache = PassageCache(store.passages)
        self._indexer = WordIndexer()
        # Older states are indexed apart, so that they never disturb what is being published.
        self._older_indexer = WordIndexer()
        self._current: dict[str, CollectionSnapshot] = {}
        self._lock, self._older_lock = Lock(), Lock()

    def snapshot(self, collections: Sequence[str]) -> CollectionSnapshot | JointSnapshot:
        """Return the current state of these collections (the default one when none is named).

        Raises UnknownCollection, which lists the known ones.
        """
        names = tuple(dict.fromkeys(collections)) or (self._default,)
        if len(names) == 1:
            return self._one(names[0])
        return JointSnapshot(tuple(self._one(name) for name in names))

    def search(self, text: str, collections: Sequence[str], k: int) -> tuple[str, list[Hit]]:
        """Return the revision and at most `k` passages of it, best first; raises UnknownCollection."""
        snapshot = self.snapshot(collections)
        [vector] = self._embedder.embed_queries([text])
        return snapshot.revision, snapshot.search([Query(text, vector)], k)[0]

    def at(self, collection: str, number: int) -> CollectionSnapshot:
        """Return the state of a collection at any revision that is kept, or at 0, when it held nothing.

        Raises NotFound and UnknownCollection.
        """
        current = self._current.get(collection)
        if current and current.number == number:
            return current
        if number == 0:
            return self._empty(collection)
        revision = self._store.revision(collection, number)
        with self._older_lock:
            ids, vectors = self._read(revision)
            base = (current.index, current.ids) if current else None
            index = self._files.index(collection, ids, vectors, base, is_newest=False)
            return self._made(revision, index, ids, self._older_indexer)

    def recall(self, revision: str) -> JointSnapshot:
        """Return the state that `collection@number`, several joined by commas, stands for.

        Raises NotFound where a part of it is no longer kept, UnknownCollection where the collection is gone.
        """
        return JointSnapshot(tuple(self.at(name, number) for name, number in parts_of(revision)))

    def refresh(self) -> list[str]:
        """Load revisions that appeared since the last call, from this process or another; return their names."""
        with self._lock:
            heads = self._store.heads()
            for name in set(self._current) - set(heads):
                self._current.pop(name)
                self._indexer.forget(name)
            fresh = []
            for name, revision in heads.items():
                known = self._current.get(name)
                if known and known.state == revision:
                    continue
                newest = self._load(revision, known) if revision else self._empty(name)
                if revision and len(newest.ids) < revision.passages and self._store.heads().get(name) != revision:
                    # Newer ones were published and this one was cleared away while it was read.
                    continue
                self._current[name] = newest
                fresh.append(newest.revision)
            return fresh

    def condition(self, collection: str) -> Condition:
        """Examine a collection; raises UnknownCollection."""
        return condition_of(self._store, self._one(collection), self._embedder.name)

    @property
    def snapshots(self) -> tuple[CollectionSnapshot, ...]:
        """The current snapshots of all collections."""
        return tuple(self._current.copy().values())

    def _one(self, name: str) -> CollectionSnapshot:
        if found := self._current.get(name):
            return found
        if name == self._default:
            return self._empty(name)
        known = ", ".join(sorted(self._current.copy())) or "none"
        raise UnknownCollection(f"No collection {name[:80]!r}. Known: {known}.", param="collections")

    def _empty(self, name: str) -> CollectionSnapshot:
        index = build_index(np.zeros(0, dtype=np.int64), np.zeros((0, self._embedder.dimension), dtype=np.float32))
        words = WordIndexer().index(name, [], ())
        return CollectionSnapshot(None, name, index, frozenset(), words, self._cache)

    def _load(self, revision: Revision, known: CollectionSnapshot | None) -> CollectionSnapshot:
        ids, vectors = self._read(revision)
        base = (known.index, known.ids) if known else None
        index = self._files.index(revision.collection, ids, vectors, base)
        return self._made(revision, index, ids, self._indexer)

    def _read(self, revision: Revision) -> tuple[Ids, Vectors]:
        self._embed_missing(revision)
        return self._store.vectors.of(revision.collection, revision.number, self._embedder.name)

    def _made(self, revision: Revision, index: FaissIndex, ids: Ids, indexer: WordIndexer) -> CollectionSnapshot:
        members = frozenset(ids.tolist())
        words = self._words(indexer, revision.collection, ids.tolist(), members)
        return CollectionSnapshot(revision, revision.collection, index, members, words, self._cache)

    def _words(self, indexer: WordIndexer, collection: str, ids: Sequence[int], members: frozenset[int]) -> WordSearch:
        if len(ids) > WORDS_IN_MEMORY_UP_TO:
            return StoredWords(self._store.lexical, collection, members)
        missing = indexer.missing(collection, ids)
        # Read through the cache, so that the first checks find their passages there.
        return indexer.index(collection, ids, self._cache.get(missing).values())

    def _embed_missing(self, revision: Revision) -> None:
        """After a change of the embedding model the stored passages are embedded anew, once."""
        missing = self._store.vectors.unembedded(revision.collection, revision.number, self._embedder.name)
        if missing:
            logger.info("Embedding %d passages of %s with %s", len(missing), revision.name, self._embedder.name)
        for start in range(0, len(missing), _BATCH):
            part = missing[start : start + _BATCH]
            rows = self._embedder.embed_passages([text for _, text in part])
            self._store.vectors.put(self._embedder.name, [key for key, _ in part], rows)
