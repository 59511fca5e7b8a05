"""What the documents were good for: how often each supported or contradicted a claim, and which claims lately."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select

from groundwire.domain import Label, Report
from groundwire.events.codec import from_plain
from groundwire.events.escaping import unescape
from groundwire.events.rows import day_of, stored_document_id
from groundwire.storage.database import Database
from groundwire.storage.schema import claims, document_days, events

# Where a document is the best evidence of any other claim it decided nothing.
DECIDED = (Label.SUPPORTED, Label.CONTRADICTED)
_IDS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class DocumentUse:
    """How many claims a document was the best evidence of, by label, and the last day on which it was."""

    claims: Mapping[Label, int]
    last_day: datetime

    def count(self, label: Label) -> int:
        """Return how many claims with this label it was the best evidence of."""
        return self.claims.get(label, 0)


@dataclass(frozen=True, slots=True)
class UsedClaim:
    """A claim that a document was the best evidence of; `position` is its place among the claims of its answer."""

    event_id: str
    created_at: datetime
    model: str
    position: int
    text: str
    reason: str


class DocumentUsage:
    """Reads what documents were used for; from the daily counts, so the time does not grow with the events."""

    def __init__(self, database: Database) -> None:
        self._engine = database.engine

    def of(self, document_ids: Sequence[str], since: datetime) -> dict[str, DocumentUse]:
        """Return the use of these documents from the day of `since` on; those never used are left out."""
        names = {stored_document_id(document_id): document_id for document_id in document_ids}
        rows: dict[str, list[Row[Any]]] = {}
        stored = list(names)
        with self._engine.connect() as connection:
            for start in range(0, len(stored), _IDS_AT_ONCE):
                for row in connection.execute(_summed(stored[start : start + _IDS_AT_ONCE], since)):
                    rows.setdefault(names[row.document_id], []).append(row)
        return {name: _use(found) for name, found in rows.items()}

    def ranked(self, label: Label, since: datetime, limit: int) -> list[tuple[str, int]]:
        """Return the documents that most claims with this label had as best evidence since then, and for how many."""
        with self._engine.connect() as connection:
            rows = connection.execute(ranked_documents(label, since, limit))
            return [(unescape(row.document_id), int(row.counted)) for row in rows]

    def recent(self, document_id: str, label: Label, limit: int) -> list[UsedClaim]:
        """Return the last claims with this label that the document was the best evidence of, newest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(_recent(stored_document_id(document_id), label, limit))
            return [_used_claim(row) for row in rows]


def ranked_documents(label: Label, since: datetime, limit: int) -> Select[tuple[str, int]]:
    """Return the statement for the documents that most claims with this label had as evidence, and for how many."""
    counted = func.sum(document_days.c.claims).label("counted")
    chosen = select(document_days.c.document_id, counted).where(
        document_days.c.day >= day_of(since), document_days.c.label == label.value
    )
    ranked: Select[tuple[str, int]] = chosen.group_by(document_days.c.document_id).order_by(counted.desc()).limit(limit)
    return ranked


def deciding_documents(since: datetime) -> Select[tuple[str]]:
    """Return a SELECT of the ids of the documents that supported or contradicted a claim from that day on."""
    labels = [label.value for label in DECIDED]
    is_recent = document_days.c.day >= day_of(since)
    return select(document_days.c.document_id).where(is_recent, document_days.c.label.in_(labels)).distinct()


def _summed(stored_ids: Sequence[str], since: datetime) -> Select[Any]:
    columns = (document_days.c.document_id, document_days.c.label)
    sums = (func.sum(document_days.c.claims).label("counted"), func.max(document_days.c.day).label("last_day"))
    chosen = document_days.c.document_id.in_(stored_ids)
    return select(*columns, *sums).where(document_days.c.day >= day_of(since), chosen).group_by(*columns)


def _recent(stored_id: str, label: Label, limit: int) -> Select[Any]:
    mine = select(claims).where(claims.c.document_id == stored_id, claims.c.label == label.value).subquery()
    columns = (mine.c.event_id, mine.c.position, events.c.created_at, events.c.model, events.c.report)
    joined = select(*columns).join(events, events.c.id == mine.c.event_id)
    newest = (mine.c.event_id.desc(), mine.c.position)
    return joined.where(events.c.is_selftest.is_(False)).order_by(*newest).limit(limit)


def _use(rows: Sequence[Row[Any]]) -> DocumentUse:
    counts = {Label(row.label): int(row.counted) for row in rows}
    return DocumentUse(counts, max(row.last_day for row in rows))


def _used_claim(row: Row[Any]) -> UsedClaim:
    verdict = from_plain(Report, row.report, unescape).verdicts[row.position]
    model = unescape(str(row.report.get("model", row.model)))
    return UsedClaim(row.event_id, row.created_at, model, row.position, verdict.claim.text, verdict.reason)
