"""Cuts a document into passages: what is embedded and retrieved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from groundwire.documents.blocks import Block, BlockKind, parse, plain
from groundwire.documents.sentences import sentence_spans

# Words in a passage: enough for a rule with its exception, few enough for one vector to stand for it.
TARGET_WORDS = 110
MAX_WORDS = 160
# Sections with fewer words than this are joined with the next one.
MIN_SECTION_WORDS = 40


@dataclass(frozen=True, slots=True)
class Cut:
    """One passage's place in its document: `text[start:end]`, its heading path, and the `lead` it leans on.

    `headings` is what the paths of its sections have in common; headings inside the passage carry on from there. `lead`
    is the header row of the table, the sentence before the list, or the opening fence of the code that the passage
    begins in the middle of.
    """

    start: int
    end: int
    headings: tuple[str, ...]
    lead: str = ""


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is never cut; a heading's path ends with itself."""

    start: int
    end: int
    words: int
    headings: tuple[str, ...]
    lead: str
    is_heading: bool


def cut(text: str, *, target_words: int = TARGET_WORDS, max_words: int = MAX_WORDS) -> list[Cut]:
    """Return the passages of a Markdown text in reading order.

    They do not overlap and together cover every character that is not white space. A section starts a new passage
    unless the open one has fewer than `MIN_SECTION_WORDS` words under its headings. Elsewhere a cut falls between
    blocks where it can; a block of more than `max_words` words is cut between sentences, and a sentence or code block
    that is still longer between lines. Table rows and lines stay whole, however long.
    """
    groups: list[list[_Piece]] = []
    for piece in _pieces(text, max_words):
        if not groups or _is_full(groups[-1], piece, target_words, max_words):
            groups.append(_loose_headings(groups[-1], piece) if groups else [])
        groups[-1].append(piece)
    return [_cut(group) for group in groups]


def _is_full(group: Sequence[_Piece], piece: _Piece, target_words: int, max_words: int) -> bool:
    if all(one.is_heading for one in group) and not piece.is_heading:
        return False
    words = sum(one.words for one in group)
    if words + piece.words > max_words or words >= target_words:
        return True
    if not piece.is_heading or group[-1].is_heading:
        return False
    body = sum(one.words for one in group if not one.is_heading)
    # Joined sections must lie under the headings the passage begins under, or its statements would lose theirs.
    base = group[0].headings[:-1] if group[0].is_heading else group[0].headings
    return body >= MIN_SECTION_WORDS or not _lies_under(piece.headings[:-1], base)


def _loose_headings(group: list[_Piece], piece: _Piece) -> list[_Piece]:
    """Take from the end of a full group the headings that stand over the next piece."""
    loose: list[_Piece] = []
    while group[-1].is_heading and len(group) > 1 and not piece.is_heading:
        loose.insert(0, group.pop())
    return loose


def _cut(group: Sequence[_Piece]) -> Cut:
    following = [*(piece.headings for piece in group[1:]), ()]
    paths = [
        piece.headings
        for piece, below in zip(group, following, strict=True)
        if not (piece.is_heading and _lies_under(below, piece.headings))
    ]
    return Cut(group[0].start, group[-1].end, _common(paths), group[0].lead)


def _lies_under(path: tuple[str, ...], above: tuple[str, ...]) -> bool:
    return path[: len(above)] == above


def _common(paths: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    shared = 0
    while all(path[: shared + 1] == paths[0][: shared + 1] for path in paths) and shared < len(paths[0]):
        shared += 1
    return paths[0][:shared]


def _pieces(text: str, max_words: int) -> Iterator[_Piece]:
    for block in parse(text):
        words = _words(text, block.start, block.end)
        if words > max_words and block.kind is BlockKind.CODE:
            yield from _lines(text, block, block.start, block.end)
        elif words > max_words and block.kind in {BlockKind.PARAGRAPH, BlockKind.ITEM}:
            yield from _sentences(text, block, max_words)
        else:
            yield _piece(text, block, block.start, block.end)


def _sentences(text: str, block: Block, max_words: int) -> Iterator[_Piece]:
    first = block.start
    for start, end in sentence_spans(text[block.content : block.end]):
        start, end = min(first, block.content + start), block.content + end
        first = block.end
        if _words(text, start, end) > max_words:
            yield from _lines(text, block, start, end)
        else:
            yield _piece(text, block, start, end)


def _lines(text: str, block: Block, start: int, end: int) -> Iterator[_Piece]:
    for line in text[start:end].split("\n"):
        if line.strip():
            yield _piece(text, block, start, start + len(line))
        start += len(line) + 1


def _piece(text: str, block: Block, start: int, end: int) -> _Piece:
    lead = block.lead if block.kind in {BlockKind.ROW, BlockKind.ITEM} else ""
    if block.kind is BlockKind.CODE and start > block.start:
        lead = text[block.start : block.end].split("\n", 1)[0].strip()
    is_heading = block.kind is BlockKind.HEADING
    title = (plain(text[block.content : block.content_end]),) if is_heading else ()
    return _Piece(start, end, _words(text, start, end), (*block.headings, *title), lead, is_heading)


def _words(text: str, start: int, end: int) -> int:
    return len(text[start:end].split())
