"""The smallest pieces of a document that a claim can rest on, read once: sentence, list item, cell of a table row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from groundwire.documents.statements import Cell, Statement, statements
from groundwire.domain import Hit, Passage
from groundwire.values import Kind, Value, find_values
from groundwire.verification.polarity import Polarity, polarity
from groundwire.verification.words import stems

_HEADER_UNIT = re.compile(r"(?:[(\[,]\s*(?:in )?|\bin )([^()\[\],]{1,20})")

# What a header can limit its column to; "Price per month" and "Option 2" limit nothing.
_LIMITING = frozenset((Kind.MONEY, Kind.PERCENT, Kind.DURATION, Kind.QUANTITY, Kind.DATE, Kind.TIME))


@dataclass(frozen=True, slots=True)
class Reading:
    """A statement with all that matching needs of it.

    `stems` are the words of the statement itself, `around` those of what stands over it (title, headings, lead-in,
    table header), `before` those of the sentence before it. `values` carry offsets into `statement.text`. `rendered` is
    the statement as a reader would say it: a row with its headers.
    """

    passage: Passage
    statement: Statement
    stems: frozenset[str]
    around: frozenset[str]
    before: frozenset[str]
    values: tuple[Value, ...]
    polarity: Polarity
    rendered: str


@dataclass(frozen=True, slots=True)
class Unit:
    """What carries a value: a whole sentence or item, or one cell of a row read with its label and column header.

    `values` carry offsets into `text`, the words of the sentence, cell or header. `column` and `label` are set for
    cells alone: the headings and header over the cell, and the stems of its row's first cell.
    """

    reading: Reading
    text: str
    stems: frozenset[str]
    around: frozenset[str]
    values: tuple[Value, ...]
    column: tuple[str, ...] = ()
    label: frozenset[str] = frozenset()


@lru_cache(maxsize=4096)
def read_passage(passage: Passage) -> tuple[Reading, ...]:
    """Return the readings of a passage's statements, in reading order."""
    return tuple(_read(passage, statement) for statement in statements(passage))


def read_hits(hits: Sequence[Hit]) -> list[Reading]:
    """Return the readings of all hits, best hit first; a statement that stands in two passages comes once."""
    seen: set[tuple[str, int, int]] = set()
    readings = []
    for hit in hits:
        for reading in read_passage(hit.passage):
            key = (hit.passage.document_id, reading.statement.start, reading.statement.end)
            if key not in seen:
                seen.add(key)
                readings.append(reading)
    return readings


@lru_cache(maxsize=16384)
def units(reading: Reading) -> tuple[Unit, ...]:
    """Return the units of one statement: itself, or the cells and the valued headers of a table row."""
    cells = reading.statement.cells
    if not cells:
        return (Unit(reading, reading.statement.text, reading.stems, reading.around, reading.values),)
    label = stems(cells[0].text)
    return tuple(unit for cell in cells for unit in _cell_units(reading, cell, label))


def _cell_units(reading: Reading, cell: Cell, label: frozenset[str]) -> Iterator[Unit]:
    """A limit may stand in the header alone: "Bought online (up to 3 h before departure)"."""
    words = stems(cell.header) | label
    column = (*reading.statement.context, cell.header)
    own = stems(cell.text) | words
    yield Unit(reading, cell.text, own, reading.around, tuple(_cell_values(cell)), column, label)
    if limits := tuple(value for value in find_values(cell.header) if value.kind in _LIMITING):
        yield Unit(reading, cell.header, words, reading.around, limits)


def _cell_values(cell: Cell) -> list[Value]:
    """A unit often stands only in the header ("Price (EUR)" over "45"); it is read into the cell's bare number."""
    values = find_values(cell.text)
    if len(values) != 1 or values[0].unit or values[0].text != cell.text.strip():
        return values
    bare = values[0]
    for unit in _HEADER_UNIT.findall(cell.header):
        for spelled in (f"{bare.text} {unit}", f"{unit} {bare.text}"):
            found = find_values(spelled)
            if len(found) == 1 and found[0].unit:
                return [replace(found[0], text=bare.text, start=bare.start, end=bare.end)]
    return values


def _read(passage: Passage, statement: Statement) -> Reading:
    around = stems(passage.title) | stems(" ".join(statement.context))
    if statement.cells:
        around |= stems(" ".join(cell.header for cell in statement.cells))
    return Reading(
        passage,
        statement,
        stems(statement.text),
        around,
        stems(statement.before),
        tuple(find_values(statement.text)),
        polarity(statement.text),
        _rendered(statement),
    )


def _rendered(statement: Statement) -> str:
    if not statement.cells:
        return statement.text
    named = (f"{cell.header}: {cell.text}" if cell.header else cell.text for cell in statement.cells if cell.text)
    return "; ".join(named)
