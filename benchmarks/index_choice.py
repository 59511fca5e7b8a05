"""Compares exact, HNSW and IVF search over passage vectors: recall@5, latency and the time to build.

    python benchmarks/index_choice.py DATA [--sizes 10000,50000,200000] [--keep FILE]

DATA holds `claims/`, whose sentences are embedded with the shipped model. Where a size asks for more vectors than that,
the rest are unit means of two embedded sentences with a little noise, as a passage of two sentences might have. Queries
are embedded sentences that are not indexed. Every latency stands beside that of exact search in the same run on one
thread.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import faiss
import numpy as np

from groundwire.embedding.onnx import OnnxEmbedder
from groundwire.models import EMBEDDER

SEED = 20260301
SENTENCES = 12_000
QUERIES = 300
K = 5
NOISE = 0.15
NARROW, WIDE = 128, 512
FILES = ("n_mnli_dev", "n_fm2", "n_semiauto_nli", "g_summedits")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--sizes", default="10000,50000,200000")
    parser.add_argument("--keep", type=Path)
    arguments = parser.parse_args()
    faiss.omp_set_num_threads(1)
    real = embedded(arguments.data / "claims", arguments.keep)
    chance = np.random.default_rng(SEED)
    chance.shuffle(real)
    queries, rest = real[:QUERIES], real[QUERIES:]
    print(
        "| vectors | index | build s | recall@5 | p50 ms | p99 ms | p50 beside exact |\n|---|---|---|---|---|---|---|"
    )
    for size in map(int, arguments.sizes.split(",")):
        compare(grown(rest, size, chance), queries)


def embedded(folder: Path, keep: Path | None) -> np.ndarray:
    """Return (n, dimension) vectors of distinct sentences."""
    if keep and keep.exists():
        return np.load(keep)
    texts: dict[str, None] = {}
    for name in FILES:
        mine: dict[str, None] = {}
        with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in map(json.loads, lines):
                text = str(line.get("hypothesis") or line.get("response") or "")[:400]
                mine[text] = None
        texts |= dict.fromkeys(list(mine)[: SENTENCES // len(FILES)])
    rows = OnnxEmbedder(EMBEDDER, threads=1).embed_passages(list(filter(None, texts)))
    if keep:
        np.save(keep, rows)
    return rows


def grown(real: np.ndarray, size: int, chance: np.random.Generator) -> np.ndarray:
    """Return `size` unit vectors: the real ones first, then means of two with noise."""
    if size <= len(real):
        return real[:size]
    extra = size - len(real)
    pairs = chance.integers(0, len(real), size=(extra, 2))
    noise = chance.normal(size=(extra, real.shape[1])).astype(np.float32) * np.float32(NOISE / real.shape[1] ** 0.5)
    mixed = real[pairs[:, 0]] + real[pairs[:, 1]]
    mixed /= np.linalg.norm(mixed, axis=1, keepdims=True)
    mixed += noise
    return np.concatenate([real, mixed / np.linalg.norm(mixed, axis=1, keepdims=True)])


def compare(vectors: np.ndarray, queries: np.ndarray) -> None:
    dimension = vectors.shape[1]
    truth: np.ndarray | None = None
    exact_ms = 0.0
    for name, make in INDEXES.items():
        started = time.perf_counter()
        index = make(dimension, vectors)
        seconds = time.perf_counter() - started
        found, latencies = searched(index, queries)
        if truth is None:
            truth, exact_ms = found, float(np.median(latencies))
        recall = np.mean([len(set(a) & set(b)) / K for a, b in zip(truth.tolist(), found.tolist(), strict=True)])
        p50, p99 = np.percentile(latencies, [50, 99])
        cells = f"{recall:.3f} | {p50:.2f} | {p99:.2f} | {p50 / exact_ms:.2f}"
        print(f"| {len(vectors):,} | {name} | {seconds:.1f} | {cells} |", flush=True)


def searched(index: faiss.Index, queries: np.ndarray) -> tuple[np.ndarray, Sequence[float]]:
    """Return the ids found (n, K) and the milliseconds of each query, searched one by one."""
    found, latencies = [], []
    for query in queries:
        started = time.perf_counter()
        _, ids = index.search(query[None], K)
        latencies.append((time.perf_counter() - started) * 1e3)
        found.append(ids[0])
    return np.stack(found), latencies


def exact(dimension: int, vectors: np.ndarray) -> faiss.Index:
    index = faiss.IndexFlatIP(dimension)
    index.add(vectors)
    return index


def hnsw(quantiser: int, *, is_wide: bool = False) -> Callable[[int, np.ndarray], faiss.Index]:
    """A graph of the product's shape, over vectors of 8 or 16 bits a dimension."""

    def make(dimension: int, vectors: np.ndarray) -> faiss.Index:
        index = faiss.IndexHNSWSQ(dimension, quantiser, 32, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = 120
        index.hnsw.efSearch = WIDE if is_wide else NARROW
        index.train(vectors[:50_000])
        index.add(vectors)
        return index

    return make


def ivf(probes: int) -> Callable[[int, np.ndarray], faiss.Index]:
    def make(dimension: int, vectors: np.ndarray) -> faiss.Index:
        cells = int(4 * len(vectors) ** 0.5)
        index = faiss.index_factory(dimension, f"IVF{cells},SQ8", faiss.METRIC_INNER_PRODUCT)
        index.cp.niter = 6
        index.train(vectors[: cells * 60])
        index.add(vectors)
        index.nprobe = probes
        return index

    return make


INDEXES: dict[str, Callable[[int, np.ndarray], faiss.Index]] = {
    "exact": exact,
    f"HNSW, 8 bits, width {WIDE}": hnsw(faiss.ScalarQuantizer.QT_8bit, is_wide=True),
    f"HNSW, 16 bits, width {NARROW}": hnsw(faiss.ScalarQuantizer.QT_fp16),
    f"HNSW, 16 bits, width {WIDE}": hnsw(faiss.ScalarQuantizer.QT_fp16, is_wide=True),
    "IVF, 8 bits, 16 probes": ivf(16),
    "IVF, 8 bits, 64 probes": ivf(64),
}


if __name__ == "__main__":
    main()
