"""What a calibration found, as text for people and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

from groundwire.api.policy_views import version_head
from groundwire.events.codec import to_plain
from groundwire.events.statistics import Share
from groundwire.policy.versions import PolicyVersion
from groundwire.review.calibration import Calibration
from groundwire.review.curves import Point

_EVERY = 10


def as_json(found: Calibration, proposed: PolicyVersion | None) -> str:
    """Return everything that was found, and the version that was proposed, as one JSON object."""
    version = version_head(proposed).model_dump(mode="json") if proposed else None
    return json.dumps({"calibration": to_plain(found), "proposed": version}, indent=2)


def as_text(found: Calibration, proposed: PolicyVersion | None) -> str:
    """Return the curve, the thresholds that were chosen or why there are none, and what was proposed."""
    basis = found.basis
    lines = [
        f"{basis.labels} labels of {basis.events} answers under policy {basis.policy!r}, {basis.errors} of them errors",
        f"verifier {basis.verifier}" + (f"; {basis.others} labels of another one are left out" if basis.others else ""),
        "",
        f"{'support':>8}  {'precision':<26}recall",
        *(_point(point) for point in found.curve[_EVERY - 1 :: _EVERY] if point.precision.total),
        f"{_point(found.present)}   in force",
        "",
    ]
    return "\n".join([*lines, *_outcome(found, proposed)])


def _outcome(found: Calibration, proposed: PolicyVersion | None) -> Iterator[str]:
    if found.fit is None:
        yield found.refusal
        return
    fit = found.fit
    yield f"thresholds.support {fit.strictness.min_support:g} surely reaches a precision of {found.target:g}:"
    yield f"    precision {_share(fit.point.precision)}, recall {_share(fit.point.recall)}"
    yield f"    on labels held out {_share(fit.held_out)}"
    yield f"thresholds.contradiction {fit.strictness.min_contradiction:g}"
    yield from (f"    {note}" for note in fit.notes)
    if proposed:
        yield f"proposed as version {proposed.number} of policy {proposed.policy!r}, {proposed.state.value}"


def _point(point: Point) -> str:
    return f"{point.threshold:>8.2f}  {_share(point.precision):<26}{_share(point.recall)}"


def _share(share: Share) -> str:
    if share.share is None:
        return "–"
    return f"{share.share:.2f} ({share.low:.2f} to {share.high:.2f})"
