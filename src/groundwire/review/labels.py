"""Reviews as labelled claims: what calibration and regression cases take as the truth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from groundwire.domain import Label
from groundwire.review.records import ClaimSnapshot, Judgement, Review


@dataclass(frozen=True, slots=True)
class LabelledClaim:
    """A claim whose truth a person settled, beside what the check had said of it.

    `label`, `support` and `contradiction` (0 to 1) are those of the check, under the named policy and verifier;
    `is_error` says whether the claim really was wrong or made up.
    """

    event_id: str
    position: int
    label: Label
    support: float
    contradiction: float
    is_error: bool
    policy: str
    verifier: str
    reviewed_at: datetime


def labelled_claims(reviews: Iterable[Review]) -> list[LabelledClaim]:
    """Return the claims that these reviews settle, by event and position; of several words on one the newest counts.

    Undone reviews count for nothing, and whoever is not sure takes nothing back. Claims that the check could not judge
    are left out, for they carry no probabilities.
    """
    found: dict[tuple[str, int], LabelledClaim] = {}
    for review in sorted(reviews, key=lambda each: (each.created_at, each.id)):
        for claim in review.claims:
            if (is_error := verdict_of(review, claim)) is not None:
                found[review.event_id, claim.position] = _labelled(review, claim, is_error)
    return [found[key] for key in sorted(found)]


def verdict_of(review: Review, claim: ClaimSnapshot) -> bool | None:
    """Return whether the claim is an error by this review, or None where the review does not say."""
    decision = review.decision
    is_other = decision.position is not None and decision.position != claim.position
    if not review.is_standing or is_other or claim.label is Label.UNVERIFIED:
        return None
    if decision.judgement is Judgement.RIGHT:
        return claim.is_flagged
    if decision.judgement is Judgement.FALSE_ALARM:
        return False
    if decision.judgement is Judgement.MISSED:
        is_meant = claim.overlaps(decision.span) if decision.span else decision.position is not None
        return True if is_meant else None
    return None


def _labelled(review: Review, claim: ClaimSnapshot, is_error: bool) -> LabelledClaim:
    return LabelledClaim(
        event_id=review.event_id,
        position=claim.position,
        label=claim.label,
        support=claim.support,
        contradiction=claim.contradiction,
        is_error=is_error,
        policy=review.policy,
        verifier=review.verifier,
        reviewed_at=review.created_at,
    )
