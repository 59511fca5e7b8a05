"""Gets the index of a revision the cheapest way: read from a file, grown from the last one, or built."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Set
from pathlib import Path

import numpy as np

from groundwire.knowledge.index import EXACT_UP_TO, FaissIndex, Ids, build_index
from groundwire.protocols import Vectors

logger = logging.getLogger(__name__)
# An index that changed by more than this share is built anew.
_MOST_CHANGED = 0.2


class IndexFiles:
    """The files of large indexes, one a collection; small ones are built faster than read."""

    def __init__(self, folder: Path, embedder: str) -> None:
        self._folder = folder
        self._embedder = embedder

    def index(
        self,
        collection: str,
        ids: Ids,
        vectors: Vectors,
        base: tuple[FaissIndex, Set[int]] | None = None,
        *,
        is_newest: bool = True,
    ) -> FaissIndex:
        """Return an index of (n,) ids and their (n, dimension) vectors; `base` is the last one and the ids it shows.

        Only the newest one is kept as a file.
        """
        if len(ids) <= EXACT_UP_TO:
            return build_index(ids, vectors)
        path = self._folder / collection / f"{self._digest(ids)}.faiss"
        if saved := FaissIndex.load(path):
            return saved
        index = (base and _extended(*base, ids, vectors)) or build_index(ids, vectors)
        if is_newest:
            self._save(index, path)
        return index

    def _digest(self, ids: Ids) -> str:
        """Passage ids are never used twice, so they and the model say what is in an index."""
        return hashlib.sha256(self._embedder.encode() + b"\0" + ids.tobytes()).hexdigest()[:24]

    def _save(self, index: FaissIndex, path: Path) -> None:
        try:
            index.save(path)
            for other in path.parent.glob("*.faiss"):
                if other != path:
                    other.unlink(missing_ok=True)
        except (OSError, RuntimeError) as error:
            logger.warning("The index %r could not be saved, so the next start builds it anew: %s", path.name, error)


def _extended(index: FaissIndex, shown: Set[int], ids: Ids, vectors: Vectors) -> FaissIndex | None:
    """A large index is grown when little changed; passages that went are filtered out by the snapshot's ids."""
    is_new = np.array([number not in shown for number in ids.tolist()])
    new = int(is_new.sum())
    gone = index.size + new - len(ids)
    if index.size <= EXACT_UP_TO or max(new, gone) > _MOST_CHANGED * len(ids):
        return None
    return index.extended(ids[is_new], vectors[is_new])
