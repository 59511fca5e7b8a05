"""All tables, by what they are about."""

from groundwire.storage.schema.access import keys, sessions, users
from groundwire.storage.schema.columns import METADATA, UtcDateTime
from groundwire.storage.schema.events import claims, document_days, event_hours, event_texts, events
from groundwire.storage.schema.knowledge import (
    collections,
    document_versions,
    failed_documents,
    memberships,
    passages,
    revisions,
    vectors,
)
from groundwire.storage.schema.policies import policy_versions
from groundwire.storage.schema.review import regression_cases, review_items, reviews

__all__ = [
    "METADATA",
    "UtcDateTime",
    "claims",
    "collections",
    "document_days",
    "document_versions",
    "event_hours",
    "event_texts",
    "events",
    "failed_documents",
    "keys",
    "memberships",
    "passages",
    "policy_versions",
    "regression_cases",
    "review_items",
    "reviews",
    "revisions",
    "sessions",
    "users",
    "vectors",
]
