"""Matches every content word of a claim to its best counterpart in the evidence, by contextual token vectors.

The soft word alignment of BERTScore (Zhang et al. 2020, https://arxiv.org/abs/1904.09675), taken word by word and
weighted by rarity, so that a word the evidence does not carry is found and can be named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
import numpy.typing as npt

from groundwire.protocols import TokenEmbedder, TokenVectors
from groundwire.verification.words import Word, content_words

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class WordVectors:
    """The content words of one text and their vectors: `vectors` is (words, dimension), rows of unit length.

    `mean` is the unit-length mean of all token vectors, the vector of the text as a whole.
    """

    words: tuple[Word, ...]
    vectors: Floats
    mean: Floats


def word_vectors(text: str, tokens: TokenVectors) -> WordVectors:
    """Pool token vectors to one vector a content word."""
    words = content_words(text)
    dimension = tokens.vectors.shape[1] if tokens.vectors.ndim == 2 else 0
    pooled = np.zeros((len(words), dimension), dtype=np.float32)
    starts, ends = tokens.spans[:, 0], tokens.spans[:, 1]
    for row, word in enumerate(words):
        inside = (starts < word.end) & (ends > word.start)
        if inside.any():
            pooled[row] = tokens.vectors[inside].mean(axis=0)
    mean = tokens.vectors.mean(axis=0) if len(tokens.vectors) else np.zeros(dimension, dtype=np.float32)
    return WordVectors(words, _unit(pooled), _unit(mean[None, :])[0])


def similarities(claim: WordVectors, evidence: WordVectors) -> Floats:
    """Return, for each content word of the claim, the best cosine with a word of the evidence, 0 to 1.

    A word whose stem stands in the evidence counts as 1, whatever its vector says.
    """
    best = np.zeros(len(claim.words), dtype=np.float32)
    if len(evidence.words) and len(claim.words):
        best = np.clip((claim.vectors @ evidence.vectors.T).max(axis=1), 0.0, 1.0)
    stems = {word.stem for word in evidence.words}
    for row, word in enumerate(claim.words):
        if word.stem in stems:
            best[row] = 1.0
    return best


def union(parts: Sequence[Floats], count: int) -> Floats:
    """Return the best of several alignments of the same `count` words; zeros where there is none."""
    return np.max(np.stack(parts), axis=0) if parts else np.zeros(count, dtype=np.float32)


def _unit(rows: Floats) -> Floats:
    norms = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.maximum(norms, 1e-9), dtype=np.float32)


class WordVectorCache:
    """Word vectors by text; the sentences of busy documents come again and again."""

    def __init__(self, embedder: TokenEmbedder, size: int = 1_000) -> None:
        self._embedder = embedder
        self._size = size
        self._kept: dict[str, WordVectors] = {}
        self._lock = Lock()

    def get(self, texts: Sequence[str]) -> dict[str, WordVectors]:
        """Return the vectors of these texts."""
        with self._lock:
            found = {text: self._kept[text] for text in texts if text in self._kept}
        missing = [text for text in texts if text not in found]
        if missing:
            tokens = self._embedder.embed_tokens(missing)
            fresh = {text: word_vectors(text, one) for text, one in zip(missing, tokens, strict=True)}
            found |= fresh
            self._keep(fresh)
        return found

    def _keep(self, fresh: dict[str, WordVectors]) -> None:
        with self._lock:
            self._kept |= fresh
            for text in list(self._kept)[: max(0, len(self._kept) - self._size)]:
                del self._kept[text]
