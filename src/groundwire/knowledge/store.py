"""Collections and their revisions in the database: every change is one short transaction for one revision."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, func, insert, or_, select
from sqlalchemy.exc import IntegrityError

from groundwire.errors import BadRequest, Conflict, NotFound, UnknownCollection
from groundwire.knowledge import membership
from groundwire.knowledge.failures import FailureStore
from groundwire.knowledge.lexical import LexicalIndex
from groundwire.knowledge.listing import DocumentListing, stored_document, stored_versions
from groundwire.knowledge.membership import in_revision
from groundwire.knowledge.passages import PassageStore
from groundwire.knowledge.records import Difference, NewDocument, Revision, StoredDocument
from groundwire.knowledge.vectors import VectorStore
from groundwire.storage.database import Database
from groundwire.storage.schema import collections, document_versions, failed_documents, memberships, revisions

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
# A version that was written but never published is left over from a crash once it is this old.
_ABANDONED = timedelta(days=1)


class KnowledgeStore:
    """Reads and writes collections; passages, vectors, failures and lists are its parts."""

    def __init__(self, database: Database) -> None:
        self._engine = database.engine
        self.lexical = LexicalIndex(database.engine)
        self.passages = PassageStore(database.engine, self.lexical)
        self.vectors = VectorStore(database.engine)
        self.failures = FailureStore(database.engine)
        self.listing = DocumentListing(database.engine)

    def create_collection(self, name: str) -> bool:
        """Make a collection and return True, or False where it exists; raises BadRequest for an impossible name."""
        if not _NAME.fullmatch(name):
            allowed = "1 to 64 letters, digits, '.', '_' and '-', beginning with a letter or digit"
            raise BadRequest(f"{name[:80]!r} can't name a collection; use {allowed}.", param="collection")
        with self._engine.begin() as connection:
            if connection.execute(select(collections.c.name).where(collections.c.name == name)).first():
                return False
            connection.execute(insert(collections).values(name=name, created_at=membership.now()))
            return True

    def collection_names(self) -> list[str]:
        """Return the names of all collections, sorted."""
        with self._engine.connect() as connection:
            return list(connection.execute(select(collections.c.name).order_by(collections.c.name)).scalars())

    def require(self, collection: str) -> None:
        """Raise UnknownCollection, which names the known ones, where there is no such collection."""
        if collection not in (names := self.collection_names()):
            known = ", ".join(names) or "none"
            raise UnknownCollection(f"No collection {collection[:80]!r}. Known: {known}.", param="collection")

    def heads(self) -> dict[str, Revision | None]:
        """Return the newest revision of each collection; None for one without any."""
        mine = revisions.alias()
        highest = select(func.max(mine.c.number)).where(mine.c.collection == collections.c.name).scalar_subquery()
        newest = and_(revisions.c.collection == collections.c.name, revisions.c.number == highest)
        both = collections.outerjoin(revisions, newest)
        statement = select(collections.c.name, *revisions.c).select_from(both)
        with self._engine.connect() as connection:
            return {row.name: _revision(row) if row.number else None for row in connection.execute(statement)}

    def revisions(self, collection: str) -> list[Revision]:
        """Return the revisions of a collection that can be restored, newest first; raises UnknownCollection."""
        self.require(collection)
        statement = select(revisions).where(revisions.c.collection == collection).order_by(revisions.c.number.desc())
        with self._engine.connect() as connection:
            return [_revision(row) for row in connection.execute(statement)]

    def revision(self, collection: str, number: int) -> Revision:
        """Return one revision; raises NotFound where it never was or is no longer kept."""
        statement = select(revisions).where(revisions.c.collection == collection, revisions.c.number == number)
        with self._engine.connect() as connection:
            membership.require_revision(connection, collection, number)
            return _revision(connection.execute(statement).one())

    def documents(self, collection: str, number: int | None = None) -> list[StoredDocument]:
        """Return the documents of a revision (the newest by default), by id."""
        with self._engine.connect() as connection:
            number = membership.head(connection, collection) if number is None else number
            found = stored_versions().where(in_revision(collection, number)).order_by(document_versions.c.document_id)
            return [stored_document(row) for row in connection.execute(found)]

    def document(self, collection: str, document_id: str, version: int | None = None) -> tuple[StoredDocument, str]:
        """Return a document and its stored text: the current version or the named one, current or not.

        Raises NotFound where there is no such document or version, or where it was removed.
        """
        with self._engine.connect() as connection:
            row = _version(connection, collection, document_id, version)
        if row is None:
            which = f"version {version} of document" if version is not None else "document"
            raise NotFound(f"No {which} {document_id[:200]!r} in collection {collection!r}.", param="document_id")
        return stored_document(row), row.text

    def document_in(self, collection: str, document_id: str, number: int) -> tuple[StoredDocument, str] | None:
        """Return a document and its text as a revision shows it, None where that has no such document."""
        with self._engine.connect() as connection:
            row = _row(connection, collection, document_id, in_revision(collection, number))
        return (stored_document(row), row.text) if row is not None else None

    def stage(self, collection: str, documents: Sequence[NewDocument]) -> list[int]:
        """Write document versions that no revision shows yet, in one transaction; return their ids for `publish`."""
        try:
            with self._engine.begin() as connection:
                membership.lock(connection, collection)
                return [self.passages.insert(connection, collection, document) for document in documents]
        except IntegrityError as error:
            raise _conflict(collection) from error

    def publish(
        self, collection: str, staged: Sequence[int], removed: Sequence[str], *, note: str, embedder: str
    ) -> Revision:
        """Make the next revision: `staged` versions replace those of the same documents, `removed` ids go.

        One transaction: a crash leaves the last revision. Raises Conflict when another process published meanwhile.
        """
        try:
            with self._engine.begin() as connection:
                membership.lock(connection, collection)
                number = membership.head(connection, collection) + 1
                replaced = _document_ids(connection, staged)
                membership.retire(connection, collection, [*removed, *replaced], number)
                membership.enrol(connection, collection, staged, number)
                return membership.record(connection, collection, number, note, embedder)
        except IntegrityError as error:
            raise _conflict(collection) from error

    def restore(self, collection: str, number: int, *, embedder: str, newest: int | None = None) -> Revision:
        """Make a new revision with the content of an older one; raises NotFound for an unknown number.

        With `newest`, raises Conflict where that is not the newest revision any more.
        """
        with self._engine.begin() as connection:
            membership.lock(connection, collection)
            membership.require_revision(connection, collection, number)
            head = membership.head(connection, collection)
            if newest is not None and newest != head:
                raise Conflict(f"Collection {collection!r} is at revision {head} by now, not {newest}; look again.")
            old = membership.version_ids(connection, collection, number)
            new = membership.version_ids(connection, collection, head)
            membership.retire_versions(connection, collection, sorted(new - old), head + 1)
            membership.enrol(connection, collection, sorted(old - new), head + 1)
            return membership.record(connection, collection, head + 1, f"restored revision {number}", embedder)

    def difference(self, collection: str, older: int, newer: int) -> Difference:
        """Return what changed between two revisions; raises NotFound when one is unknown."""
        with self._engine.connect() as connection:
            for number in (older, newer):
                membership.require_revision(connection, collection, number)
        before = {document.document_id: document.version for document in self.documents(collection, older)}
        after = {document.document_id: document.version for document in self.documents(collection, newer)}
        return Difference(
            added=tuple(sorted(after.keys() - before.keys())),
            removed=tuple(sorted(before.keys() - after.keys())),
            changed=tuple(sorted(name for name in before.keys() & after.keys() if before[name] != after[name])),
        )

    def prune(self, collection: str, keep: int) -> int:
        """Forget all but the newest `keep` revisions and what only they used; return how many versions went."""
        with self._engine.begin() as connection:
            membership.lock(connection, collection)
            oldest = membership.head(connection, collection) - keep + 1
            is_old = and_(revisions.c.collection == collection, revisions.c.number < oldest)
            connection.execute(delete(revisions).where(is_old))
            unused: list[int] = list(connection.execute(_unused(collection, oldest)).scalars())
            self.passages.delete(connection, unused)
            if unused:
                self.vectors.prune(connection)
            return len(unused)

    def delete_collection(self, collection: str) -> None:
        """Remove a collection with all its documents and revisions; raises UnknownCollection."""
        self.require(collection)
        with self._engine.begin() as connection:
            mine = select(document_versions.c.id).where(document_versions.c.collection == collection)
            self.passages.delete(connection, list(connection.execute(mine).scalars()))
            for table in (memberships, revisions, failed_documents):
                connection.execute(delete(table).where(table.c.collection == collection))
            connection.execute(delete(collections).where(collections.c.name == collection))
            self.vectors.prune(connection)


def _conflict(collection: str) -> Conflict:
    return Conflict(f"Another process changed collection {collection!r} meanwhile; try again.")


def _revision(row: Row[Any]) -> Revision:
    return Revision(**{name: getattr(row, name) for name in Revision.__dataclass_fields__})


def _version(connection: Connection, collection: str, document_id: str, version: int | None) -> Row[Any] | None:
    if version is None:
        is_wanted = in_revision(collection, membership.head(connection, collection))
    else:
        is_wanted = document_versions.c.version == version
    return _row(connection, collection, document_id, is_wanted)


def _row(connection: Connection, collection: str, document_id: str, is_wanted: ColumnElement[bool]) -> Row[Any] | None:
    named = and_(document_versions.c.collection == collection, document_versions.c.document_id == document_id)
    return connection.execute(stored_versions().add_columns(document_versions.c.text).where(named, is_wanted)).first()


def _document_ids(connection: Connection, versions: Sequence[int]) -> list[str]:
    found: list[str] = []
    for part in membership.chunks(versions):
        statement = select(document_versions.c.document_id).where(document_versions.c.id.in_(part))
        found += connection.execute(statement).scalars()
    return found


def _unused(collection: str, oldest: int) -> Select[Any]:
    """The versions that no kept revision shows; those being written right now are not among them."""
    used = select(memberships.c.version_id).where(
        memberships.c.collection == collection,
        or_(memberships.c.removed_in.is_(None), memberships.c.removed_in > oldest),
    )
    shown = select(memberships.c.version_id).where(memberships.c.collection == collection)
    is_settled = or_(document_versions.c.id.in_(shown), document_versions.c.created_at < membership.now() - _ABANDONED)
    return select(document_versions.c.id).where(
        document_versions.c.collection == collection, document_versions.c.id.not_in(used), is_settled
    )
