"""The smallest units a claim can rest on: sentence, list item, table row, heading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from groundwire.documents.blocks import Block, BlockKind, cells, parse, plain
from groundwire.documents.sentences import sentence_spans
from groundwire.domain import Passage

_LABEL = re.compile(r"\s*(\*\*[^*\n]{2,60}\*\*|__[^_\n]{2,60}__)")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table row: the header of its column and its text, `document.text[start:end]`."""

    header: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence, list item, table row or heading: `text == document.text[start:end]`.

    `context` is what it leans on, outermost first: headings, then the lead-in of its list or the table's header, then
    the label its block opens with ("**Fare hold.** A price can …"). `before` is the sentence before it in the same
    block. `cells` is empty except for table rows.
    """

    text: str
    start: int
    end: int
    context: tuple[str, ...] = ()
    before: str = ""
    cells: tuple[Cell, ...] = ()


def statements(passage: Passage) -> list[Statement]:
    """Return the statements of a passage in reading order, with offsets into the document."""
    return [found for block in parse(passage.text) for found in _of_block(passage, block, _header(passage, block))]


def _header(passage: Passage, block: Block) -> str:
    """A passage cut out of the middle of a table does not show its header row; it came along as the lead."""
    return block.lead or passage.lead


def _of_block(passage: Passage, block: Block, lead: str) -> Iterator[Statement]:
    headings = tuple(dict.fromkeys((*passage.headings, *block.headings)))
    if block.kind in {BlockKind.HEADER, BlockKind.CODE}:
        return
    if block.kind is BlockKind.ROW or _is_loose_row(passage, block):
        yield from _rows(passage, block, lead, headings)
        return
    context = (*headings, plain(lead)) if lead and block.kind is BlockKind.ITEM else headings
    if label := _LABEL.match(passage.text, block.content, block.end):
        context = (*context, plain(label.group(1)))
    before = ""
    for start, end in sentence_spans(passage.text[block.content : block.end]):
        start, end = block.content + start, block.content + end
        yield Statement(passage.text[start:end], passage.start + start, passage.start + end, context, before)
        before = plain(passage.text[start:end])


def _is_loose_row(passage: Passage, block: Block) -> bool:
    """Rows without their header row are parsed as a paragraph."""
    return block.kind is BlockKind.PARAGRAPH and "|" in passage.lead and passage.text[block.start : block.end].startswith("|")


def _rows(passage: Passage, block: Block, header: str, headings: tuple[str, ...]) -> Iterator[Statement]:
    names = [plain(header[start:end]) for start, end in cells(header)] if "|" in header else []
    offset = block.start
    for line in passage.text[block.start : block.end].split("\n"):
        if line.strip():
            yield _row(passage, line, offset, names, headings)
        offset += len(line) + 1


def _row(passage: Passage, line: str, offset: int, names: list[str], headings: tuple[str, ...]) -> Statement:
    found = []
    for column, (start, end) in enumerate(cells(line)):
        name = names[column] if column < len(names) else ""
        place = passage.start + offset
        found.append(Cell(name, line[start:end], place + start, place + end))
    start = offset + len(line) - len(line.lstrip())
    context = (*headings, "; ".join(names)) if names else headings
    text = line.strip()
    return Statement(text, passage.start + start, passage.start + start + len(text), context, cells=tuple(found))
