"""Answers as pages show them: every claim marked where it stands, and what became of the text word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby, pairwise

from groundwire.domain import Label, Verdict

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")
# Above so many words two texts are compared line by line: the time grows with the square.
_MOST_WORDS = 3_000
_MOST_LINES = 3_000


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters of a text that belong to the same claims: `text == whole[start:start + len(text)]`.

    `claims` are the positions of the claims they stand in, the narrowest first; `label` is that of the narrowest. The
    claims in `ending`, each with its label, end here. `is_unsupported`: no evidence carries these words.
    """

    text: str
    start: int
    claims: tuple[int, ...] = ()
    label: Label | None = None
    is_unsupported: bool = False
    ending: tuple[tuple[int, Label], ...] = ()


def pieces_of(text: str, verdicts: Sequence[tuple[int, Verdict]]) -> list[Piece]:
    """Return the text in pieces, given the verdicts on it with their positions; joined they are the text again.

    Claims and spans may overlap, lie in each other or reach beyond the text.
    """
    ranges = [
        (position, verdict, *_within(text, verdict.claim.start, verdict.claim.end)) for position, verdict in verdicts
    ]
    placed = sorted((each for each in ranges if each[2] < each[3]), key=lambda each: each[3] - each[2])
    spans = [_within(text, *span) for _, verdict in verdicts for span in verdict.spans]
    edges = {
        0,
        len(text),
        *(place for each in placed for place in each[2:]),
        *(place for span in spans for place in span),
    }
    pieces = []
    for start, end in pairwise(sorted(edges)):
        inside = [(position, verdict, last) for position, verdict, first, last in placed if first <= start < last]
        pieces.append(
            Piece(
                text=text[start:end],
                start=start,
                claims=tuple(position for position, _, _ in inside),
                label=inside[0][1].label if inside else None,
                is_unsupported=any(first <= start < last for first, last in spans),
                ending=tuple((position, verdict.label) for position, verdict, last in inside if last == end),
            )
        )
    return pieces


class Change(StrEnum):
    """What became of a part of a text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Changed:
    """A part of two texts: in both, only in the first, or only in the second."""

    change: Change
    text: str


def changes_between(before: str, after: str) -> list[Changed]:
    """Return how one text became the other, word by word, line by line where they are long.

    What is same or gone makes up the first text, what is same or new the second.
    """
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) > _MOST_WORDS:
        old, new = _LINES.findall(before), _LINES.findall(after)
    if max(len(old), len(new)) > _MOST_LINES:
        old, new = [before], [after]
    parts = [part for part in _parts(old, new) if part.text]
    # Neighbours of one kind are read as one.
    return [
        Changed(kind, "".join(part.text for part in same)) for kind, same in groupby(parts, lambda part: part.change)
    ]


def _parts(old: Sequence[str], new: Sequence[str]) -> Iterator[Changed]:
    for tag, first, last, begin, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Changed(Change.SAME, "".join(old[first:last]))
        else:
            yield Changed(Change.GONE, "".join(old[first:last]))
            yield Changed(Change.NEW, "".join(new[begin:end]))


def deciding_words(quote: str, verdict: Verdict) -> list[tuple[str, bool]]:
    """Return the quote in parts, each with whether it holds the value that the answer should have had."""
    values = {edit.replacement.strip() for edit in verdict.corrections} - {""}
    if not values:
        return [(quote, False)]
    found = re.compile("|".join(rf"(?<!\w){re.escape(value)}(?!\w)" for value in sorted(values, key=len, reverse=True)))
    parts, place = [], 0
    for match in found.finditer(quote):
        parts += [(quote[place : match.start()], False), (match[0], True)]
        place = match.end()
    return [part for part in (*parts, (quote[place:], False)) if part[0]]


def _within(text: str, start: int, end: int) -> tuple[int, int]:
    return min(max(start, 0), len(text)), min(max(end, 0), len(text))
