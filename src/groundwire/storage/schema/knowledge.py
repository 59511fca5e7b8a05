"""The tables of the knowledge base."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from groundwire.storage.schema.columns import METADATA, UtcDateTime

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
    # Lists show and sort by the length of the text without reading it.
    Column("characters", Integer, nullable=False),
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
