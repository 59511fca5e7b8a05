"""The figures by claim and the figures of retrieval, for answers whose claims a person judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from groundwire.evaluation.baselines import missing_words, stems_of, word_count
from groundwire.evaluation.bench import Outcome
from groundwire.evaluation.bootstrap import Figure, Resampler
from groundwire.evaluation.items import Items, by_name
from groundwire.evaluation.matching import JudgedClaim, is_document_found, is_quote_found, judged
from groundwire.evaluation.metrics import calibration_error, share
from groundwire.evaluation.scores import ClaimScores, KindScores, RetrievalScores


@dataclass(frozen=True, slots=True)
class PlacedClaim:
    """A judged claim with the place of its answer among all answers."""

    answer: int
    judged: JudgedClaim

    @property
    def row(self) -> tuple[bool, bool, float, int]:
        """Whether it is bad and flagged, how bad it looks, and its answer."""
        return self.judged.claim.is_bad, self.judged.is_flagged, 1.0 - self.judged.support, self.answer


def judged_claims(outcomes: Sequence[Outcome]) -> list[PlacedClaim]:
    """Return all claims that a person judged, each with our verdict."""
    return [
        PlacedClaim(place, judged(claim, outcome.verdicts, outcome.hits))
        for place, outcome in enumerate(outcomes)
        for claim in outcome.case.claims
    ]


def claim_scores(claims: Sequence[PlacedClaim], resampler: Resampler) -> ClaimScores:
    """Return the figures by claim; claims that assert nothing are left out."""
    asserting = [claim for claim in claims if claim.judged.claim.label is not None]
    items = Items.of((claim.row for claim in asserting), resampler)
    same = np.array([claim.judged.label is claim.judged.claim.label for claim in asserting], dtype=np.bool_)
    overlap = [missing_words(claim.judged.claim.text, stems_of(claim.judged.hits)) for claim in asserting]
    return ClaimScores(
        detection=items.detection(),
        unmatched=sum(not claim.judged.is_matched for claim in asserting),
        same_label=resampler.figure(lambda weights: share(weights, same, np.ones(len(same))), items.answers),
        calibration_error=resampler.figure(
            lambda weights: calibration_error(weights, ~items.bad, 1.0 - items.scores), items.answers
        ),
        baselines=items.baselines(overlap, [word_count(claim.judged.claim.text) for claim in asserting]),
    )


def kinds_of_claims(claims: Sequence[PlacedClaim], resampler: Resampler) -> dict[str, KindScores]:
    """Return what was found of each kind of claim."""
    items = Items.of((claim.row for claim in claims), resampler)
    retrieved = [_has_evidence(claim.judged) for claim in claims]
    named = by_name([claim.judged.claim.kind or "(none)" for claim in claims])
    return {kind: items.kind(places, [retrieved[place] for place in places]) for kind, places in named.items()}


def retrieval_scores(claims: Sequence[PlacedClaim], resampler: Resampler) -> RetrievalScores:
    """Return how often the documents and the words that decide a claim were retrieved for it."""
    quoted = [claim for claim in claims if claim.judged.claim.quotes and claim.judged.is_matched]
    answers = np.array([claim.answer for claim in quoted], dtype=np.int64)

    def rate(found: list[bool]) -> Figure:
        return resampler.figure(lambda weights: share(weights, found, np.ones(len(found))), answers)

    return RetrievalScores(
        n=len(quoted),
        documents=rate([is_document_found(claim.judged.claim.quotes, claim.judged.hits) for claim in quoted]),
        quotes=rate([_has_evidence(claim.judged) for claim in quoted]),
    )


def _has_evidence(found: JudgedClaim) -> bool:
    return bool(found.claim.quotes) and is_quote_found(found.claim.quotes, found.hits)
