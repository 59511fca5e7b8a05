"""Which document versions belong to which revision: the statements behind the store, inside its transactions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, update

from groundwire.errors import NotFound, UnknownCollection
from groundwire.knowledge.records import Revision
from groundwire.storage.schema import collections, document_versions, memberships, passages, revisions

# SQLite takes a bounded number of values in one statement.
_CHUNK = 500
_Item = TypeVar("_Item")


def now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


def chunks(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    """Yield the items in parts that fit into one statement."""
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]


def lock(connection: Connection, collection: str) -> None:
    """Take the write lock before reading, so that two publishers queue instead of failing."""
    statement = update(collections).where(collections.c.name == collection).values(name=collection)
    if connection.execute(statement).rowcount == 0:
        raise UnknownCollection(f"No collection {collection!r}.")


def head(connection: Connection, collection: str) -> int:
    """Return the newest revision's number, 0 where there is none."""
    statement = select(func.coalesce(func.max(revisions.c.number), 0)).where(revisions.c.collection == collection)
    return int(connection.execute(statement).scalar_one())


def require_revision(connection: Connection, collection: str, number: int) -> None:
    """Raise NotFound for a revision that never was or is no longer kept."""
    statement = select(revisions.c.number).where(revisions.c.collection == collection, revisions.c.number == number)
    if connection.execute(statement).first() is None:
        raise NotFound(f"Collection {collection!r} has no revision {number}.", param="revision")


def in_revision(collection: str, number: int) -> ColumnElement[bool]:
    """Return the condition that a membership holds at a revision."""
    return and_(
        memberships.c.collection == collection,
        memberships.c.added_in <= number,
        or_(memberships.c.removed_in.is_(None), memberships.c.removed_in > number),
    )


def version_ids(connection: Connection, collection: str, number: int) -> set[int]:
    """Return the ids of the document versions in a revision."""
    statement = select(memberships.c.version_id).where(in_revision(collection, number))
    return set(connection.execute(statement).scalars())


def retire(connection: Connection, collection: str, document_ids: Sequence[str], number: int) -> None:
    """From revision `number` on these documents' current versions are out."""
    for part in chunks(document_ids):
        versions = select(document_versions.c.id).where(
            document_versions.c.collection == collection, document_versions.c.document_id.in_(part)
        )
        live = and_(in_revision(collection, number - 1), memberships.c.version_id.in_(versions))
        connection.execute(update(memberships).where(live).values(removed_in=number))


def retire_versions(connection: Connection, collection: str, versions: Sequence[int], number: int) -> None:
    """From revision `number` on these versions are out."""
    for part in chunks(versions):
        live = and_(in_revision(collection, number - 1), memberships.c.version_id.in_(part))
        connection.execute(update(memberships).where(live).values(removed_in=number))


def enrol(connection: Connection, collection: str, versions: Sequence[int], number: int) -> None:
    """From revision `number` on these versions are in."""
    rows = [{"collection": collection, "version_id": version, "added_in": number} for version in versions]
    if rows:
        connection.execute(insert(memberships), rows)


def record(connection: Connection, collection: str, number: int, note: str, embedder: str) -> Revision:
    """Write down a revision whose memberships are in place."""
    inside = in_revision(collection, number)
    documents = connection.execute(select(func.count()).select_from(memberships).where(inside)).scalar_one()
    joined = passages.join(memberships, memberships.c.version_id == passages.c.version_id)
    count = connection.execute(select(func.count()).select_from(joined).where(inside)).scalar_one()
    revision = Revision(collection, number, now(), note, documents, count, embedder)
    values = {name: getattr(revision, name) for name in Revision.__dataclass_fields__}
    connection.execute(insert(revisions).values(values))
    return revision
