"""People: users and sessions, reviews, policies changed in the console; counts by app and by document."""

import sqlalchemy as sa
from alembic import op

from groundwire.storage import schema

revision = "0002"
down_revision = "0001"

_AT_ONCE = 1000
_HOUR_KEY = ("hour", "model", "policy", "mode", "action", "label")
_HOUR_COUNTS = ("answers", "supported", "contradicted", "unsupported", "unverified")


def upgrade() -> None:
    _index_by_time()
    _create_event_texts()
    _count_hours_by_app()
    _create_document_days()
    _find_documents_faster()
    _create_access()
    _create_review()
    _create_policy_versions()


def _index_by_time() -> None:
    for column in ("action", "label", "model", "policy"):
        op.drop_index(op.f(f"ix_events_{column}_id"), "events")
    for column in ("action", "label", "model", "policy", "key_id"):
        name = op.f(f"ix_events_{column}_created_at_id")
        op.create_index(name, "events", [column, "created_at", "id"], unique=False)


def _create_event_texts() -> None:
    texts = op.create_table(
        "event_texts",
        sa.Column("event_id", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_event_texts_event_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event_texts")),
    )
    events = sa.table("events", sa.column("id"), sa.column("question", sa.JSON), sa.column("report", sa.JSON))
    last = ""
    while rows := op.get_bind().execute(_after(events, last)).all():
        shown = [(row.id, f"{row.question['asked']}\n{row.report['answer']}".casefold()) for row in rows]
        op.bulk_insert(texts, [{"event_id": event_id, "text": text} for event_id, text in shown])
        last = rows[-1].id


def _after(events: sa.TableClause, last: str) -> sa.Select[tuple[object, ...]]:
    return sa.select(events).where(events.c.id > last).order_by(events.c.id).limit(_AT_ONCE)


def _count_hours_by_app() -> None:
    # A column of the primary key can't be added everywhere, so the table is made anew.
    op.rename_table("event_hours", "old_event_hours")
    op.create_table(
        "event_hours",
        sa.Column("hour", schema.UtcDateTime(), nullable=False),
        sa.Column("app", sa.String(length=40), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("policy", sa.String(length=64), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("label", sa.String(length=16), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _HOUR_COUNTS),
        sa.PrimaryKeyConstraint("hour", "app", *_HOUR_KEY[1:], name=op.f("pk_event_hours_by_app")),
    )
    kept = ", ".join((*_HOUR_KEY, *_HOUR_COUNTS))
    op.execute(f"INSERT INTO event_hours (app, {kept}) SELECT '', {kept} FROM old_event_hours")
    op.drop_table("old_event_hours")


def _create_document_days() -> None:
    op.create_table(
        "document_days",
        sa.Column("day", schema.UtcDateTime(), nullable=False),
        sa.Column("document_id", sa.String(length=512), nullable=False),
        sa.Column("label", sa.String(length=16), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "document_id", "label", name=op.f("pk_document_days")),
    )


def _find_documents_faster() -> None:
    op.drop_index(op.f("ix_claims_document_id"), "claims")
    op.create_index(
        op.f("ix_claims_document_id_label_event_id"), "claims", ["document_id", "label", "event_id"], unique=False
    )
    op.add_column("document_versions", sa.Column("characters", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE document_versions SET characters = length(text)")


def _create_access() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("subject", sa.String(length=512), nullable=True),
        sa.Column("created_at", schema.UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", schema.UtcDateTime(), nullable=True),
        sa.Column("disabled_at", schema.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("name", name=op.f("uq_users_name")),
        sa.UniqueConstraint("subject", name=op.f("uq_users_subject")),
    )
    op.create_table(
        "sessions",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=True),
        sa.Column("key_id", sa.String(length=40), nullable=True),
        sa.Column("created_at", schema.UtcDateTime(), nullable=False),
        sa.Column("expires_at", schema.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["keys.id"], name=op.f("fk_sessions_key_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_expires_at"), "sessions", ["expires_at"], unique=False)


def _create_review() -> None:
    op.create_table(
        "review_items",
        sa.Column("event_id", sa.String(length=40), nullable=False),
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Float(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("policy", sa.String(length=64), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("app", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=16), nullable=False),
        sa.Column("leased_to", sa.String(length=200), nullable=True),
        sa.Column("leased_until", schema.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_review_items_event_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_review_items")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_review_items_fingerprint")),
    )
    op.create_index(
        op.f("ix_review_items_state_priority_event_id_label_policy_model_app"),
        "review_items",
        ["state", "priority", "event_id", "label", "policy", "model", "app"],
        unique=False,
    )
    op.execute(
        # Ids are short enough to stand in for fingerprints, so that every older event is an item of its own.
        "INSERT INTO review_items (event_id, fingerprint, times, priority, state, policy, model, app, label) "
        "SELECT id, id, 1, CASE label WHEN 'contradicted' THEN 30 WHEN 'unsupported' THEN 20 ELSE 10 END, 'open', "
        "policy, model, COALESCE(key_id, ''), label FROM events WHERE action <> 'allow' AND NOT is_selftest"
    )
    op.create_table(
        "reviews",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("event_id", sa.String(length=40), nullable=False),
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("created_at", schema.UtcDateTime(), nullable=False),
        sa.Column("reviewer", sa.String(length=200), nullable=False),
        sa.Column("judgement", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("span_start", sa.Integer(), nullable=True),
        sa.Column("span_end", sa.Integer(), nullable=True),
        sa.Column("corrected", sa.Text(), nullable=True),
        sa.Column("evidence", sa.JSON(), nullable=True),
        sa.Column("document_issue", sa.String(length=16), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("policy", sa.String(length=64), nullable=False),
        sa.Column("policy_version", sa.String(length=16), nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("claims", sa.JSON(), nullable=False),
        sa.Column("approved_document_id", sa.String(length=512), nullable=True),
        sa.Column("undone_at", schema.UtcDateTime(), nullable=True),
        sa.Column("undone_by", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    op.create_index(op.f("ix_reviews_event_id"), "reviews", ["event_id"], unique=False)
    op.create_index(op.f("ix_reviews_fingerprint"), "reviews", ["fingerprint"], unique=False)
    op.create_index(op.f("ix_reviews_policy_id"), "reviews", ["policy", "id"], unique=False)
    op.create_table(
        "regression_cases",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("event_id", sa.String(length=40), nullable=False),
        sa.Column("created_at", schema.UtcDateTime(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("case", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regression_cases")),
        sa.UniqueConstraint("event_id", name=op.f("uq_regression_cases_event_id")),
    )


def _create_policy_versions() -> None:
    op.create_table(
        "policy_versions",
        sa.Column("policy", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", schema.UtcDateTime(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("decided_at", schema.UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("policy", "number", name=op.f("pk_policy_versions")),
    )
