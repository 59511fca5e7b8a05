"""The blocks of a Markdown text: headings, paragraphs, list items, table rows, code; each with its span and headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_HEADING = re.compile(r"[ ]{0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*$")
_ITEM = re.compile(r"[ \t]*(?:>[ \t]?)*(?:[-*+•–]|\d{1,3}[.)])[ \t]+\S")
_MARKER = re.compile(r"[ \t]*(?:>[ \t]?)*(?:[-*+•–]|\d{1,3}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
_ROW = re.compile(r"[ \t]*\|.*\|[ \t]*$")
_DELIMITER = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_UNDERLINE = re.compile(r"[ \t]*(?:=+|-{3,})[ \t]*$")
_MARKUP = re.compile(r"[*_`]+|\[(?=[^\]]*\]\()|\]\([^)]*\)|<[^>]{1,200}>")


class BlockKind(StrEnum):
    """What a block is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    HEADER = "table header"
    ROW = "table row"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a document: `text[start:end]` without line break at the end.

    `content` is where its words begin, behind a list marker. `headings` is the heading path over it. `lead` is what it
    leans on: the header row for a table row, the sentence before the list for an item.
    """

    kind: BlockKind
    start: int
    end: int
    content: int
    headings: tuple[str, ...] = ()
    lead: str = ""


def plain(text: str) -> str:
    """Return a text without Markdown's marks and links' targets, white space folded."""
    return " ".join(_MARKUP.sub("", text).split())


def cells(row: str) -> list[tuple[int, int]]:
    """Return the spans of a table row's cells within the row, white space around them left out."""
    bars = [match.start() for match in re.finditer(r"(?<!\\)\|", row)]
    edges = [-1, *bars, len(row)]
    spans = []
    for left, right in zip(edges, edges[1:], strict=False):
        inner = row[left + 1 : right]
        start = left + 1 + len(inner) - len(inner.lstrip())
        spans.append((start, max(start, left + 1 + len(inner.rstrip()))))
    if row[: edges[1]].strip() == "":
        spans = spans[1:]
    return spans[:-1] if spans and row[bars[-1] + 1 :].strip() == "" else spans


def parse(text: str) -> list[Block]:
    """Return the blocks of a Markdown text in order; every character that is not white space lies in one of them."""
    return list(_Parser(text).blocks())


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = _line_spans(text)
        self._headings: list[tuple[int, str]] = []
        self._lead = ""
        self._paragraph = ""

    def blocks(self) -> Iterator[Block]:
        at = 0
        while at < len(self._lines):
            at = yield from self._block(at)

    def _block(self, at: int) -> Iterator[Block]:  # type: ignore[misc]
        start, end = self._lines[at]
        line = self._text[start:end]
        if not line.strip():
            return at + 1
        if heading := _HEADING.match(line):
            yield self._heading(start, end, len(heading.group(1)), heading.group(2))
            return at + 1
        if _FENCE.match(line):
            return (yield from self._code(at))
        if _ROW.match(line) and at + 1 < len(self._lines) and _DELIMITER.match(self._line(at + 1)):
            return (yield from self._table(at))
        if _ITEM.match(line):
            return (yield from self._item(at))
        return (yield from self._plain_paragraph(at))

    def _heading(self, start: int, end: int, level: int, title: str) -> Block:
        while self._headings and self._headings[-1][0] >= level:
            self._headings.pop()
        path = self._path()
        self._headings.append((level, plain(title)))
        self._lead = self._paragraph = ""
        return Block(BlockKind.HEADING, start, end, start, path)

    def _code(self, at: int) -> Iterator[Block]:  # type: ignore[misc]
        fence = _FENCE.match(self._line(at))
        mark = fence.group(1) if fence else "```"
        last = at + 1
        while last < len(self._lines) and not self._line(last).strip().startswith(mark):
            last += 1
        last = min(last, len(self._lines) - 1)
        yield Block(BlockKind.CODE, self._lines[at][0], self._lines[last][1], self._lines[at][0], self._path())
        return last + 1

    def _table(self, at: int) -> Iterator[Block]:  # type: ignore[misc]
        start, _ = self._lines[at]
        header = self._line(at).strip()
        yield Block(BlockKind.HEADER, start, self._lines[at + 1][1], start, self._path(), self._paragraph)
        at += 2
        while at < len(self._lines) and _ROW.match(self._line(at)):
            start, end = self._lines[at]
            yield Block(BlockKind.ROW, start, end, start, self._path(), header)
            at += 1
        return at

    def _item(self, at: int) -> Iterator[Block]:  # type: ignore[misc]
        if self._paragraph:
            self._lead, self._paragraph = self._paragraph, ""
        start, _ = self._lines[at]
        marker = _MARKER.match(self._text, start)
        end = self._lines[at][1]
        at += 1
        while at < len(self._lines) and self._continues(at):
            end = self._lines[at][1]
            at += 1
        yield Block(BlockKind.ITEM, start, end, marker.end() if marker else start, self._path(), self._lead)
        return at

    def _plain_paragraph(self, at: int) -> Iterator[Block]:  # type: ignore[misc]
        start, end = self._lines[at]
        first = at
        at += 1
        while at < len(self._lines) and self._continues(at):
            end = self._lines[at][1]
            at += 1
        if at == first + 1 and at < len(self._lines) and _UNDERLINE.match(self._line(at)):
            level = 1 if "=" in self._line(at) else 2
            yield self._heading(start, self._lines[at][1], level, self._text[start:end])
            return at + 1
        self._paragraph = plain(self._text[start:end])
        self._lead = ""
        yield Block(BlockKind.PARAGRAPH, start, end, start, self._path())
        return at

    def _continues(self, at: int) -> bool:
        """A line goes on with the block before it when it starts none of its own."""
        line = self._line(at)
        if not line.strip() or _HEADING.match(line) or _FENCE.match(line) or _ITEM.match(line) or _UNDERLINE.match(line):
            return False
        return not (_ROW.match(line) and at + 1 < len(self._lines) and _DELIMITER.match(self._line(at + 1)))

    def _line(self, at: int) -> str:
        start, end = self._lines[at]
        return self._text[start:end]

    def _path(self) -> tuple[str, ...]:
        return tuple(title for _, title in self._headings)


def _line_spans(text: str) -> list[tuple[int, int]]:
    spans = []
    start = 0
    for line in text.splitlines(keepends=True):
        spans.append((start, start + len(line.rstrip("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"))))
        start += len(line)
    return spans
