"""The blocks of a Markdown text (headings, paragraphs, items, table rows, code), each with its span and headings."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from groundwire.documents.sentences import sentence_spans

# Possessive quantifiers and bounded repeats keep every pattern linear on hostile text.
_HEADING = re.compile(r"[ ]{0,3}(#{1,6})(?=[ \t])[ \t]*+")
_MARKER = re.compile(r"[ \t]*+(?:>[ \t]?)*+(?:[-*+•–]|\d{1,3}[.)])[ \t]++(?:\[[ xX]\][ \t]++)?(?=\S)")
_FENCE = re.compile(r"[ \t]*+(`{3,}|~{3,})")
_DELIMITER = re.compile(r"[ \t]*+\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)*+\|?[ \t]*+$")
_UNDERLINE = re.compile(r"[ \t]*+(?:=++|-{3,}+)[ \t]*+$")
_MARKUP = re.compile(
    r"\*+|`+|(?<![^\W_])_+|_+(?![^\W_])|!?\[(?=[^\[\]\n]{0,300}\]\()|\]\([^()\s]{0,500}(?: \"[^\"\n]{0,200}\")?\)"
    r"|</?[A-Za-z][^<>]{0,200}>|<!--.{0,200}?-->"
)


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

    `text[content:content_end]` is its words, without the list marker or the heading's marks. `headings` is the heading
    path over it. `lead` is what it leans on: the header row for a table row, the sentence before the list for an item,
    the opening fence for code that begins in the middle.
    """

    kind: BlockKind
    start: int
    end: int
    content: int
    content_end: int
    headings: tuple[str, ...] = ()
    lead: str = ""


_Blocks = Generator[Block, None, int]


def plain(text: str) -> str:
    """Return a text without Markdown's marks and links' targets, white space folded."""
    return " ".join(_MARKUP.sub("", text).split())


def cells(row: str) -> list[tuple[int, int]]:
    """Return the spans of a table row's cells within the row, white space around them left out."""
    bars = [match.start() for match in re.finditer(r"(?<!\\)\|", row)]
    edges = [-1, *bars, len(row)]
    spans = []
    for left, right in pairwise(edges):
        inner = row[left + 1 : right]
        start = left + 1 + len(inner) - len(inner.lstrip())
        spans.append((start, max(start, left + 1 + len(inner.rstrip()))))
    if row[: edges[1]].strip() == "":
        spans = spans[1:]
    return spans[:-1] if spans and row[bars[-1] + 1 :].strip() == "" else spans


def parse(text: str, lead: str = "") -> list[Block]:
    """Return the blocks of a Markdown text in order; every character that is not white space lies in one of them.

    `lead` is what a text leans on that begins in the middle of a table (its header row), of a list (the sentence before
    it) or of code (its opening fence); it holds until the first block that belongs to something else.
    """
    return list(_Parser(text, lead).blocks())


class _Parser:
    def __init__(self, text: str, lead: str) -> None:
        self._text = text
        self._lines = _line_spans(text)
        self._headings: list[tuple[int, str]] = []
        self._opening = lead
        self._lead = ""
        self._paragraph = ""

    def blocks(self) -> Iterator[Block]:
        at = 0
        while at < len(self._lines):
            at = yield from self._block(at)

    def _block(self, at: int) -> _Blocks:
        line = self._line(at)
        if not line.strip():
            return at + 1
        opening, self._opening = self._opening, ""
        if opening:
            return (yield from self._rest(at, opening))
        if heading := _HEADING.match(line):
            yield self._heading(at, at, len(heading.group(1)), heading.end())
            return at + 1
        if fence := _FENCE.match(line):
            return (yield from self._code(at, at + 1, fence.group(1)))
        if self._starts_table(at):
            return (yield from self._table(at))
        if _MARKER.match(line):
            return (yield from self._item(at))
        return (yield from self._plain_paragraph(at))

    def _rest(self, at: int, lead: str) -> _Blocks:
        """The rest of what the text begins in the middle of."""
        if fence := _FENCE.match(lead):
            return (yield from self._code(at, at, fence.group(1), lead))
        if "|" in lead and "|" in self._line(at):
            return (yield from self._rows(at, lead))
        self._lead = lead
        if _HEADING.match(self._line(at)) or _MARKER.match(self._line(at)) or self._starts_table(at):
            return (yield from self._block(at))
        last = self._last_line(at)
        yield self._span(BlockKind.PARAGRAPH, at, last, lead=lead)
        return last + 1

    def _heading(self, first: int, last: int, level: int, indent: int) -> Block:
        while self._headings and self._headings[-1][0] >= level:
            self._headings.pop()
        path = self._path()
        start, end = self._lines[first]
        content_end = start + max(indent, len(_without_closing_marks(self._text[start:end])))
        self._headings.append((level, plain(self._text[start + indent : content_end])))
        self._lead = self._paragraph = ""
        return Block(BlockKind.HEADING, start, self._lines[last][1], start + indent, content_end, path)

    def _code(self, first: int, at: int, mark: str, lead: str = "") -> _Blocks:
        while at < len(self._lines) and not self._line(at).strip().startswith(mark):
            at += 1
        last = min(at, len(self._lines) - 1)
        self._lead = self._paragraph = ""
        yield self._span(BlockKind.CODE, first, last, lead=lead)
        return last + 1

    def _starts_table(self, at: int) -> bool:
        if "|" not in self._line(at) or at + 1 == len(self._lines):
            return False
        below = self._line(at + 1)
        return "|" in below and _DELIMITER.match(below) is not None

    def _table(self, at: int) -> _Blocks:
        yield self._span(BlockKind.HEADER, at, at + 1, lead=self._paragraph)
        return (yield from self._rows(at + 2, self._line(at).strip()))

    def _rows(self, at: int, header: str) -> _Blocks:
        self._lead = self._paragraph = ""
        while at < len(self._lines) and "|" in self._line(at) and self._line(at).strip():
            yield self._span(BlockKind.ROW, at, at, lead=header)
            at += 1
        return at

    def _item(self, at: int) -> _Blocks:
        if self._paragraph:
            self._lead, self._paragraph = self._paragraph, ""
        last = self._last_line(at)
        marker = _MARKER.match(self._line(at))
        yield self._span(BlockKind.ITEM, at, last, indent=marker.end() if marker else 0, lead=self._lead)
        return last + 1

    def _plain_paragraph(self, at: int) -> _Blocks:
        last = self._last_line(at)
        below = self._line(last + 1) if last + 1 < len(self._lines) else ""
        if at == last and _UNDERLINE.match(below):
            yield self._heading(at, at + 1, 1 if "=" in below else 2, 0)
            return at + 2
        start, end = self._lines[at][0], self._lines[last][1]
        words = self._text[start:end]
        self._paragraph = next((plain(words[a:b]) for a, b in reversed(sentence_spans(words))), "")
        self._lead = ""
        yield self._span(BlockKind.PARAGRAPH, at, last)
        return last + 1

    def _last_line(self, at: int) -> int:
        while at + 1 < len(self._lines) and self._continues(at + 1):
            at += 1
        return at

    def _continues(self, at: int) -> bool:
        """A line goes on with the block before it when it starts none of its own."""
        line = self._line(at)
        if not line.strip() or self._starts_table(at):
            return False
        return not any(pattern.match(line) for pattern in (_HEADING, _FENCE, _MARKER, _UNDERLINE))

    def _span(self, kind: BlockKind, first: int, last: int, *, indent: int = 0, lead: str = "") -> Block:
        start, end = self._lines[first][0], self._lines[last][1]
        return Block(kind, start, end, start + indent, end, self._path(), lead)

    def _line(self, at: int) -> str:
        start, end = self._lines[at]
        return self._text[start:end]

    def _path(self) -> tuple[str, ...]:
        return tuple(title for _, title in self._headings)


def _without_closing_marks(line: str) -> str:
    """A heading may be closed by marks of its own ("## Fees ##"), but "C#" is a word."""
    line = line.rstrip()
    bare = line.rstrip("#")
    return bare.rstrip() if bare != line and bare[-1:] in {" ", "\t"} else line


def _line_spans(text: str) -> list[tuple[int, int]]:
    spans = []
    start = 0
    for line in text.splitlines(keepends=True):
        spans.append((start, start + len(line.rstrip("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"))))
        start += len(line)
    return spans
