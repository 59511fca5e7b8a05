"""What changed between two texts: line by line, and inside a changed line word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import zip_longest

# Unchanged lines shown before and after a change.
_AROUND = 2
# Comparing takes time that grows with the product of the changed lines.
_MOST_LINES = 20_000
_MOST_CHARACTERS = 4_000_000
# Words are marked in a line that stayed at least this much the same (0 to 1); elsewhere marks would only confuse.
_LIKE = 0.4
_LONGEST_LINE = 4_000
_WORD = re.compile(r"\s+|\w+|[^\w\s]")


class Kind(StrEnum):
    """What became of a line."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line; `is_changed` where the other text has other words in its place."""

    text: str
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a comparison; one that is SKIPPED stands for `count` unchanged lines."""

    kind: Kind
    pieces: tuple[Piece, ...] = ()
    count: int = 1

    @property
    def text(self) -> str:
        """The line as it reads."""
        return "".join(piece.text for piece in self.pieces)


def compare(older: str, newer: str) -> list[Line] | None:
    """Return what leads from one text to the other, removed lines before added ones; None where they are too long."""
    before, after = older.splitlines(), newer.splitlines()
    if len(before) + len(after) > _MOST_LINES or len(older) + len(newer) > _MOST_CHARACTERS:
        return None
    found: list[Line] = []
    for tag, start, end, other, until in SequenceMatcher(None, before, after).get_opcodes():
        if tag == "equal":
            found += _same(before[start:end], is_first=start == 0, is_last=end == len(before) and until == len(after))
        else:
            found += _changed(before[start:end], after[other:until])
    return found


def _same(lines: Sequence[str], *, is_first: bool, is_last: bool) -> Iterator[Line]:
    head = 0 if is_first else _AROUND
    tail = 0 if is_last else _AROUND
    if len(lines) <= head + tail + 1:
        yield from map(_plain, lines)
        return
    yield from map(_plain, lines[:head])
    yield Line(Kind.SKIPPED, count=len(lines) - head - tail)
    yield from map(_plain, lines[len(lines) - tail :])


def _plain(text: str) -> Line:
    return Line(Kind.SAME, (Piece(text),))


def _changed(before: Sequence[str], after: Sequence[str]) -> list[Line]:
    removed, added = [], []
    for old, new in zip_longest(before, after):
        left, right = _words(old, new)
        removed += [Line(Kind.REMOVED, left)] if old is not None else []
        added += [Line(Kind.ADDED, right)] if new is not None else []
    return [*removed, *added]


def _words(old: str | None, new: str | None) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    if old is None or new is None or max(len(old), len(new)) > _LONGEST_LINE:
        return (Piece(old or ""),), (Piece(new or ""),)
    left, right = _WORD.findall(old), _WORD.findall(new)
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    if matcher.ratio() < _LIKE:
        return (Piece(old),), (Piece(new),)
    codes = matcher.get_opcodes()
    before = (Piece("".join(left[start:end]), tag != "equal") for tag, start, end, _, _ in codes if start < end)
    after = (Piece("".join(right[start:end]), tag != "equal") for tag, _, _, start, end in codes if start < end)
    return tuple(before), tuple(after)
