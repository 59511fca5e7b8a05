"""Nearest passages by vector, with FAISS: exact while there are few, a graph over half-precision vectors when many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt

from groundwire.protocols import Vectors

Ids = npt.NDArray[np.int64]

# Exact search of one query takes about 2 ms on one core at this size; the measurements are in docs/retrieval.md.
EXACT_UP_TO = 20_000
_NEIGHBOURS = 32
_CONSTRUCTION_WIDTH = 120
_SEARCH_WIDTH = 256


@dataclass(frozen=True, slots=True)
class FaissIndex:
    """An immutable index over unit vectors by inner product; safe to search from several threads."""

    index: faiss.Index
    size: int

    @property
    def kind(self) -> str:
        """`exact` or `hnsw`."""
        return "hnsw" if self.size > EXACT_UP_TO else "exact"

    def search(self, vectors: Vectors, k: int) -> tuple[Ids, Vectors]:
        """Return (ids, similarities), each (n, k), best first; missing places hold id -1 and similarity -1."""
        if not self.size or not len(vectors):
            shape = (len(vectors), k)
            return np.full(shape, -1, dtype=np.int64), np.full(shape, -1.0, dtype=np.float32)
        # A search is short and several run at once: more threads for each would wait for each other, spinning.
        faiss.omp_set_num_threads(1)
        similarities, ids = self.index.search(np.ascontiguousarray(vectors, dtype=np.float32), k)
        return ids, np.where(ids < 0, np.float32(-1.0), similarities).astype(np.float32)

    def vectors(self, ids: Sequence[int]) -> Vectors:
        """Return the (n, dimension) vectors of passages that the index holds; rounded to half precision in a graph."""
        return np.stack([self.index.reconstruct(int(number)) for number in ids])

    def extended(self, ids: Ids, vectors: Vectors) -> FaissIndex:
        """Return a copy that also holds these passages; the original stays as it is."""
        copy = faiss.clone_index(self.index)
        copy.add_with_ids(np.ascontiguousarray(vectors, dtype=np.float32), ids)
        return FaissIndex(copy, self.size + len(ids))

    def save(self, path: Path) -> None:
        """Write the index to a file, in one atomic step."""
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".part")
        faiss.write_index(self.index, str(temporary))
        temporary.replace(path)

    @classmethod
    def load(cls, path: Path) -> FaissIndex | None:
        """Read an index that `save` wrote; None when it is missing or damaged."""
        if not path.exists():
            return None
        try:
            index = faiss.read_index(str(path))
        except RuntimeError:
            return None
        return cls(index, index.ntotal)


def build_index(ids: Ids, vectors: Vectors) -> FaissIndex:
    """Index (n, dimension) unit vectors under their passage ids."""
    faiss.omp_set_num_threads(1)
    dimension = vectors.shape[1] if vectors.ndim == 2 and vectors.shape[1] else 1
    inner: faiss.Index = faiss.IndexFlatIP(dimension) if len(ids) <= EXACT_UP_TO else _graph(dimension)
    index = faiss.IndexIDMap2(inner)
    if len(ids):
        index.add_with_ids(np.ascontiguousarray(vectors, dtype=np.float32), ids)
    return FaissIndex(index, len(ids))


def _graph(dimension: int) -> faiss.Index:
    """HNSW (Malkov and Yashunin 2018, https://arxiv.org/abs/1603.09320) over half-precision vectors, as stored."""
    # The stubs take the quantiser for an object.
    graph = faiss.IndexHNSWSQ(dimension, faiss.ScalarQuantizer.QT_fp16, _NEIGHBOURS, faiss.METRIC_INNER_PRODUCT)  # type: ignore[arg-type]
    graph.hnsw.efConstruction = _CONSTRUCTION_WIDTH
    graph.hnsw.efSearch = _SEARCH_WIDTH
    return graph
