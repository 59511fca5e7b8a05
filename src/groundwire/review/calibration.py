"""Fits the thresholds of a policy to what reviewers said of claims; the same labels always give the same thresholds."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from groundwire.domain import Label, Strictness
from groundwire.errors import BadRequest
from groundwire.events.statistics import Share, share_of
from groundwire.review.curves import GRID, Point, best, curve, needed, point_at
from groundwire.review.labels import LabelledClaim

MIN_LABELS = 50
MIN_OF_EACH = 10
_PARTS = 5
LEAST_TARGET, MOST_TARGET = 0.5, 0.99


@dataclass(frozen=True, slots=True)
class Basis:
    """What a calibration rests on: labels of claims that this verifier judged under this policy.

    `others` labels are left out because another verifier had judged their claims.
    """

    policy: str
    verifier: str
    labels: int
    errors: int
    events: int
    others: int


@dataclass(frozen=True, slots=True)
class Fit:
    """The thresholds that were found, and what they come to.

    `point` is measured on the very labels that the threshold was chosen on; `held_out` is the precision on labels that
    had no part in the choice, pooled over `parts` of five parts.
    """

    strictness: Strictness
    point: Point
    held_out: Share
    parts: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fit, or why there is none; `missing` labels more are needed, as far as that can be told."""

    basis: Basis
    target: float
    curve: tuple[Point, ...]
    present: Point
    fit: Fit | None = None
    refusal: str = ""
    missing: int = 0

    @property
    def note(self) -> str:
        """What to say of a version that has these thresholds."""
        if self.fit is None:
            return ""
        labels = f"{self.basis.labels} labels of {self.basis.events} answers"
        measured = f"measured {_shown(self.fit.point.precision)}, held out {_shown(self.fit.held_out)}"
        return f"calibrated on {labels} for a precision of {self.target:g}: {measured}"


def calibrate(
    labelled: Sequence[LabelledClaim], *, policy: str, verifier: str, strictness: Strictness, target: float
) -> Calibration:
    """Return the thresholds under which the check's objections are surely right in `target` of all cases.

    `strictness` is what the policy has now. Raises BadRequest for a target outside of 0.5 to 0.99.
    """
    if not LEAST_TARGET <= target <= MOST_TARGET:
        allowed = f"from {LEAST_TARGET} to {MOST_TARGET}"
        raise BadRequest(f"The target precision must be {allowed}, not {target!r}.", param="target_precision")
    of_policy = [claim for claim in labelled if claim.policy == policy]
    claims = [claim for claim in of_policy if claim.verifier == verifier]
    basis = _basis(policy, verifier, claims, len(of_policy) - len(claims))
    points, present = curve(claims), point_at(claims, strictness.min_support)
    missing = _missing(basis)
    if missing:
        return Calibration(basis, target, points, present, refusal=_too_few(missing), missing=missing)
    chosen = best(points, target)
    if chosen is None:
        more = _more_for(points, target)
        return Calibration(basis, target, points, present, refusal=_unreached(points, target, more), missing=more or 0)
    fit = _fit(claims, chosen, strictness, target)
    return Calibration(basis, target, points, present, replace(fit, notes=(*_price(chosen, present), *fit.notes)))


def _basis(policy: str, verifier: str, claims: Sequence[LabelledClaim], others: int) -> Basis:
    errors = sum(claim.is_error for claim in claims)
    return Basis(policy, verifier, len(claims), errors, len({claim.event_id for claim in claims}), others)


def _missing(basis: Basis) -> int:
    """Return how many labels are missing before anything can be said."""
    right = basis.labels - basis.errors
    of_each = max(0, MIN_OF_EACH - basis.errors) + max(0, MIN_OF_EACH - right)
    return max(MIN_LABELS - basis.labels, of_each, 0)


def _too_few(missing: int) -> str:
    labels = "label is" if missing == 1 else "labels are"
    kinds = f"at least {MIN_OF_EACH} errors and {MIN_OF_EACH} right claims among them"
    return f"{missing} more {labels} needed: {MIN_LABELS} in all, {kinds}."


def _more_for(points: Sequence[Point], target: float) -> int | None:
    """Return how many more objections would do if they were as often right as the best ones so far."""
    enough = [point for point in points if point.precision.share is not None and point.precision.share > target]
    counts = [
        count - point.precision.total for point in enough if (count := needed(point.precision.share or 0.0, target))
    ]
    return max(1, min(counts)) if counts else None


def _unreached(points: Sequence[Point], target: float, more: int | None) -> str:
    top = max((point for point in points if point.precision.total), key=lambda point: point.precision.low, default=None)
    reached = f"the best is {_shown(top.precision)} at {top.threshold:g}" if top else "it objects to nothing"
    if more is None:
        return f"No threshold reaches a precision of {target:g}: {reached}. Choose a lower target."
    return (
        f"No threshold surely reaches a precision of {target:g}: {reached}. About {more} more labels of claims that "
        "the check objects to may be enough; or choose a lower target."
    )


def _shown(share: Share) -> str:
    return f"{share.share or 0.0:.2f} ({share.low:.2f} to {share.high:.2f})"


def _fit(claims: Sequence[LabelledClaim], chosen: Point, strictness: Strictness, target: float) -> Fit:
    contradiction, notes = _contradiction(claims, chosen.threshold, strictness.min_contradiction, target)
    held_out, parts = _held_out(claims, target)
    if parts < _PARTS:
        notes.append(f"in {_PARTS - parts} of {_PARTS} parts the other labels alone were too few for a choice")
    if held_out.share is not None and held_out.share < target:
        notes.append("on labels that had no part in the choice the precision stayed below the target")
    return Fit(Strictness(chosen.threshold, contradiction), chosen, held_out, parts, tuple(notes))


def _price(chosen: Point, present: Point) -> tuple[str, ...]:
    """Say what a higher precision costs."""
    found, before = chosen.recall.share, present.recall.share
    if found is None or before is None or found >= before:
        return ()
    return (f"these thresholds find {found:.0%} of the errors, those in force {before:.0%}",)


def _contradiction(
    claims: Sequence[LabelledClaim], min_support: float, present: float, target: float
) -> tuple[float, list[str]]:
    """Return the lowest threshold, from the present one on, at which contradicted claims are errors often enough.

    People say whether a claim is wrong, not whether the documents contradict it, so there is no reason to lower it.
    """
    for threshold in (present, *(value for value in GRID if value > present)):
        limits = Strictness(min_support, threshold)
        found = [claim for claim in claims if limits.label_of(claim.support, claim.contradiction) is Label.CONTRADICTED]
        if not found:
            break
        if sum(claim.is_error for claim in found) >= target * len(found):
            return threshold, []
    return present, ["no threshold of contradiction was found to be better than the present one"]


def _held_out(claims: Sequence[LabelledClaim], target: float) -> tuple[Share, int]:
    """Return the precision on each of five parts under the threshold that the other four give, and in how many parts.

    Claims of one answer stay together, for they are alike.
    """
    right = objected = parts = 0
    for part in range(_PARTS):
        inside = [claim for claim in claims if _part(claim.event_id) == part]
        chosen = best(curve([claim for claim in claims if _part(claim.event_id) != part]), target)
        if chosen is None:
            continue
        parts += 1
        hit = [claim for claim in inside if claim.support < chosen.threshold]
        right, objected = right + sum(claim.is_error for claim in hit), objected + len(hit)
    return share_of(right, objected), parts


def _part(event_id: str) -> int:
    return int(hashlib.sha256(event_id.encode()).hexdigest(), 16) % _PARTS
