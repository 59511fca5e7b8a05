"""The verifier: values, alignment, polarity and entailment measured, one fitted model, a label, a reason and the quote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from groundwire.domain import Claim, Hit, Label, Question, Strictness, Verdict
from groundwire.protocols import EncoderModel
from groundwire.verification.alignment import WordVectorCache
from groundwire.verification.entailment import Entailment, Judgement
from groundwire.verification.features import Candidate, Preparation, align, features, prepare
from groundwire.verification.premise import claim_text, evidence_text
from groundwire.verification.selection import Selector
from groundwire.verification.trees import TreeEnsemble
from groundwire.verification.verdicts import verdict

LABELS = (Label.SUPPORTED, Label.CONTRADICTED, Label.UNSUPPORTED)


@dataclass(frozen=True, slots=True)
class Measurement:
    """Everything that is known about one claim before the label: what it was compared with, and the numbers."""

    prepared: Preparation
    candidates: Sequence[Candidate]
    judgement: Judgement | None
    features: dict[str, float]


class EvidenceVerifier:
    """Judges claims from what the documents say about them; safe to use from several threads."""

    def __init__(
        self, embedder: EncoderModel, entailment: Entailment | None, model: TreeEnsemble, *, name: str
    ) -> None:
        self._selector = Selector(embedder)
        self._vectors = WordVectorCache(embedder)
        self._entailment = entailment
        self._model = model
        self._name = name

    @property
    def name(self) -> str:
        """Names the rules and the fitted models."""
        return self._name

    def verify(
        self, claims: Sequence[Claim], evidence: Sequence[Sequence[Hit]], question: Question, strictness: Strictness
    ) -> list[Verdict]:
        """Return one verdict a claim, in input order."""
        if not claims:
            return []
        measured = self.measure(claims, evidence, question)
        table = np.array([[one.features[name] for name in self._model.names] for one in measured], dtype=np.float32)
        return [
            replace(
                verdict(
                    one.prepared,
                    [candidate.reading for candidate in one.candidates],
                    dict(zip(LABELS, map(float, chances), strict=True)),
                    one.judgement.spans if one.judgement else (),
                    strictness,
                ),
                is_cut=one.judgement is not None and one.judgement.is_cut,
            )
            for one, chances in zip(measured, self._model.probabilities(table), strict=True)
        ]

    def measure(
        self, claims: Sequence[Claim], evidence: Sequence[Sequence[Hit]], question: Question
    ) -> list[Measurement]:
        """Return what is measured about each claim."""
        prepared = [
            prepare(claim, hits, question, self._selector) for claim, hits in zip(claims, evidence, strict=True)
        ]
        texts = {one.claim.text for one in prepared}
        texts |= {reading.rendered for one in prepared for reading in one.chosen}
        vectors = self._vectors.get(sorted(texts))
        judgements = self._judge(prepared, question)
        found = []
        for one, judgement in zip(prepared, judgements, strict=True):
            candidates = align(one, vectors)
            found.append(Measurement(one, candidates, judgement, features(one, candidates, judgement)))
        return found

    def _judge(self, prepared: Sequence[Preparation], question: Question) -> Sequence[Judgement | None]:
        if self._entailment is None:
            return [None] * len(prepared)
        return self._entailment.judge(
            [(evidence_text(one.chosen), claim_text(one.claim, question)) for one in prepared]
        )
