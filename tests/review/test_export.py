import csv
import io
import json

import pytest

from groundwire.domain import Label
from groundwire.events.export import ExportFormat
from groundwire.review import export
from groundwire.review.export import CSV_COLUMNS, export_reviews, review_record
from groundwire.review.filters import ReviewFilter
from groundwire.review.records import Decision, Judgement, RightPassage
from groundwire.review.store import ReviewStore
from stored import sample

ANY = ReviewFilter()
FULL = Decision(
    Judgement.MISSED,
    span=(0, 7),
    corrected="=HYPERLINK()",
    evidence=RightPassage("refunds.md", 2, 0, 7, "14 days", "default"),
    note="two\nlines",
)


@pytest.fixture
async def stored(database, events):
    """A store with three reviews, oldest first."""
    store, event = ReviewStore(database), sample(Label.CONTRADICTED)
    await events.append([event])
    return store, [await store.add(event, decision, "ada") for decision in (Decision(Judgement.RIGHT), FULL, FULL)]


async def exported(store, kind, wanted=ANY):
    return "".join([piece async for piece in export_reviews(store, wanted, kind)])


async def test_json_lines_have_everything(stored, monkeypatch):
    monkeypatch.setattr(export, "_PAGE", 2)
    store, reviews = stored
    lines = [json.loads(line) for line in (await exported(store, ExportFormat.JSONL)).splitlines()]
    assert lines == [json.loads(json.dumps(review_record(review))) for review in reversed(reviews)]
    assert lines[0]["span"] == {"start": 0, "end": 7}
    assert lines[0]["claims"][0]["label"] == "contradicted"


async def test_a_csv_has_a_row_a_review_and_no_formulas(stored):
    store, reviews = stored
    rows = list(csv.DictReader(io.StringIO(await exported(store, ExportFormat.CSV))))
    assert [row["id"] for row in rows] == [review.id for review in reversed(reviews)]
    found = rows[0]
    assert (found["corrected"], found["note"], found["right_quote"]) == ("'=HYPERLINK()", "two\nlines", "14 days")
    assert (rows[2]["position"], rows[2]["span_start"], rows[2]["undone_at"]) == ("", "", "")


async def test_filters_hold_for_the_export(stored):
    store, [first, *_] = stored
    wanted = ReviewFilter(judgements=(Judgement.RIGHT,))
    assert [json.loads(line)["id"] for line in (await exported(store, ExportFormat.JSONL, wanted)).splitlines()] == [
        first.id
    ]


async def test_an_empty_csv_is_its_header(database):
    assert (await exported(ReviewStore(database), ExportFormat.CSV)).strip() == ",".join(CSV_COLUMNS)
