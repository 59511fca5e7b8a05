"""Where an answer's score becomes a decision: chosen on development data and shipped, never on the reported set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from groundwire.domain import Strictness
from groundwire.evaluation.cases import Format

# The answer score (highest 1 - support of a claim, 0 to 1) from which on an answer counts as bad, for evidence that
# comes with the answer. Formats that are not listed follow the policy: an answer with any claim that is not supported
# is bad.
SHIPPED: dict[Format, float] = {Format.RAGTRUTH: 0.08, Format.GIVEN_CONTEXT: 0.15}
# Sets whose answers are labelled by another measure than ours, each chosen on that set's development part as its
# literature does (RAGTruth for F1, the others for balanced accuracy); see docs/quality.md.
BY_SET: dict[str, float] = {"RAGTruth": 0.08, "WiCE": 0.35, "SummEdits": 0.3}


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


def thresholds_for(found: Format, strictness: Strictness, *, is_default: bool, sets: Sequence[str] = ()) -> Thresholds:
    """Return the shipped threshold for a format, or for the one set that all answers are from.

    A policy that is not the default one decides itself.
    """
    if not is_default or found not in SHIPPED:
        return Thresholds(strictness)
    of_set = BY_SET.get(sets[0]) if len(sets) == 1 else None
    return Thresholds(strictness, SHIPPED[found] if of_set is None else of_set)
