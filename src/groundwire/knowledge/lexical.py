"""Full-text search over passages: SQLite's FTS5, or PostgreSQL's own where the database is one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import Connection, Engine, text

_TERM = re.compile(r"\w+", re.UNICODE)
_FUNCTION_WORDS = frozenset(
    "a an and any are as at be by can do does for from has have i if in is it its me my no not of on or our so that "
    "the their there they this to us was we what when where which who will with you your".split()
)
MAX_TERMS = 24


def terms_of(query: str) -> list[str]:
    """Return the words worth searching for, without repeats; never more than `MAX_TERMS`."""
    words = dict.fromkeys(word.lower() for word in _TERM.findall(query))
    useful = [word for word in words if word not in _FUNCTION_WORDS and len(word) < 64]
    return (useful or list(words))[:MAX_TERMS]


class LexicalIndex:
    """Searches passages by their words; rows of every stored version are in it, callers pick the live ones."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._is_sqlite = engine.dialect.name == "sqlite"

    def search(self, collections: Sequence[str], query: str, limit: int) -> list[int]:
        """Return ids of passages in these collections that share words with the query, best first (BM25 on SQLite)."""
        terms = terms_of(query)
        if not terms or not collections:
            return []
        with self._engine.connect() as connection:
            if self._is_sqlite:
                return self._search_sqlite(connection, collections, terms, limit)
            return self._search_postgres(connection, collections, terms, limit)

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

    @staticmethod
    def _search_sqlite(
        connection: Connection, collections: Sequence[str], terms: Sequence[str], limit: int
    ) -> list[int]:
        words = " OR ".join(f'"{term}"' for term in terms)
        names = " OR ".join(f'"{_token(name)}"' for name in collections)
        match = f"collection:({names}) AND {{heading body}}:({words})"
        statement = text(
            "SELECT rowid FROM passages_fts WHERE passages_fts MATCH :match "
            "ORDER BY bm25(passages_fts, 0.0, 0.7, 1.0) LIMIT :limit"
        )
        return list(connection.execute(statement, {"match": match, "limit": limit}).scalars())

    @staticmethod
    def _search_postgres(
        connection: Connection, collections: Sequence[str], terms: Sequence[str], limit: int
    ) -> list[int]:
        statement = text(
            "SELECT p.id FROM passages p JOIN document_versions v ON v.id = p.version_id, "
            "to_tsquery('english', :query) q, "
            "to_tsvector('english', v.title || ' ' || substr(v.text, p.start + 1, p.\"end\" - p.start)) body "
            "WHERE v.collection = ANY(:names) AND body @@ q ORDER BY ts_rank_cd(body, q) DESC LIMIT :limit"
        )
        parameters = {"query": " | ".join(terms), "names": list(collections), "limit": limit}
        return list(connection.execute(statement, parameters).scalars())


def _token(collection: str) -> str:
    """A collection's name as one full-text token, whatever characters it holds."""
    return "c" + collection.encode().hex()
