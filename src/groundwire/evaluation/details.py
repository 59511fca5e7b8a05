"""What was found for each answer, so that mistakes can be read one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from groundwire.domain import Verdict
from groundwire.evaluation.bench import Outcome
from groundwire.evaluation.cases import LabelledFile
from groundwire.evaluation.decisions import is_flagged
from groundwire.evaluation.matching import is_quote_found, judged
from groundwire.evaluation.thresholds import Thresholds


def details_of(file: LabelledFile, outcome: Outcome, thresholds: Thresholds) -> dict[str, object]:
    """Return one answer in JSON form: how it was labelled and flagged, our claims, and a person's beside them."""
    case = outcome.case
    return {
        "file": file.name,
        "id": case.id,
        "task": case.task,
        "answer": case.answer,
        "is_bad": case.is_bad,
        "is_flagged": is_flagged(outcome, thresholds),
        "score": round(outcome.score, 4),
        "action": outcome.action.value,
        "claims": [_verdict(verdict) for verdict in outcome.verdicts],
        "labelled_claims": list(_labelled(outcome)),
        "labelled_spans": [asdict(span) for span in case.spans or ()],
    }


def _verdict(verdict: Verdict) -> dict[str, object]:
    return {
        "text": verdict.claim.text,
        "context": verdict.claim.context,
        "start": verdict.claim.start,
        "end": verdict.claim.end,
        "label": verdict.label.value,
        "support": round(verdict.support, 4),
        "reason": verdict.reason,
        "spans": [list(span) for span in verdict.spans],
        "evidence": [{"document_id": one.document_id, "quote": one.quote} for one in verdict.evidence],
    }


def _labelled(outcome: Outcome) -> Iterator[dict[str, object]]:
    for claim in outcome.case.claims:
        found = judged(claim, outcome.verdicts, outcome.hits)
        yield {
            "text": claim.text,
            "label": claim.label.value if claim.label else "no_claim",
            "kind": claim.kind,
            "judged": found.label.value,
            "support": round(found.support, 4),
            "is_matched": found.is_matched,
            "quotes": [asdict(quote) for quote in claim.quotes],
            "is_retrieved": is_quote_found(claim.quotes, found.hits) if claim.quotes else None,
        }
