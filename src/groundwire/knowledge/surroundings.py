"""What stands in a document before and after words that were quoted from it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from groundwire.domain import Evidence
from groundwire.storage.database import Database
from groundwire.storage.schema import document_versions

_EMPTY_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The text before and after a quote, without empty lines; its document is in `collection`.

    It is cut at words, and in a table at whole rows.
    """

    before: str
    after: str
    collection: str


def surroundings(
    database: Database, collections: Sequence[str], quoted: Sequence[Evidence], characters: int = 120
) -> list[Surroundings | None]:
    """Return what stands around each quote, at most so many characters a side.

    None where its version is gone, or says other words there. No more than that is read of a document, however long.
    """
    found = []
    with database.engine.connect() as connection:
        for evidence in quoted:
            first = max(evidence.start - characters, 0)
            text = document_versions.c.text
            statement = select(
                func.substr(text, first + 1, evidence.start - first).label("before"),
                func.substr(text, evidence.end + 1, characters).label("after"),
                document_versions.c.collection,
            ).where(
                document_versions.c.collection.in_(collections),
                document_versions.c.document_id == evidence.document_id,
                document_versions.c.version == evidence.version,
                func.substr(text, evidence.start + 1, evidence.end - evidence.start) == evidence.quote,
            )
            row = connection.execute(statement).first()
            is_cut = (first > 0, row is not None and len(row.after) == characters)
            found.append(Surroundings(*_at_words(row.before, row.after, is_cut), row.collection) if row else None)
    return found


def _at_words(before: str, after: str, is_cut: tuple[bool, bool]) -> tuple[str, str]:
    before, after = _EMPTY_LINES.sub("\n", before), _EMPTY_LINES.sub("\n", after)
    if is_cut[0]:
        before = before.partition(" ")[2] or before
        line, ended, rest = before.partition("\n")
        before = rest if ended and "|" in line else before
    if is_cut[1]:
        after = after.rpartition(" ")[0] or after
        rest, ended, line = after.rpartition("\n")
        after = rest if ended and "|" in line else after
    return before, after
