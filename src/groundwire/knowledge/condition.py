"""What an admin should look at in a collection: files that failed, documents without passages, near-duplicates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from groundwire.domain import Passage
from groundwire.knowledge.records import FailedDocument
from groundwire.knowledge.snapshot import CollectionSnapshot
from groundwire.knowledge.store import KnowledgeStore
from groundwire.protocols import Vectors

# Comparing every passage with every other takes seconds beyond this many.
_MOST_COMPARED = 5_000
_MOST_SHOWN = 50
_MIN_SIMILARITY = 0.93
_ROWS_AT_ONCE = 512
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


@dataclass(frozen=True, slots=True)
class SimilarPassages:
    """Two passages of different documents that say nearly the same; where their numbers differ they may conflict."""

    first: Passage
    second: Passage
    similarity: float
    has_same_numbers: bool


@dataclass(frozen=True, slots=True)
class Condition:
    """The state of one collection; `similar` is None where it holds too many passages to compare them all."""

    collection: str
    revision: str
    documents: int
    passages: int
    embedder: str
    failed: tuple[FailedDocument, ...]
    empty: tuple[str, ...]
    similar: tuple[SimilarPassages, ...] | None


def condition_of(store: KnowledgeStore, snapshot: CollectionSnapshot, embedder: str) -> Condition:
    """Examine a collection at a snapshot; takes up to a few seconds."""
    documents = store.documents(snapshot.collection, snapshot.number)
    filled = store.passages.filled_versions([document.version_id for document in documents])
    return Condition(
        collection=snapshot.collection,
        revision=snapshot.revision,
        documents=len(documents),
        passages=len(snapshot.ids),
        embedder=embedder,
        failed=tuple(store.failures.of(snapshot.collection)),
        empty=tuple(document.document_id for document in documents if document.version_id not in filled),
        similar=_similar(snapshot) if len(snapshot.ids) <= _MOST_COMPARED else None,
    )


def _similar(snapshot: CollectionSnapshot) -> tuple[SimilarPassages, ...]:
    ids = sorted(snapshot.ids)
    if len(ids) < 2:
        return ()
    pairs = _near(snapshot.index.vectors(ids))
    numbers = sorted({ids[place] for first, second, _ in pairs for place in (first, second)})
    passages = snapshot.cache.get(numbers)
    found = [
        SimilarPassages(first, second, similarity, _numbers(first) == _numbers(second))
        for place, other, similarity in pairs
        if (first := passages.get(ids[place])) and (second := passages.get(ids[other]))
        if first.document_id != second.document_id
    ]
    return tuple(found[:_MOST_SHOWN])


def _near(vectors: Vectors) -> Sequence[tuple[int, int, float]]:
    """Pairs of rows that are nearly parallel, nearest first."""
    pairs: list[tuple[int, int, float]] = []
    for start in range(0, len(vectors), _ROWS_AT_ONCE):
        cosines = vectors[start : start + _ROWS_AT_ONCE] @ vectors.T
        rows, columns = np.nonzero(cosines >= _MIN_SIMILARITY)
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            if start + row < column:
                pairs.append((start + row, column, min(1.0, float(cosines[row, column]))))
    return sorted(pairs, key=lambda pair: -pair[2])


def _numbers(passage: Passage) -> frozenset[str]:
    return frozenset(_NUMBER.findall(passage.text))
