"""Calibration as the command line, the API and the page ask for it: from the stored reviews to a proposal."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from groundwire.domain import Strictness
from groundwire.errors import Conflict
from groundwire.policy.desk import PolicyDesk, Standing
from groundwire.policy.versions import Author, PolicyVersion
from groundwire.review.calibration import Calibration, calibrate
from groundwire.review.filters import ReviewFilter
from groundwire.review.labels import labelled_claims
from groundwire.review.records import Review
from groundwire.review.store import ReviewStore
from groundwire.settings import PolicySettings

# The newest reviews say most of what the check does now; more of them hardly narrow an interval.
_MOST_REVIEWS = 2_000


@dataclass(frozen=True, slots=True)
class Calibrations:
    """Calibrates policies on the reviews of claims that the present `verifier` judged."""

    reviews: ReviewStore
    desk: PolicyDesk
    verifier: str

    async def of(self, policy: str, target: float) -> Calibration:
        """Return the calibration of a policy; raises UnknownPolicy, and BadRequest for an impossible target."""
        settings = _settings(await self.desk.find(policy))
        reviews = await self.reviews.find(ReviewFilter(policies=(policy,)), _MOST_REVIEWS)
        strictness = Strictness(settings.thresholds.support, settings.thresholds.contradiction)
        return await asyncio.to_thread(
            _calibrated, reviews, policy=policy, verifier=self.verifier, strictness=strictness, target=target
        )

    async def propose(self, policy: str, found: Calibration, by: str, seen: str) -> PolicyVersion:
        """Propose the thresholds that were found: in shadow, or as a draft while another version is.

        Raises Conflict where none were found, where they are those in force, or where the policy was changed meanwhile.
        """
        if found.fit is None:
            raise Conflict(f"There is nothing to propose. {found.refusal}")
        standing = await self.desk.find(policy)
        settings = _settings(standing)
        strictness = found.fit.strictness
        values = {"support": strictness.min_support, "contradiction": strictness.min_contradiction}
        thresholds = settings.thresholds.model_copy(update=values)
        if thresholds == settings.thresholds:
            raise Conflict("The thresholds that were found are those in force already.")
        changed = settings.model_copy(update={"thresholds": thresholds})
        is_free = standing.history.shadow is None
        return await self.desk.propose(policy, changed, Author(by, found.note), seen, tries=is_free)


def _calibrated(
    reviews: Sequence[Review], *, policy: str, verifier: str, strictness: Strictness, target: float
) -> Calibration:
    labelled = labelled_claims(reviews)
    return calibrate(labelled, policy=policy, verifier=verifier, strictness=strictness, target=target)


def _settings(standing: Standing) -> PolicySettings:
    if standing.version is None or standing.version.settings is None:
        raise Conflict(f"Policy {standing.name!r} is not in force, so there is nothing to calibrate.")
    return standing.version.settings
