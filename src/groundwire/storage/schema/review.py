"""The tables of what people say of answers."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from groundwire.storage.schema.columns import METADATA, UtcDateTime

# The answers that wait for a reviewer; a lease keeps two reviewers from getting the same one. What was said several
# times and judged alike has one fingerprint and is one item; its first event stands for all.
review_items = Table(
    "review_items",
    METADATA,
    Column("event_id", ForeignKey("events.id", ondelete="CASCADE"), primary_key=True),
    Column("fingerprint", String(32), nullable=False, unique=True),
    Column("times", Integer, nullable=False),
    Column("priority", Float, nullable=False),
    Column("state", String(16), nullable=False),
    Column("policy", String(64), nullable=False),
    Column("model", String(200), nullable=False),
    Column("app", String(40), nullable=False),
    Column("label", String(16), nullable=False),
    Column("leased_to", String(200)),
    Column("leased_until", UtcDateTime),
    # With the columns of the filters behind those of the order, a queue of any length is searched in the index alone.
    Index(None, "state", "priority", "event_id", "label", "policy", "model", "app"),
)

# What reviewers said. A review holds what it judged, so that it outlives the event.
reviews = Table(
    "reviews",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("event_id", String(40), nullable=False, index=True),
    Column("fingerprint", String(32), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("reviewer", String(200), nullable=False),
    Column("judgement", String(16), nullable=False),
    Column("position", Integer),
    Column("span_start", Integer),
    Column("span_end", Integer),
    Column("corrected", Text),
    Column("evidence", JSON),
    Column("document_issue", String(16)),
    Column("note", Text, nullable=False),
    Column("policy", String(64), nullable=False),
    Column("policy_version", String(16), nullable=False),
    Column("verifier", Text, nullable=False),
    Column("revision", Text, nullable=False),
    Column("claims", JSON, nullable=False),
    Column("approved_document_id", String(512)),
    Column("undone_at", UtcDateTime),
    Column("undone_by", String(200)),
    Index(None, "policy", "id"),
)

regression_cases = Table(
    "regression_cases",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("event_id", String(40), nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("author", String(200), nullable=False),
    Column("name", Text, nullable=False),
    Column("case", JSON, nullable=False),
)
