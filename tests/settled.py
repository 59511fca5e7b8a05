"""Claims whose truth people settled, for tests of calibration."""

from __future__ import annotations

from collections.abc import Sequence

from groundwire.domain import Label, Strictness
from groundwire.review.labels import LabelledClaim
from stored import NOON

VERIFIER, POLICY = "rules-1", "default"


def claims(
    errors: Sequence[float] = (), right: Sequence[float] = (), *, contradiction: float = 0.9, **changes: object
) -> list[LabelledClaim]:
    """Return claims with these supports, three an answer; `contradiction` is its share of what support lacks."""
    found = []
    for place, (support, is_error) in enumerate([*((s, True) for s in errors), *((s, False) for s in right)]):
        chance = contradiction * (1 - support)
        values = {
            "event_id": f"evt_{place // 3:04}",
            "position": place % 3,
            "label": Strictness().label_of(support, chance),
            "support": support,
            "contradiction": chance,
            "is_error": is_error,
            "policy": POLICY,
            "verifier": VERIFIER,
            "reviewed_at": NOON,
        }
        found.append(LabelledClaim(**values | changes))
    assert Label.UNVERIFIED not in {claim.label for claim in found}
    return found
