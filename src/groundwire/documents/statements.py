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
    block. `cells` is empty except for table rows. Headings stand without their marks. Code states nothing.
    """

    text: str
    start: int
    end: int
    context: tuple[str, ...] = ()
    before: str = ""
    cells: tuple[Cell, ...] = ()


def statements(passage: Passage) -> list[Statement]:
    """Return the statements of a passage in reading order, with offsets into the document."""
    return [found for block in parse(passage.text, passage.lead) for found in _of_block(passage, block)]


def _of_block(passage: Passage, block: Block) -> Iterator[Statement]:
    headings = tuple(dict.fromkeys((*passage.headings, *block.headings)))
    if block.kind is BlockKind.HEADING:
        yield from _heading(passage, block, headings)
    elif block.kind is BlockKind.ROW:
        yield from _row(passage, block, headings)
    elif block.kind in {BlockKind.PARAGRAPH, BlockKind.ITEM}:
        yield from _sentences(passage, block, headings)


def _heading(passage: Passage, block: Block, headings: tuple[str, ...]) -> Iterator[Statement]:
    """A heading is not its own context, though it stands in the path of the passage that begins with it."""
    words = passage.text[block.content : block.content_end]
    title = plain(words)
    above = headings[: headings.index(title)] if title in headings else headings
    if words.strip():
        yield Statement(words, passage.start + block.content, passage.start + block.content_end, above)


def _sentences(passage: Passage, block: Block, headings: tuple[str, ...]) -> Iterator[Statement]:
    context = (*headings, plain(block.lead)) if block.lead else headings
    if label := _LABEL.match(passage.text, block.content, block.end):
        context = (*context, plain(label.group(1)))
    before = ""
    for start, end in sentence_spans(passage.text[block.content : block.end]):
        start, end = block.content + start, block.content + end
        text = passage.text[start:end]
        # A rule across the page ("---") or a stray mark states nothing.
        if any(character.isalnum() for character in text):
            yield Statement(text, passage.start + start, passage.start + end, context, before)
            before = plain(text)


def _row(passage: Passage, block: Block, headings: tuple[str, ...]) -> Iterator[Statement]:
    names = [plain(block.lead[start:end]) for start, end in cells(block.lead)]
    line = passage.text[block.start : block.end]
    start = block.start + len(line) - len(line.lstrip())
    text = line.strip()
    if not any(character.isalnum() for character in text):
        return
    place = passage.start + block.start
    found = tuple(
        Cell(names[column] if column < len(names) else "", line[left:right], place + left, place + right)
        for column, (left, right) in enumerate(cells(line))
    )
    start += passage.start
    yield Statement(text, start, start + len(text), (*headings, "; ".join(names)), cells=found)
