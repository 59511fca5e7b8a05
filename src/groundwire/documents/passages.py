"""Cuts a document into passages: what is embedded and retrieved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from groundwire.documents.blocks import Block, BlockKind, parse
from groundwire.documents.sentences import sentence_spans

# Words in a passage: enough for a rule with its exception, few enough for one vector to stand for it.
TARGET_WORDS = 110
MAX_WORDS = 160


@dataclass(frozen=True, slots=True)
class Cut:
    """One passage's place in its document: `text[start:end]`, its heading path, and the `lead` it leans on.

    `lead` is the header row of the table or the sentence before the list that the passage begins in the middle of.
    """

    start: int
    end: int
    headings: tuple[str, ...]
    lead: str = ""


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    words: int
    headings: tuple[str, ...]
    lead: str
    is_heading: bool


def cut(text: str, *, target_words: int = TARGET_WORDS, max_words: int = MAX_WORDS) -> list[Cut]:
    """Return the passages of a Markdown text in reading order.

    They do not overlap and together cover every character that is not white space. A cut falls between blocks where it
    can, else between sentences, never inside a sentence, list item or table row; only a single sentence of more than
    `max_words` words makes a longer passage. A new heading starts a new passage once the open one is half full.
    """
    cuts: list[Cut] = []
    group: list[_Piece] = []
    words = 0
    for piece in _pieces(text, max_words):
        is_new_section = bool(group) and piece.headings != group[-1].headings and not group[-1].is_heading
        starts_section = piece.is_heading and any(not one.is_heading for one in group)
        if group and (is_new_section or starts_section or words + piece.words > max_words or words >= target_words):
            _close(cuts, group)
            words = 0
        group.append(piece)
        words += piece.words
    _close(cuts, group)
    return cuts


def _close(cuts: list[Cut], group: list[_Piece]) -> None:
    if not group:
        return
    body = next((piece for piece in group if not piece.is_heading), group[-1])
    cuts.append(Cut(group[0].start, group[-1].end, body.headings, group[0].lead))
    group.clear()


def _pieces(text: str, max_words: int) -> Iterator[_Piece]:
    for block in parse(text):
        words = len(text[block.start : block.end].split())
        if words > max_words and block.kind in {BlockKind.PARAGRAPH, BlockKind.ITEM}:
            yield from _sentences(text, block)
        else:
            yield _piece(block, block.start, block.end, words)


def _sentences(text: str, block: Block) -> Iterator[_Piece]:
    for start, end in sentence_spans(text[block.start : block.end]):
        words = len(text[block.start + start : block.start + end].split())
        yield _piece(block, block.start + start, block.start + end, words)


def _piece(block: Block, start: int, end: int, words: int) -> _Piece:
    lead = block.lead if block.kind in {BlockKind.ROW, BlockKind.ITEM} else ""
    return _Piece(start, end, words, block.headings, lead, block.kind is BlockKind.HEADING)
