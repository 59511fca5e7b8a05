"""The table of policies that were changed while the server ran."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Integer, String, Table, Text

from groundwire.storage.schema.columns import METADATA, UtcDateTime

# Policies changed while the server runs; the newest applied one of a name is in force instead of the file's.
policy_versions = Table(
    "policy_versions",
    METADATA,
    Column("policy", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("author", String(200), nullable=False),
    Column("note", Text, nullable=False),
    Column("version", String(16), nullable=False),
    Column("settings", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    Column("decided_at", UtcDateTime),
    Column("decided_by", String(200)),
)
