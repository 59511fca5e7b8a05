"""Reviews as JSON lines or CSV, page by page, so that any number fits into memory."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence

from groundwire.events.codec import Plain, to_plain
from groundwire.events.export import ExportFormat, csv_lines
from groundwire.review.filters import ReviewFilter
from groundwire.review.records import Review
from groundwire.review.store import ReviewStore

_PAGE = 500
CSV_COLUMNS = (
    "id",
    "event_id",
    "created_at",
    "reviewer",
    "judgement",
    "position",
    "span_start",
    "span_end",
    "document_issue",
    "corrected",
    "right_document",
    "right_quote",
    "note",
    "policy",
    "policy_version",
    "verifier",
    "revision",
    "approved_document_id",
    "undone_at",
    "undone_by",
)


async def export_reviews(store: ReviewStore, wanted: ReviewFilter, kind: ExportFormat) -> AsyncIterator[str]:
    """Yield the reviews that match, newest first, in pieces of text; a CSV begins with its header row."""
    if kind is ExportFormat.CSV:
        yield csv_lines([CSV_COLUMNS])
    before: str | None = None
    while page := await store.find(wanted, _PAGE, before):
        if kind is ExportFormat.CSV:
            yield csv_lines(map(_cells, page))
        else:
            yield "".join(json.dumps(review_record(review)) + "\n" for review in page)
        before = page[-1].id


def review_record(review: Review) -> dict[str, Plain]:
    """Return a review as JSON values: its fields, with those of its decision among them."""
    plain = to_plain(review)
    assert isinstance(plain, dict)
    decision = plain.pop("decision")
    assert isinstance(decision, dict)
    # It said how the decision was to be taken, not what it is.
    del decision["is_addition"]
    span = review.decision.span
    return plain | decision | {"span": {"start": span[0], "end": span[1]} if span else None}


def _cells(review: Review) -> Sequence[object]:
    decision = review.decision
    start, end = decision.span or ("", "")
    evidence, undone_at = decision.evidence, review.undone_at
    cells = (
        review.id,
        review.event_id,
        review.created_at.isoformat(),
        review.reviewer,
        decision.judgement.value,
        decision.position,
        start,
        end,
        decision.document_issue,
        decision.corrected,
        evidence.document_id if evidence else None,
        evidence.quote if evidence else None,
        decision.note,
        review.policy,
        review.policy_version,
        review.verifier,
        review.revision,
        review.approved_document_id,
        undone_at.isoformat() if undone_at else None,
        review.undone_by,
    )
    return ["" if cell is None else cell for cell in cells]
