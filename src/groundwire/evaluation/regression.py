"""Regression cases: what people settled of answers, beside what the check says of them now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from groundwire.domain import Label
from groundwire.evaluation.bench import Outcome
from groundwire.evaluation.cases import Case, LabelledClaim
from groundwire.evaluation.formats import knowledge_base_case
from groundwire.evaluation.matching import judged
from groundwire.evaluation.records import Record


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A claim of a case: the label that a person expects and the one that the check finds."""

    text: str
    expected: Label
    found: Label

    @property
    def passes(self) -> bool:
        """Whether an error is found, under either name, and what is sound is supported."""
        if self.expected is Label.SUPPORTED:
            return self.found is Label.SUPPORTED
        return self.found in {Label.CONTRADICTED, Label.UNSUPPORTED}


@dataclass(frozen=True, slots=True)
class CheckedCase:
    """What became of a case; `problem` says why it could not be checked."""

    id: str
    name: str
    claims: tuple[CheckedClaim, ...] = ()
    problem: str = ""

    @property
    def passes(self) -> bool:
        """Whether it was checked and every claim came out as expected."""
        return not self.problem and all(claim.passes for claim in self.claims)

    def to_json(self) -> dict[str, object]:
        """Return the case as JSON values."""
        claims = [
            {"text": claim.text, "expected": claim.expected.value, "found": claim.found.value, "passes": claim.passes}
            for claim in self.claims
        ]
        return {"id": self.id, "name": self.name, "passes": self.passes, "problem": self.problem, "claims": claims}


def case_of(name: str, record: Mapping[str, object]) -> Case:
    """Return the case of a saved record; raises SettingsError where it can't be read."""
    return knowledge_base_case(Record(f"regression case {name!r}", record))


def checked_case(name: str, outcome: Outcome) -> CheckedCase:
    """Return what the check says now of the claims that a person settled."""
    case = outcome.case
    return CheckedCase(
        case.id, name, tuple(_checked(claim, claim.label, outcome) for claim in case.claims if claim.label)
    )


def _checked(claim: LabelledClaim, expected: Label, outcome: Outcome) -> CheckedClaim:
    return CheckedClaim(claim.text, expected, judged(claim, outcome.verdicts, outcome.hits).label)
