"""Where an answer's score becomes a decision: chosen on development data and shipped, never on the reported set."""

from __future__ import annotations

from dataclasses import dataclass

from groundwire.domain import Strictness
from groundwire.evaluation.cases import Format

# The answer score (highest 1 - support of a claim, 0 to 1) from which on an answer counts as bad, for evidence that
# comes with the answer. Formats that are not listed follow the policy:
# an answer is bad when any claim is not supported.
SHIPPED: dict[Format, float] = {}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The thresholds in force; `answer` is None where the labels that the policy's strictness gives decide."""

    strictness: Strictness
    answer: float | None = None

    def to_json(self) -> dict[str, object]:
        """Return the values and where they come from."""
        return {
            "support": self.strictness.min_support,
            "contradiction": self.strictness.min_contradiction,
            "answer": self.answer,
            "chosen_on": "the policy's settings" if self.answer is None else "development data, shipped",
        }


def thresholds_for(found: Format, strictness: Strictness, *, is_default: bool) -> Thresholds:
    """Return the shipped threshold for a format, unless the policy is not the default one and so decides itself."""
    return Thresholds(strictness, SHIPPED.get(found) if is_default else None)
