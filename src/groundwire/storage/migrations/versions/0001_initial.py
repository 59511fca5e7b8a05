"""The first tables: knowledge base, events, keys."""

import sqlalchemy as sa
from alembic import op

from groundwire.storage import schema

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "collections",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("created_at", schema.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_collections")),
    )
    op.create_table(
        "event_hours",
        sa.Column("hour", schema.UtcDateTime(), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("policy", sa.String(length=64), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("label", sa.String(length=16), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("supported", sa.Integer(), nullable=False),
        sa.Column("contradicted", sa.Integer(), nullable=False),
        sa.Column("unsupported", sa.Integer(), nullable=False),
        sa.Column("unverified", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hour", "model", "policy", "mode", "action", "label", name=op.f("pk_event_hours")),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("created_at", schema.UtcDateTime(), nullable=False),
        sa.Column("request_id", sa.String(length=40), nullable=False),
        sa.Column("choice", sa.Integer(), nullable=False),
        sa.Column("endpoint", sa.String(length=64), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("upstream", sa.String(length=64), nullable=False),
        sa.Column("policy", sa.String(length=64), nullable=False),
        sa.Column("policy_version", sa.String(length=16), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("label", sa.String(length=16), nullable=False),
        sa.Column("groundedness", sa.Float(), nullable=False),
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("is_stream", sa.Boolean(), nullable=False),
        sa.Column("is_selftest", sa.Boolean(), nullable=False),
        sa.Column("key_id", sa.String(length=40), nullable=True),
        sa.Column("question", sa.JSON(), nullable=False),
        sa.Column("collections", sa.JSON(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("delivered", sa.Text(), nullable=False),
        sa.Column("usage", sa.JSON(), nullable=False),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index(op.f("ix_events_action_id"), "events", ["action", "id"], unique=False)
    op.create_index(op.f("ix_events_created_at_id"), "events", ["created_at", "id"], unique=False)
    op.create_index(op.f("ix_events_label_id"), "events", ["label", "id"], unique=False)
    op.create_index(op.f("ix_events_model_id"), "events", ["model", "id"], unique=False)
    op.create_index(op.f("ix_events_policy_id"), "events", ["policy", "id"], unique=False)
    op.create_table(
        "keys",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", schema.UtcDateTime(), nullable=False),
        sa.Column("last_used_at", schema.UtcDateTime(), nullable=True),
        sa.Column("revoked_at", schema.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_keys_digest")),
    )
    op.create_table(
        "vectors",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("embedder", sa.String(length=128), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", "embedder", name=op.f("pk_vectors")),
    )
    op.create_table(
        "claims",
        sa.Column("event_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=16), nullable=False),
        sa.Column("support", sa.Float(), nullable=False),
        sa.Column("document_id", sa.String(length=512), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_claims_event_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("event_id", "position", name=op.f("pk_claims")),
    )
    op.create_index(op.f("ix_claims_document_id"), "claims", ["document_id"], unique=False)
    op.create_table(
        "document_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collection", sa.String(length=64), nullable=False),
        sa.Column("document_id", sa.String(length=512), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("source_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", schema.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["collection"], ["collections.name"], name=op.f("fk_document_versions_collection")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_versions")),
        sa.UniqueConstraint(
            "collection", "document_id", "version", name=op.f("uq_document_versions_collection_document_id_version")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "failed_documents",
        sa.Column("collection", sa.String(length=64), nullable=False),
        sa.Column("document_id", sa.String(length=512), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", schema.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["collection"], ["collections.name"], name=op.f("fk_failed_documents_collection")),
        sa.PrimaryKeyConstraint("collection", "document_id", name=op.f("pk_failed_documents")),
    )
    op.create_table(
        "revisions",
        sa.Column("collection", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", schema.UtcDateTime(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("passages", sa.Integer(), nullable=False),
        sa.Column("embedder", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(["collection"], ["collections.name"], name=op.f("fk_revisions_collection")),
        sa.PrimaryKeyConstraint("collection", "number", name=op.f("pk_revisions")),
    )
    op.create_table(
        "memberships",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collection", sa.String(length=64), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("added_in", sa.Integer(), nullable=False),
        sa.Column("removed_in", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["collection"], ["collections.name"], name=op.f("fk_memberships_collection")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["document_versions.id"], name=op.f("fk_memberships_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
    )
    op.create_index(
        op.f("ix_memberships_collection_removed_in"), "memberships", ["collection", "removed_in"], unique=False
    )
    op.create_index(op.f("ix_memberships_version_id"), "memberships", ["version_id"], unique=False)
    op.create_table(
        "passages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("headings", sa.JSON(), nullable=False),
        sa.Column("lead", sa.Text(), nullable=False),
        sa.Column("vector_key", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["document_versions.id"], name=op.f("fk_passages_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passages")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_passages_vector_key"), "passages", ["vector_key"], unique=False)
    op.create_index(op.f("ix_passages_version_id"), "passages", ["version_id"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE passages_fts USING fts5(collection, heading, body, tokenize='porter unicode61')"
        )
