import asyncio
import csv
import io
import json

import pytest

from groundwire.domain import Label
from groundwire.settings import load_settings
from groundwire.wiring import opened_events
from stored import sample


@pytest.fixture
def stored(folder):
    """Two events: one clean, one contradicted."""
    found = [sample(Label.SUPPORTED), sample(Label.CONTRADICTED)]

    async def store():
        async with opened_events(load_settings()) as events:
            await events.append(found)

    asyncio.run(store())
    return found


def test_json_lines_are_the_default(groundwire, stored):
    lines = groundwire("export").stdout.splitlines()

    assert {json.loads(line)["id"] for line in lines} == {event.id for event in stored}


def test_csv_has_a_header_and_a_row_an_event(groundwire, stored):
    rows = list(csv.DictReader(io.StringIO(groundwire("export", "--format", "csv").stdout)))

    assert {row["action"] for row in rows} == {"allow", "rewrite"}


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--action", "rewrite"], 1),
        (["--label", "supported", "--label", "contradicted"], 2),
        (["--until", "2025-03-14"], 0),
        (["--since", "2025-03-14T12:00:00"], 2),
    ],
)
def test_options_narrow_the_choice(groundwire, stored, options, count):
    assert len(groundwire("export", *options).stdout.splitlines()) == count


def test_into_a_file(groundwire, stored, folder):
    result = groundwire("export", "--output", folder / "events.jsonl")

    assert result.stdout == ""
    assert len((folder / "events.jsonl").read_text().splitlines()) == 2


def test_a_file_that_can_not_be_written_is_named(groundwire, stored, folder):
    result = groundwire("export", "--output", folder / "missing" / "events.jsonl")

    assert result.exit_code == 1
    assert "missing/events.jsonl': No such file or directory." in result.stderr
