"""The figures of one file, and their JSON form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from groundwire.evaluation.bootstrap import Figure
from groundwire.evaluation.cases import Format
from groundwire.evaluation.thresholds import Thresholds


def figures_of(scores: object) -> dict[str, object]:
    """Return the fields of a dataclass of figures in JSON form."""
    shown = {item.name: getattr(scores, item.name) for item in fields(scores)}  # type: ignore[arg-type]
    return {name: value.to_json() if hasattr(value, "to_json") else value for name, value in shown.items()}


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a trivial detector reaches; `chosen_on` says where the thresholds of f1 and balanced accuracy come from."""

    auc: Figure
    f1: Figure
    balanced_accuracy: Figure
    chosen_on: str

    def to_json(self) -> dict[str, object]:
        """Return its fields in JSON form."""
        return figures_of(self)


@dataclass(frozen=True, slots=True)
class Detection:
    """How well bad items are told from good ones; `clean_flagged` is the share of good ones that are flagged."""

    n: int
    bad: int
    precision: Figure
    recall: Figure
    f1: Figure
    balanced_accuracy: Figure
    auc: Figure
    clean_flagged: Figure
    span_f1: Figure | None = None

    def to_json(self) -> dict[str, object]:
        """Return its fields in JSON form."""
        return figures_of(self)


@dataclass(frozen=True, slots=True)
class KindScores:
    """What was found of one kind: `recall` of its bad items, `false_alarms` among its good ones.

    `recall_retrieved` is the recall of the bad items whose deciding words were retrieved.
    """

    n: int
    bad: int
    recall: Figure
    false_alarms: Figure
    recall_retrieved: Figure = field(default_factory=Figure)

    def to_json(self) -> dict[str, object]:
        """Return its fields in JSON form."""
        return figures_of(self)


@dataclass(frozen=True, slots=True)
class ClaimScores:
    """The figures by claim, where a person judged claims; claims that assert nothing are left out.

    `unmatched` counts a person's claims that none of ours overlaps: they were let through. `same_label` is the share of
    claims with exactly the person's label, `calibration_error` the expected one of `support`, over 15 bins.
    """

    detection: Detection
    unmatched: int
    same_label: Figure
    calibration_error: Figure
    baselines: Mapping[str, Baseline]

    def to_json(self) -> dict[str, object]:
        """Return its fields in JSON form, the detection's among them."""
        own = {"unmatched": self.unmatched, "same_label": self.same_label.to_json()}
        shown = {name: baseline.to_json() for name, baseline in self.baselines.items()}
        ece = self.calibration_error.to_json()
        return {**self.detection.to_json(), **own, "calibration_error": ece, "baselines": shown}


@dataclass(frozen=True, slots=True)
class RetrievalScores:
    """How often all documents, and all quotes, that decide a claim were among the passages retrieved for it."""

    n: int
    documents: Figure
    quotes: Figure

    def to_json(self) -> dict[str, object]:
        """Return its fields in JSON form."""
        return figures_of(self)


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds for each claim: the whole check, retrieval in it, and the rest; and how many claims there were."""

    claims: int
    check: Figure
    retrieval: Figure
    verdict: Figure


@dataclass(frozen=True, slots=True)
class Scores:
    """All figures of one file."""

    file: str
    format: Format
    sources: tuple[str, ...]
    verifier: str
    answers: Detection
    cost: Cost
    baselines: Mapping[str, Baseline]
    by_kind: Mapping[str, KindScores]
    by_task: Mapping[str, Detection]
    thresholds: Thresholds
    claims: ClaimScores | None
    retrieval: RetrievalScores | None
    without_claim: int
    unverified: int

    def to_json(self) -> dict[str, object]:
        """Return everything as one JSON object; a figure is `{value, low, high}`, None where it is not defined."""
        return {
            "file": self.file,
            "format": self.format.value,
            "sources": list(self.sources),
            "verifier": self.verifier,
            **self.answers.to_json(),
            "span_f1": (self.answers.span_f1 or Figure()).to_json(),
            "ms_per_claim": self.cost.check.to_json(),
            "retrieval_ms_per_claim": self.cost.retrieval.to_json(),
            "verdict_ms_per_claim": self.cost.verdict.to_json(),
            "checked_claims": self.cost.claims,
            "answers_without_claim": self.without_claim,
            "unverified_claims": self.unverified,
            "by_kind": {name: scores.to_json() for name, scores in self.by_kind.items()},
            "by_task": {name: scores.to_json() for name, scores in self.by_task.items()},
            "baselines": {name: baseline.to_json() for name, baseline in self.baselines.items()},
            "thresholds": self.thresholds.to_json(),
            "claims": self.claims.to_json() if self.claims else None,
            "retrieval": self.retrieval.to_json() if self.retrieval else None,
        }
