"""Reviews as rows of their table, and back."""

from __future__ import annotations

from sqlalchemy import RowMapping

from groundwire.events.codec import from_plain, to_plain
from groundwire.events.escaping import escape, unescape
from groundwire.review.records import ClaimSnapshot, Decision, DocumentIssue, Judgement, Review, RightPassage

Row = dict[str, object]


def review_row(review: Review) -> Row:
    """Return the row of a review; nothing is lost, and every database can hold it."""
    decision = review.decision
    start, end = decision.span or (None, None)
    return {
        "id": review.id,
        "event_id": review.event_id,
        "fingerprint": review.fingerprint,
        "created_at": review.created_at,
        "reviewer": escape(review.reviewer),
        "judgement": decision.judgement.value,
        "position": decision.position,
        "span_start": start,
        "span_end": end,
        "corrected": None if decision.corrected is None else escape(decision.corrected),
        "evidence": to_plain(decision.evidence, escape),
        "document_issue": decision.document_issue.value if decision.document_issue else None,
        "note": escape(decision.note),
        "policy": review.policy,
        "policy_version": review.policy_version,
        "verifier": escape(review.verifier),
        "revision": review.revision,
        "claims": to_plain(review.claims, escape),
        "approved_document_id": review.approved_document_id,
    }


def review_from(row: RowMapping) -> Review:
    """Return the review of a row."""
    return Review(
        id=row["id"],
        event_id=row["event_id"],
        created_at=row["created_at"],
        reviewer=unescape(row["reviewer"]),
        decision=_decision(row),
        policy=row["policy"],
        policy_version=row["policy_version"],
        verifier=unescape(row["verifier"]),
        revision=row["revision"],
        claims=tuple(from_plain(ClaimSnapshot, claim, unescape) for claim in row["claims"]),
        approved_document_id=row["approved_document_id"],
        undone_at=row["undone_at"],
        undone_by=None if row["undone_by"] is None else unescape(row["undone_by"]),
        fingerprint=row["fingerprint"],
    )


def _decision(row: RowMapping) -> Decision:
    issue, evidence, corrected = row["document_issue"], row["evidence"], row["corrected"]
    return Decision(
        judgement=Judgement(row["judgement"]),
        position=row["position"],
        span=None if row["span_start"] is None else (row["span_start"], row["span_end"]),
        corrected=None if corrected is None else unescape(corrected),
        evidence=None if evidence is None else from_plain(RightPassage, evidence, unescape),
        document_issue=DocumentIssue(issue) if issue else None,
        note=unescape(row["note"]),
    )
