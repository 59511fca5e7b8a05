import csv
import io
import json
from dataclasses import replace

import pytest

from groundwire.domain import Event, Label
from groundwire.events.codec import from_plain
from groundwire.events.export import CSV_COLUMNS, ExportFormat, export_events
from groundwire.events.filters import EventFilter
from stored import sample


async def exported(store, kind, **wanted):
    return "".join([piece async for piece in export_events(store, EventFilter(**wanted), kind)])


async def rows(store):
    return list(csv.DictReader(io.StringIO(await exported(store, ExportFormat.CSV))))


async def test_json_lines_hold_everything(events):
    stored = [sample(Label.CONTRADICTED), sample(Label.SUPPORTED), sample()]
    await events.append(stored)
    lines = [json.loads(line) for line in (await exported(events, ExportFormat.JSONL)).splitlines()]
    assert [from_plain(Event, line) for line in lines] == stored[::-1]
    assert [line["label"] for line in lines] == ["supported", "supported", "contradicted"]


async def test_more_than_a_page_is_exported_once(events):
    stored = [sample() for _ in range(450)]
    await events.append(stored)
    lines = (await exported(events, ExportFormat.JSONL)).splitlines()
    assert [json.loads(line)["id"] for line in lines] == [event.id for event in stored[::-1]]


async def test_only_what_matches_is_exported(events):
    wanted = sample(Label.UNSUPPORTED)
    await events.append([sample(), wanted])
    text = await exported(events, ExportFormat.JSONL, labels=(Label.UNSUPPORTED,))
    assert [json.loads(line)["id"] for line in text.splitlines()] == [wanted.id]


async def test_a_csv_has_a_row_an_event(events):
    event = sample(Label.CONTRADICTED, Label.SUPPORTED)
    await events.append([event])
    (row,) = await rows(events)
    assert tuple(row) == CSV_COLUMNS
    assert row["answer"] == event.report.answer
    assert row["question"] == "How long do refunds take?"
    assert (row["claims_contradicted"], row["claims_supported"], row["claims_unverified"]) == ("1", "1", "0")
    assert row["documents"] == "refunds"


async def test_an_empty_csv_is_its_header(events):
    assert (await exported(events, ExportFormat.CSV)).splitlines() == [",".join(CSV_COLUMNS)]


@pytest.mark.parametrize("answer", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1"], ids=repr)
async def test_an_answer_can_not_become_a_formula(events, answer):
    event = sample()
    await events.append([replace(event, report=replace(event.report, answer=answer))])
    assert (await rows(events))[0]["answer"] == f"'{answer}"


async def test_broken_characters_do_not_break_a_csv(events):
    await events.append([replace(sample(), delivered="a\ud800b")])
    text = await exported(events, ExportFormat.CSV)
    assert "a?b" in text
    text.encode("utf-8")
