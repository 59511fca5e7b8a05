import pytest

from evidence_texts import PLANS, readings
from groundwire.verification.cells import named_cell
from groundwire.verification.units import units
from groundwire.verification.words import stems

BY_COLUMN = """| | Essential | Plus | Pro |
|---|---|---|---|
| Price per month | $8.99 | $17.99 | $32.99 |
| Cameras included | 4 | 10 | 24 |
"""


def cells(text):
    return [unit for reading in readings(text) for unit in units(reading) if unit.column]


def named(text, found, words):
    everything = cells(text)
    start = next(unit for unit in everything if unit.text.strip() == found)
    cell = named_cell(start, everything, stems(words))
    return cell and cell.text.strip()


@pytest.mark.parametrize(
    ("text", "found", "words", "cell"),
    [
        (PLANS, "€9", "The Team plan costs €9 per month.", "€29"),
        (PLANS, "€29", "The Team plan costs €29 per month.", "€29"),
        (PLANS, "€9", "Team is €20 dearer a month than Basic at €9.", "€9"),
        (PLANS, "€20", "The set-up fee for Team is €20.", "none"),
        (BY_COLUMN, "$8.99", "Plus costs $8.99 per month.", "$17.99"),
        (BY_COLUMN, "24", "Plus includes 24 cameras.", "10"),
        (BY_COLUMN, "10", "Plus includes 10 cameras.", "10"),
    ],
)
def test_the_row_or_column_that_is_named_gives_the_cell(text, found, words, cell):
    assert named(text, found, words) == cell


@pytest.mark.parametrize(
    ("text", "found", "words"),
    [
        (PLANS, "€9", "The plan costs €9."),
        (PLANS, "€9", "The Team has €9."),
        (BY_COLUMN, "24", "Plus and Essential include 24 cameras."),
        (
            "| Step | When | Cost |\n|---|---|---|\n| Friendly note | 5 days later | free |",
            "5 days later",
            "A note costs you.",
        ),
    ],
    ids=["no row", "no column", "two of them", "columns of several sorts"],
)
def test_without_one_name_no_cell_is_meant(text, found, words):
    assert named(text, found, words) is None


def test_a_sentence_is_no_cell():
    [unit] = units(readings("Team costs €9.")[0])

    assert named_cell(unit, [unit], stems("Team costs €9.")) is None
