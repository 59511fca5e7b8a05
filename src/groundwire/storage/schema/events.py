"""The tables of what was checked, and the counts that pages are made from."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from groundwire.storage.schema.columns import METADATA, UtcDateTime

events = Table(
    "events",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("request_id", String(40), nullable=False),
    Column("choice", Integer, nullable=False),
    Column("endpoint", String(64), nullable=False),
    Column("model", String(200), nullable=False),
    Column("upstream", String(64), nullable=False),
    Column("policy", String(64), nullable=False),
    Column("policy_version", String(16), nullable=False),
    Column("mode", String(16), nullable=False),
    Column("verifier", Text, nullable=False),
    Column("action", String(16), nullable=False),
    Column("label", String(16), nullable=False),
    Column("groundedness", Float, nullable=False),
    Column("revision", Text, nullable=False),
    Column("outcome", String(32), nullable=False),
    Column("is_stream", Boolean, nullable=False),
    Column("is_selftest", Boolean, nullable=False),
    Column("key_id", String(40)),
    Column("question", JSON, nullable=False),
    Column("collections", JSON, nullable=False),
    Column("report", JSON, nullable=False),
    Column("delivered", Text, nullable=False),
    Column("usage", JSON, nullable=False),
    Column("metadata", JSON, nullable=False),
    Index(None, "created_at", "id"),
    Index(None, "action", "created_at", "id"),
    Index(None, "label", "created_at", "id"),
    Index(None, "model", "created_at", "id"),
    Index(None, "policy", "created_at", "id"),
    Index(None, "key_id", "created_at", "id"),
)

# What can be searched of an event, folded to one case: small enough to be read through.
event_texts = Table(
    "event_texts",
    METADATA,
    Column("event_id", ForeignKey("events.id", ondelete="CASCADE"), primary_key=True),
    Column("text", Text, nullable=False),
)

claims = Table(
    "claims",
    METADATA,
    Column("event_id", ForeignKey("events.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("label", String(16), nullable=False),
    Column("support", Float, nullable=False),
    Column("document_id", String(512)),
    Index(None, "document_id", "label", "event_id"),
)

event_hours = Table(
    "event_hours",
    METADATA,
    Column("hour", UtcDateTime, primary_key=True),
    # The id of the key that asked; empty where no key was needed.
    Column("app", String(40), primary_key=True),
    Column("model", String(200), primary_key=True),
    Column("policy", String(64), primary_key=True),
    Column("mode", String(16), primary_key=True),
    Column("action", String(16), primary_key=True),
    Column("label", String(16), primary_key=True),
    Column("answers", Integer, nullable=False),
    Column("supported", Integer, nullable=False),
    Column("contradicted", Integer, nullable=False),
    Column("unsupported", Integer, nullable=False),
    Column("unverified", Integer, nullable=False),
)

# How often a document was the best evidence of a claim, by the claim's label.
document_days = Table(
    "document_days",
    METADATA,
    Column("day", UtcDateTime, primary_key=True),
    Column("document_id", String(512), primary_key=True),
    Column("label", String(16), primary_key=True),
    Column("claims", Integer, nullable=False),
)
