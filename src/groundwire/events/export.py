"""Events as JSON lines or CSV, page by page, so that any number fits into memory."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Iterable, Sequence
from enum import StrEnum

from groundwire.domain import Event, Label
from groundwire.events.codec import Plain, to_plain
from groundwire.events.filters import EventFilter, Page
from groundwire.events.rows import asked
from groundwire.events.store import SqlEventStore

_PAGE = 200
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class ExportFormat(StrEnum):
    """`jsonl` has everything that is stored, one event a line; `csv` one flat row an event."""

    JSONL = "jsonl"
    CSV = "csv"


async def export_events(store: SqlEventStore, wanted: EventFilter, kind: ExportFormat) -> AsyncIterator[str]:
    """Yield the events that match, newest first, in pieces of text; a CSV begins with its header row."""
    if kind is ExportFormat.CSV:
        yield csv_lines([CSV_COLUMNS])
    cursor: str | None = None
    while True:
        page = await store.find(wanted, Page(_PAGE, cursor))
        if page.events:
            yield _jsonl(page.events) if kind is ExportFormat.JSONL else csv_lines(map(_cells, page.events))
        if page.next_cursor is None:
            return
        cursor = page.next_cursor


def event_record(event: Event) -> dict[str, Plain]:
    """Return an event as JSON values: its fields, and the label and groundedness of its report."""
    plain = to_plain(event)
    assert isinstance(plain, dict)
    return plain | {"label": event.report.label.value, "groundedness": event.report.groundedness}


CSV_COLUMNS = (
    "id",
    "created_at",
    "endpoint",
    "model",
    "upstream",
    "policy",
    "mode",
    "action",
    "label",
    "groundedness",
    "revision",
    "outcome",
    *(f"claims_{label.value}" for label in Label),
    "documents",
    "metadata",
    "question",
    "answer",
    "delivered",
)


def _jsonl(found: Iterable[Event]) -> str:
    return "".join(json.dumps(event_record(event)) + "\n" for event in found)


def csv_lines(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as lines of CSV that no spreadsheet takes for formulas."""
    lines = io.StringIO()
    csv.writer(lines).writerows([_safe(str(cell)) for cell in row] for row in rows)
    return lines.getvalue()


def _cells(event: Event) -> Sequence[object]:
    report = event.report
    cited = {evidence.document_id for verdict in report.verdicts for evidence in verdict.evidence}
    labels = [verdict.label for verdict in report.verdicts]
    return (
        event.id,
        event.created_at.isoformat(),
        event.endpoint,
        event.model,
        event.upstream,
        event.policy,
        event.mode.value,
        event.action.value,
        report.label.value,
        round(report.groundedness, 4),
        report.revision,
        event.outcome.value,
        *(labels.count(label) for label in Label),
        " ".join(sorted(cited)),
        json.dumps(dict(event.metadata), sort_keys=True),
        asked(event.question),
        report.answer,
        event.delivered,
    )


def _safe(cell: str) -> str:
    """Spreadsheets run cells that begin like a formula, and a model's answer may; lone surrogates are not UTF-8."""
    cell = cell.encode("utf-8", "replace").decode()
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell
