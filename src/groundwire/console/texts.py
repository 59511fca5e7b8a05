"""Stored text as pages show it: passages with their headings, a quoted range, the words that were searched for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from groundwire.domain import Passage
from groundwire.knowledge.words import terms_of
from groundwire.verification.words import stem

# About how much of a document one page shows.
_PART_CHARACTERS = 60_000
_HEADING = re.compile(r"^#{1,6}\s.*$", re.MULTILINE)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Run:
    """Characters that look alike, plain ones if nothing else is said.

    `is_decisive`: the words of a quote that decide a verdict; `is_around`: what stands around a quote; `is_sign`: signs
    that mark a table or a heading up, and need not be seen.
    """

    text: str
    is_heading: bool = False
    is_marked: bool = False
    is_decisive: bool = False
    is_around: bool = False
    is_sign: bool = False


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """A passage as runs, the headings above it, and whether the quoted range begins in it."""

    start: int
    headings: tuple[str, ...]
    runs: tuple[Run, ...]
    has_quote: bool


@dataclass(frozen=True, slots=True)
class Part:
    """The passages of one page of a document; `number` counts from 1 to `total`."""

    number: int
    total: int
    passages: tuple[ShownPassage, ...]


def part_of(passages: Sequence[Passage], number: int | None, quote: tuple[int, int] | None) -> Part:
    """Return one part of a document, given its passages in reading order.

    Without a number it is the part in which the quote, a range of the text, begins, else the first.
    """
    parts = _parts(passages)
    chosen = _holding(parts, quote[0]) if number is None and quote else number or 1
    chosen = min(max(chosen, 1), len(parts))
    return Part(chosen, len(parts), tuple(_shown(passage, quote) for passage in parts[chosen - 1]))


def marked_words(text: str, query: str) -> list[Run]:
    """Return the text with the words marked that a search by words would have found it by."""
    wanted = {stem(term) for term in terms_of(query)}
    runs: list[Run] = []
    place = 0
    for found in _WORD.finditer(text):
        if any(stem(term) in wanted for term in terms_of(found[0])):
            runs += [Run(text[place : found.start()]), Run(found[0], is_marked=True)]
            place = found.end()
    return [run for run in (*runs, Run(text[place:])) if run.text]


def _parts(passages: Sequence[Passage]) -> list[list[Passage]]:
    parts: list[list[Passage]] = [[]]
    size = 0
    for passage in passages:
        if parts[-1] and size + len(passage.text) > _PART_CHARACTERS:
            parts.append([])
            size = 0
        parts[-1].append(passage)
        size += len(passage.text)
    return parts


def _holding(parts: Sequence[Sequence[Passage]], place: int) -> int:
    begun = [number for number, part in enumerate(parts, start=1) if part and part[0].start <= place]
    return begun[-1] if begun else 1


def _shown(passage: Passage, quote: tuple[int, int] | None) -> ShownPassage:
    start, end = quote or (0, 0)
    has_quote = quote is not None and passage.start <= start < passage.end
    marked = (max(start - passage.start, 0), max(end - passage.start, 0))
    return ShownPassage(passage.start, passage.headings, tuple(_runs(passage.text, marked)), has_quote)


def _runs(text: str, marked: tuple[int, int]) -> Iterator[Run]:
    headings = [found.span() for found in _HEADING.finditer(text)]
    places = {
        0,
        len(text),
        *(min(place, len(text)) for place in marked),
        *(place for span in headings for place in span),
    }
    edges = sorted(places)
    for start, end in pairwise(edges):
        is_heading = any(first <= start and end <= last for first, last in headings)
        yield Run(text[start:end], is_heading, marked[0] <= start and end <= marked[1])
