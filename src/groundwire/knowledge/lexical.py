"""Full-text search in the database: SQLite's FTS5, or PostgreSQL's own; for collections too large for memory."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, Row, text

from groundwire.knowledge.words import terms_of

# Each term costs time in proportion to the passages that hold it.
MAX_TERMS = 24
_WIDEST = 4_000


class LexicalIndex:
    """Searches passages by their words; rows of every stored version are in it, callers pick the live ones."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._is_sqlite = engine.dialect.name == "sqlite"

    def search(self, collection: str, query: str, limit: int) -> dict[int, float]:
        """Return ids and scores of passages that share words with the query, best first (BM25 on SQLite)."""
        terms = terms_of(query, MAX_TERMS)
        if not terms:
            return {}
        with self._engine.connect() as connection:
            search = _search_sqlite if self._is_sqlite else _search_postgres
            return {row.id: row.score for row in search(connection, collection, terms, limit)}

    def add(self, connection: Connection, rows: Sequence[tuple[int, str, str, str]]) -> None:
        """Index (passage id, collection, heading, body) rows inside the caller's transaction."""
        if not rows or not self._is_sqlite:
            return
        statement = text(
            "INSERT INTO passages_fts(rowid, collection, heading, body) VALUES (:id, :name, :heading, :body)"
        )
        parameters = [
            {"id": number, "name": _token(name), "heading": heading, "body": body}
            for number, name, heading, body in rows
        ]
        connection.execute(statement, parameters)

    def remove(self, connection: Connection, ids: Sequence[int]) -> None:
        """Take passages out, inside the caller's transaction."""
        if ids and self._is_sqlite:
            connection.execute(text("DELETE FROM passages_fts WHERE rowid = :id"), [{"id": number} for number in ids])


@dataclass(frozen=True, slots=True)
class StoredWords:
    """Word search over one revision in the database; see WordSearch."""

    lexical: LexicalIndex = field(repr=False)
    collection: str
    ids: Set[int] = field(repr=False)

    def search(self, text: str, limit: int) -> dict[int, float]:
        """Return ids and scores, best first; retired versions are stored too, so it widens until enough are live."""
        width = 2 * limit
        while True:
            rows = self.lexical.search(self.collection, text, width)
            live = [(number, score) for number, score in rows.items() if number in self.ids]
            if len(live) >= limit or len(rows) < width or width >= _WIDEST:
                return dict(live[:limit])
            width *= 4


def _search_sqlite(connection: Connection, collection: str, terms: Sequence[str], limit: int) -> Sequence[Row[Any]]:
    words = " OR ".join(f'"{term}"' for term in terms)
    match = f'collection:"{_token(collection)}" AND {{heading body}}:({words})'
    statement = text(
        "SELECT rowid AS id, -bm25(passages_fts, 0.0, 0.7, 1.0) AS score FROM passages_fts "
        "WHERE passages_fts MATCH :match ORDER BY score DESC LIMIT :limit"
    )
    return connection.execute(statement, {"match": match, "limit": limit}).all()


def _search_postgres(connection: Connection, collection: str, terms: Sequence[str], limit: int) -> Sequence[Row[Any]]:
    statement = text(
        "SELECT p.id AS id, ts_rank_cd(body, q) AS score FROM passages p "
        "JOIN document_versions v ON v.id = p.version_id, to_tsquery('english', :query) q, "
        "to_tsvector('english', v.title || ' ' || substr(v.text, p.start + 1, p.\"end\" - p.start)) body "
        "WHERE v.collection = :name AND body @@ q ORDER BY score DESC LIMIT :limit"
    )
    return connection.execute(statement, {"query": " | ".join(terms), "name": collection, "limit": limit}).all()


def _token(collection: str) -> str:
    """A collection's name as one full-text token, whatever characters it holds."""
    return "c" + collection.encode().hex()
