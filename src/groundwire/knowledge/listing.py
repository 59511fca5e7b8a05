"""Documents as people look through them: found by name, sorted, a page at a time, with how much they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, and_, func, or_, select

from groundwire.knowledge import membership
from groundwire.knowledge.membership import in_revision
from groundwire.knowledge.records import StoredDocument
from groundwire.storage.schema import document_versions, memberships, passages

_COLUMNS = ("id", "document_id", "version", "title", "url", "source_name", "sha256", "characters", "created_at")


class DocumentOrder(StrEnum):
    """What a list of documents is sorted by."""

    ID = "id"
    TITLE = "title"
    SIZE = "size"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class DocumentQuery:
    """Which documents, in which order, and which page of them.

    `text` is found in the id or the title, whatever the case of its ASCII letters. Documents whose ids `without`
    selects are left out, and so are those whose ids do not come after `after`.
    """

    text: str = ""
    order: DocumentOrder = DocumentOrder.ID
    is_descending: bool = False
    without: Select[tuple[str]] | None = None
    after: str = ""
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, slots=True)
class ListedDocument:
    """A document and the number of its passages."""

    document: StoredDocument
    passages: int


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A page of documents; `total` counts those on all pages, `revision` is the number of the newest revision."""

    documents: tuple[ListedDocument, ...]
    total: int
    revision: int


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """A version of a document that is still stored; `is_current` where the newest revision has it."""

    document: StoredDocument
    is_current: bool


class DocumentListing:
    """Reads lists of documents."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def page(self, collection: str, query: DocumentQuery) -> DocumentPage:
        """Return a page of the documents in the newest revision of a collection."""
        with self._engine.connect() as connection:
            number = membership.head(connection, collection)
            wanted = and_(in_revision(collection, number), *_conditions(query))
            total: int = connection.execute(_joined(func.count()).where(wanted)).scalar_one()
            rows = connection.execute(
                stored_versions().where(wanted).order_by(*_order(query)).limit(query.limit).offset(query.offset)
            )
            found = [stored_document(row) for row in rows]
            counts = _passages(connection, [document.version_id for document in found])
        listed = (ListedDocument(document, counts.get(document.version_id, 0)) for document in found)
        return DocumentPage(tuple(listed), total, number)

    def versions(self, collection: str, document_id: str) -> list[KeptVersion]:
        """Return the stored versions of a document that some revision showed, newest first; none for an unknown one."""
        named = and_(document_versions.c.collection == collection, document_versions.c.document_id == document_id)
        with self._engine.connect() as connection:
            is_here = in_revision(collection, membership.head(connection, collection))
            current = connection.execute(_joined(document_versions.c.id).where(named, is_here)).scalar()
            statement = stored_versions().where(named).distinct().order_by(document_versions.c.version.desc())
            return [KeptVersion(stored_document(row), row.id == current) for row in connection.execute(statement)]


def stored_versions() -> Select[Any]:
    """Return a SELECT of document versions with their memberships, with what `stored_document` needs."""
    return _joined(*(document_versions.c[name] for name in _COLUMNS))


def stored_document(row: Row[Any]) -> StoredDocument:
    """Return the document of a row of `stored_versions`."""
    return StoredDocument(row.id, *(getattr(row, name) for name in _COLUMNS[1:]))


def _joined(*columns: ColumnElement[Any]) -> Select[Any]:
    joined = document_versions.join(memberships, memberships.c.version_id == document_versions.c.id)
    return select(*columns).select_from(joined)


def _conditions(query: DocumentQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.text:
        columns = (document_versions.c.document_id, document_versions.c.title)
        found.append(or_(*(column.icontains(query.text, autoescape=True) for column in columns)))
    if query.after:
        found.append(document_versions.c.document_id > query.after)
    if query.without is not None:
        found.append(document_versions.c.document_id.not_in(query.without))
    return found


def _order(query: DocumentQuery) -> list[ColumnElement[Any]]:
    columns: dict[DocumentOrder, ColumnElement[Any]] = {
        DocumentOrder.ID: document_versions.c.document_id,
        DocumentOrder.TITLE: func.lower(document_versions.c.title),
        DocumentOrder.SIZE: document_versions.c.characters,
        DocumentOrder.CHANGED: document_versions.c.created_at,
    }
    chosen = columns[query.order]
    # The id comes last, so that pages neither overlap nor skip.
    return [chosen.desc() if query.is_descending else chosen.asc(), document_versions.c.document_id.asc()]


def _passages(connection: Connection, versions: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for part in membership.chunks(versions):
        statement = select(passages.c.version_id, func.count().label("held")).where(passages.c.version_id.in_(part))
        found |= {row.version_id: row.held for row in connection.execute(statement.group_by(passages.c.version_id))}
    return found
