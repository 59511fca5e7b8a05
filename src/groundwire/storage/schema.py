"""All tables, in one place."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """A point in time, stored in UTC and always aware of it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; a naive time is refused, because nobody could say what it means."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite gives naive times back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


collections = Table(
    "collections",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("created_at", UtcDateTime, nullable=False),
)

document_versions = Table(
    "document_versions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("collection", ForeignKey("collections.name"), nullable=False),
    Column("document_id", String(512), nullable=False),
    Column("version", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("url", Text),
    Column("source_name", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("collection", "document_id", "version"),
    sqlite_autoincrement=True,
)

passages = Table(
    "passages",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("version_id", ForeignKey("document_versions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("headings", JSON, nullable=False),
    Column("lead", Text, nullable=False),
    Column("vector_key", String(32), nullable=False, index=True),
    # Running checks hold ids of passages; SQLite must not give the id of a deleted one to another.
    sqlite_autoincrement=True,
)

vectors = Table(
    "vectors",
    METADATA,
    Column("key", String(32), primary_key=True),
    Column("embedder", String(128), primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

revisions = Table(
    "revisions",
    METADATA,
    Column("collection", ForeignKey("collections.name"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("note", Text, nullable=False),
    Column("documents", Integer, nullable=False),
    Column("passages", Integer, nullable=False),
    Column("embedder", String(128), nullable=False),
)

memberships = Table(
    "memberships",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("collection", ForeignKey("collections.name"), nullable=False),
    Column("version_id", ForeignKey("document_versions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("added_in", Integer, nullable=False),
    Column("removed_in", Integer),
    Index(None, "collection", "removed_in"),
)

failed_documents = Table(
    "failed_documents",
    METADATA,
    Column("collection", ForeignKey("collections.name"), primary_key=True),
    Column("document_id", String(512), primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

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
    Index(None, "action", "id"),
    Index(None, "label", "id"),
    Index(None, "model", "id"),
    Index(None, "policy", "id"),
)

claims = Table(
    "claims",
    METADATA,
    Column("event_id", ForeignKey("events.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("label", String(16), nullable=False),
    Column("support", Float, nullable=False),
    Column("document_id", String(512), index=True),
)

event_hours = Table(
    "event_hours",
    METADATA,
    Column("hour", UtcDateTime, primary_key=True),
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

keys = Table(
    "keys",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_used_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
)
