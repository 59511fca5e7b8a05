"""The verifier: values, alignment and entailment measured, one fitted decision, a label, a reason and the quote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from groundwire.domain import Claim, Hit, Label, Question, Strictness, Verdict
from groundwire.protocols import EncoderModel
from groundwire.verification.alignment import WordVectorCache
from groundwire.verification.decision import Decision
from groundwire.verification.entailment import QUOTED, Entailment, Judgement
from groundwire.verification.features import ALIGNED, Candidate, Choice, Preparation, align, features, prepare
from groundwire.verification.premise import claim_text, evidence_text, written_spans
from groundwire.verification.quotation import quoted
from groundwire.verification.restating import computed, restate
from groundwire.verification.selection import Selector, glance
from groundwire.verification.units import Reading
from groundwire.verification.verdicts import verdict

# How often a claim with a surely refuted value is right after all while the network gives it less than SURE_SUPPORT:
# measured on the answers that the decision was fitted on, mistakes as frequent as in real answers.
SURE_SUPPORT = 0.9
REFUTED_SUPPORT = 0.42
# How likely a claim has to follow from what is read at first for that to be enough. Chosen where reading more no longer
# made answers of the held-back sets come out better; about half of all claims are that sure. No policy has a say in it,
# because a claim's support is to be the same under all of them.
SURE_AT_A_GLANCE = 0.95
LABELS = (Label.SUPPORTED, Label.CONTRADICTED, Label.UNSUPPORTED)

Asked = tuple[Claim, Sequence[Hit]]
Chances = dict[Label, float]


@dataclass(frozen=True, slots=True)
class Measurement:
    """Everything that is known about one claim before the label: what it was compared with, and the numbers."""

    prepared: Preparation
    candidates: Sequence[Candidate]
    judgement: Judgement
    features: dict[str, float]


class EvidenceVerifier:
    """Judges claims from what the documents say about them; safe to use from several threads."""

    def __init__(self, embedder: EncoderModel, entailment: Entailment, model: Decision, *, name: str) -> None:
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
        return [
            replace(
                verdict(one.prepared, _nearest_first(one), _settled(chances, one), one.judgement.spans, strictness),
                is_cut=one.judgement.is_cut,
            )
            for one, chances in self._weighed(list(zip(claims, evidence, strict=True)), question)
        ]

    def measure(
        self, claims: Sequence[Claim], evidence: Sequence[Sequence[Hit]], question: Question
    ) -> list[Measurement]:
        """Return what is measured about each claim when all of its evidence is read."""
        return self._read(list(zip(claims, evidence, strict=True)), question, self._selector.choose)

    def _weighed(self, asked: Sequence[Asked], question: Question) -> list[tuple[Measurement, Chances]]:
        """Read a few statements at first, and all that may matter where those do not carry the claim."""
        weighed = self._with_chances(self._read(asked, question, glance))
        places = [place for place, one in enumerate(weighed) if not _is_carried(*one)]
        again = self._read([asked[place] for place in places], question, self._selector.choose)
        for place, one in zip(places, self._with_chances(again), strict=True):
            weighed[place] = one
        return weighed

    def _read(self, asked: Sequence[Asked], question: Question, choose: Choice) -> list[Measurement]:
        prepared = [prepare(claim, hits, question, choose) for claim, hits in asked]
        texts = {one.claim.text for one in prepared}
        texts |= {reading.rendered for one in prepared for reading in one.chosen[:ALIGNED]}
        vectors = self._vectors.get(sorted(texts))
        found = []
        for one, judgement in zip(prepared, self._judge(prepared, question), strict=True):
            candidates = align(one, vectors)
            found.append(Measurement(one, candidates, judgement, features(one, candidates, judgement)))
        return found

    def _with_chances(self, measured: Sequence[Measurement]) -> list[tuple[Measurement, Chances]]:
        names = self._model.names
        table = np.array([[one.features[name] for name in names] for one in measured], dtype=np.float32)
        rows = self._model.probabilities(table.reshape(-1, len(names)))
        chances = [dict(zip(LABELS, map(float, row), strict=True)) for row in rows]
        return list(zip(measured, chances, strict=True))

    def _judge(self, prepared: Sequence[Preparation], question: Question) -> list[Judgement]:
        """Read what is still open: a claim that repeats a statement word for word needs no network."""
        judgements = [QUOTED] * len(prepared)
        left = [place for place, one in enumerate(prepared) if quoted(one.claim.text, one.chosen) is None]
        restated = [restate(prepared[place].claim, prepared[place].bindings) for place in left]
        pairs = [
            (_premise(prepared[place]), claim_text(one.claim, question))
            for place, one in zip(left, restated, strict=True)
        ]
        for place, one, judgement in zip(left, restated, self._entailment.judge(pairs), strict=True):
            spans = tuple(one.original(span) for span in written_spans(one.claim.text, judgement.spans))
            judgements[place] = replace(judgement, spans=spans)
        return judgements


def _premise(prepared: Preparation) -> str:
    return "\n".join(part for part in (computed(prepared.bindings), evidence_text(prepared.chosen)) if part)


def _is_carried(measured: Measurement, chances: Chances) -> bool:
    """Whether the first statements are enough: the claim follows from them, and nothing speaks against it."""
    is_read = not (measured.judgement.is_cut or _is_refuted(measured))
    return is_read and chances[Label.SUPPORTED] >= SURE_AT_A_GLANCE


def _is_refuted(measured: Measurement) -> bool:
    return measured.features["values_refuted"] > 0


def _settled(chances: Chances, measured: Measurement) -> Chances:
    """Let a value that is surely another one decide, unless the network is sure that the claim follows all the same."""
    if not _is_refuted(measured) or measured.features["entail_supported"] >= SURE_SUPPORT:
        return chances
    support = min(chances[Label.SUPPORTED], REFUTED_SUPPORT)
    contradiction = chances[Label.CONTRADICTED] + chances[Label.SUPPORTED] - support
    return {**chances, Label.SUPPORTED: support, Label.CONTRADICTED: contradiction}


def _nearest_first(measured: Measurement) -> list[Reading]:
    aligned = [candidate.reading for candidate in measured.candidates]
    return [*aligned, *(reading for reading in measured.prepared.chosen if reading not in aligned)]
