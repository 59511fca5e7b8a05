"""Document versions and their passages in the database, with the full-text rows beside them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, delete, func, insert, select

from groundwire.domain import Passage
from groundwire.knowledge.lexical import LexicalIndex
from groundwire.knowledge.membership import chunks, now
from groundwire.knowledge.records import NewDocument, vector_key
from groundwire.storage.schema import document_versions, passages

_DOCUMENT = ("document_id", "version", "title", "url", "collection")


class PassageStore:
    """Reads passages, and writes and deletes them together with their document version."""

    def __init__(self, engine: Engine, lexical: LexicalIndex) -> None:
        self._engine = engine
        self._lexical = lexical

    def get(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Return passages by id; unknown ids are left out."""
        found = {}
        with self._engine.connect() as connection:
            for part in chunks(ids):
                for row in connection.execute(passage_rows().where(passages.c.id.in_(part))):
                    found[row.id] = passage_of(row)
        return found

    def of(self, version_id: int) -> list[Passage]:
        """Return the passages of one document version in reading order."""
        statement = passage_rows().where(passages.c.version_id == version_id).order_by(passages.c.start)
        with self._engine.connect() as connection:
            return [passage_of(row) for row in connection.execute(statement)]

    def filled_versions(self, version_ids: Sequence[int]) -> set[int]:
        """Return which of these document versions have passages."""
        found: set[int] = set()
        with self._engine.connect() as connection:
            for part in chunks(version_ids):
                statement = select(passages.c.version_id).where(passages.c.version_id.in_(part)).distinct()
                found |= set(connection.execute(statement).scalars())
        return found

    def insert(self, connection: Connection, collection: str, document: NewDocument) -> int:
        """Write a document version that belongs to no revision yet, inside the caller's transaction; return its id."""
        highest = select(func.coalesce(func.max(document_versions.c.version), 0)).where(
            document_versions.c.collection == collection, document_versions.c.document_id == document.document_id
        )
        kept = ("document_id", "title", "url", "source_name", "sha256", "text")
        values: dict[str, object] = {name: getattr(document, name) for name in kept}
        values |= {"collection": collection, "characters": len(document.text), "created_at": now()}
        values["version"] = connection.execute(highest).scalar_one() + 1
        statement = insert(document_versions).values(values).returning(document_versions.c.id)
        version_id: int = connection.execute(statement).scalar_one()
        self._insert_passages(connection, collection, document, version_id)
        return version_id

    def delete(self, connection: Connection, version_ids: Sequence[int]) -> None:
        """Delete document versions with their passages, inside the caller's transaction."""
        for part in chunks(version_ids):
            mine = select(passages.c.id).where(passages.c.version_id.in_(part))
            self._lexical.remove(connection, list(connection.execute(mine).scalars()))
            connection.execute(delete(document_versions).where(document_versions.c.id.in_(part)))

    def _insert_passages(self, connection: Connection, collection: str, document: NewDocument, version_id: int) -> None:
        if not document.cuts:
            return
        rows = [
            {
                "version_id": version_id,
                "start": piece.start,
                "end": piece.end,
                "headings": list(piece.headings),
                "lead": piece.lead,
                "vector_key": vector_key(embedded),
            }
            for piece, embedded in zip(document.cuts, document.embedded_texts(), strict=True)
        ]
        statement = insert(passages).returning(passages.c.id, sort_by_parameter_order=True)
        ids: list[int] = list(connection.execute(statement, rows).scalars())
        found = [(number, collection, *_searched(document, place)) for place, number in enumerate(ids)]
        self._lexical.add(connection, found)


@cache
def passage_rows() -> Select[Any]:
    """Return a SELECT of passages with what `passage_of` needs; the texts are cut out by the database."""
    body = func.substr(document_versions.c.text, passages.c.start + 1, passages.c.end - passages.c.start).label("body")
    columns = (passages.c[name] for name in ("id", "start", "end", "headings", "lead"))
    return select(*columns, *(document_versions.c[name] for name in _DOCUMENT), body).join(
        document_versions, document_versions.c.id == passages.c.version_id
    )


def passage_of(row: Row[Any]) -> Passage:
    """Return the passage of a row of `passage_rows`."""
    return Passage(
        id=row.id,
        document_id=row.document_id,
        version=row.version,
        title=row.title,
        text=row.body,
        start=row.start,
        end=row.end,
        headings=tuple(row.headings),
        lead=row.lead,
        collection=row.collection,
        url=row.url,
    )


def _searched(document: NewDocument, place: int) -> tuple[str, str]:
    """What full-text search reads of a passage: its headings, and its lead and words."""
    piece = document.cuts[place]
    heading = " ".join(dict.fromkeys((document.title, *piece.headings)))
    return heading, f"{piece.lead}\n{document.text[piece.start : piece.end]}"
