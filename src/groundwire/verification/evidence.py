"""The verifier: values, alignment and polarity measured, one fitted model, a label, a reason and the deciding quote."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import numpy as np

from groundwire.domain import Claim, Hit, Label, Question, Strictness, Verdict
from groundwire.protocols import TokenEmbedder
from groundwire.verification.alignment import WordVectors, word_vectors
from groundwire.verification.features import Candidate, Preparation, align, features, prepare
from groundwire.verification.trees import TreeEnsemble
from groundwire.verification.verdicts import verdict

LABELS = (Label.SUPPORTED, Label.CONTRADICTED, Label.UNSUPPORTED)
_CACHED_TEXTS = 4_000


class EvidenceVerifier:
    """Judges claims from what the documents say about them; safe to use from several threads."""

    def __init__(self, embedder: TokenEmbedder, model: TreeEnsemble, *, name: str) -> None:
        self._vectors = WordVectorCache(embedder)
        self._model = model
        self._name = name

    @property
    def name(self) -> str:
        """Names the rules and the fitted model."""
        return self._name

    def verify(
        self, claims: Sequence[Claim], evidence: Sequence[Sequence[Hit]], question: Question, strictness: Strictness
    ) -> list[Verdict]:
        """Return one verdict a claim, in input order."""
        if not claims:
            return []
        prepared = [prepare(claim, hits, question) for claim, hits in zip(claims, evidence, strict=True)]
        candidates = self.measure(prepared)
        rows = [features(one, found) for one, found in zip(prepared, candidates, strict=True)]
        table = np.array([[row[name] for name in self._model.names] for row in rows], dtype=np.float32)
        probabilities = self._model.probabilities(table)
        return [
            verdict(one, found, dict(zip(LABELS, map(float, chances), strict=True)), strictness)
            for one, found, chances in zip(prepared, candidates, probabilities, strict=True)
        ]

    def measure(self, prepared: Sequence[Preparation]) -> list[list[Candidate]]:
        """Align each claim with its chosen statements; all texts of all claims go through the encoder together."""
        texts = {one.claim.text for one in prepared}
        texts |= {reading.rendered for one in prepared for reading in one.chosen}
        vectors = self._vectors.get(sorted(texts))
        return [align(one, vectors) for one in prepared]


class WordVectorCache:
    """Word vectors by text; the sentences of busy documents come again and again."""

    def __init__(self, embedder: TokenEmbedder, size: int = _CACHED_TEXTS) -> None:
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


def load_model(folder: Path) -> TreeEnsemble:
    """Read the fitted model that ships with the package; raises CheckError."""
    return TreeEnsemble.load(folder / "trees.npz")
