"""The sample documents that come with the product."""

from pathlib import Path

import pytest

from groundwire.knowledge.conversion import SUFFIXES, convert
from groundwire.knowledge.uploads import files_of

FOLDER = Path(__file__).parents[2] / "knowledge_base"
FILES = list(files_of(FOLDER))


def text_of(name):
    return convert((FOLDER / name).read_bytes(), name, max_bytes=1_000_000).text


def test_they_come_in_several_formats():
    found = {path.suffix for path in FILES}
    assert found == {".md", ".pdf", ".docx", ".csv", ".html", ".xlsx"} <= SUFFIXES
    assert 12 <= len(FILES) <= 20


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_can_be_read_and_is_of_a_length_that_people_write(path):
    assert 250 <= len(text_of(path.name).split()) <= 900


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("plans-and-pricing.md", "| Video history | 7 days | 30 days | 60 days |"),
        (
            "installation-services.docx",
            "| Standard | hub and up to 8 devices | $129 | C$169 | £109 | up to 2.5 hours |",
        ),
        ("privacy-and-data-retention.pdf", "| Recordings of calls | 90 days | automatically |"),
        ("price-list-2026.csv", "| FH-CAM-220 | Outdoor Camera C2 | US | 119.00 | USD | 2026-01-01 |  |  |"),
        ("cameras-and-doorbell.html", "| Night vision | 8 m | 12 m, colour with spotlight | 5 m |"),
        ("service-areas.xlsx", "| B | 26 to 60 miles | 99 | 79 | 3 | one visit a year |"),
    ],
)
def test_tables_of_every_format_stay_tables(name, line):
    assert line in text_of(name).split("\n")
