"""The live knowledge base: the current snapshot of every collection, swapped in one step when a revision appears."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import numpy as np

from groundwire.errors import UnknownCollection
from groundwire.knowledge.index import EXACT_UP_TO, FaissIndex, build_index
from groundwire.knowledge.snapshot import CollectionSnapshot, JointSnapshot, PassageCache
from groundwire.knowledge.store import KnowledgeStore, Revision
from groundwire.protocols import Embedder, Vectors

logger = logging.getLogger(__name__)
_BATCH = 256


class LiveKnowledgeBase:
    """Hands out the newest snapshots; running checks keep the one they started with."""

    def __init__(self, store: KnowledgeStore, embedder: Embedder, *, default_collection: str, index_dir: Path) -> None:
        self._store = store
        self._embedder = embedder
        self._default = default_collection
        self._index_dir = index_dir
        self._cache = PassageCache(store)
        self._current: dict[str, CollectionSnapshot] = {}
        self._lock = Lock()

    def snapshot(self, collections: Sequence[str]) -> CollectionSnapshot | JointSnapshot:
        """Return the current state of these collections (the default one when none is named).

        Raises UnknownCollection, which lists the known ones.
        """
        names = tuple(dict.fromkeys(collections)) or (self._default,)
        if len(names) == 1:
            return self._one(names[0])
        return JointSnapshot(tuple(self._one(name) for name in names))

    def at(self, collection: str, number: int) -> CollectionSnapshot:
        """Return the state of a collection at an older revision; raises NotFound where it is no longer kept."""
        known = {revision.number: revision for revision in self._store.revisions(collection)}
        if number not in known:
            self._store.difference(collection, number, number)
        return self._load(known[number], None)

    def refresh(self) -> list[str]:
        """Load revisions that appeared since the last call, from this process or another; return their names."""
        with self._lock:
            heads = self._store.heads()
            for name in set(self._current) - set(heads):
                del self._current[name]
            fresh = []
            for name, number in heads.items():
                known = self._current.get(name)
                if known and (known.state.number if known.state else 0) == number:
                    continue
                self._current[name] = self._advance(name, number, known)
                fresh.append(self._current[name].revision)
            return fresh

    @property
    def snapshots(self) -> tuple[CollectionSnapshot, ...]:
        """The current snapshots of all collections."""
        return tuple(self._current.values())

    def _one(self, name: str) -> CollectionSnapshot:
        if found := self._current.get(name):
            return found
        if name == self._default:
            return self._empty(name)
        known = ", ".join(sorted(self._current)) or "none"
        raise UnknownCollection(f"No collection {name!r}. Known: {known}.", param="collections")

    def _advance(self, name: str, number: int, known: CollectionSnapshot | None) -> CollectionSnapshot:
        if number == 0:
            return self._empty(name)
        revision = next(found for found in self._store.revisions(name) if found.number == number)
        return self._load(revision, known)

    def _empty(self, name: str) -> CollectionSnapshot:
        index = build_index(np.zeros(0, dtype=np.int64), np.zeros((0, self._embedder.dimension), dtype=np.float32))
        return CollectionSnapshot(None, name, index, frozenset(), self._store, self._cache)

    def _load(self, revision: Revision, known: CollectionSnapshot | None) -> CollectionSnapshot:
        self._embed_missing(revision)
        ids, vectors = self._store.vectors_of(revision.collection, revision.number, self._embedder.name)
        index = self._index(revision, ids, vectors, known)
        members = frozenset(map(int, ids))
        return CollectionSnapshot(revision, revision.collection, index, members, self._store, self._cache)

    def _index(
        self, revision: Revision, ids: np.ndarray, vectors: Vectors, known: CollectionSnapshot | None
    ) -> FaissIndex:  # type: ignore[type-arg]
        if len(ids) <= EXACT_UP_TO:
            return build_index(ids, vectors)
        path = self._path(revision)
        if saved := FaissIndex.load(path, len(ids)):
            return saved
        if known and (extended := _extended(known, ids, vectors)):
            return extended
        index = build_index(ids, vectors)
        index.save(path)
        return index

    def _path(self, revision: Revision) -> Path:
        model = hashlib.sha256(self._embedder.name.encode()).hexdigest()[:8]
        return self._index_dir / f"{revision.collection}-{revision.number}-{model}.faiss"

    def _embed_missing(self, revision: Revision) -> None:
        """After a change of the embedding model the stored passages are embedded anew, once."""
        missing = self._store.unembedded(revision.collection, revision.number, self._embedder.name)
        if missing:
            logger.info("Embedding %d passages of %s with %s", len(missing), revision.name, self._embedder.name)
        for start in range(0, len(missing), _BATCH):
            part = missing[start : start + _BATCH]
            rows = self._embedder.embed_passages([text for _, text in part])
            self._store.put_vectors(self._embedder.name, [key for key, _ in part], rows)


def _extended(known: CollectionSnapshot, ids: np.ndarray, vectors: Vectors) -> FaissIndex | None:  # type: ignore[type-arg]
    """A large index is grown when little changed; passages that went are filtered out by the snapshot's ids."""
    is_new = np.array([int(number) not in known.ids for number in ids])
    gone = known.index.size + int(is_new.sum()) - len(ids)
    if known.index.size <= EXACT_UP_TO or gone > 0.2 * len(ids) or is_new.sum() > 0.2 * len(ids):
        return None
    return known.index.extended(ids[is_new], vectors[is_new])
