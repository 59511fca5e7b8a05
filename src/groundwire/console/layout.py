"""Stored text laid out for reading: rows of tables as rows, headings as headings. No character is added or lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby, pairwise

from groundwire.console.texts import Run

_HEADING = re.compile(r"#{1,6}[ \t]+(?=\S)")
# A bar begins a cell, unless a backslash says that it is a part of one.
_BAR = re.compile(r"(?<!\\)\|")
_ROW = re.compile(r"\s*\|.*(?<!\\)\|\s*", re.DOTALL)
_RULE = re.compile(r"\|(\s*:?-+:?\s*\|)+")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table as cells of runs; `is_rule`: it only parts the heads of the columns from the rest."""

    cells: tuple[tuple[Run, ...], ...]
    is_rule: bool = False
    is_head: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that follow each other: the `rows` of a table, or else the `runs` of other text."""

    runs: tuple[Run, ...] = ()
    rows: tuple[Row, ...] = ()


def blocks_of(runs: Iterable[Run]) -> list[Block]:
    """Return the text in blocks; the signs that only mark rows and headings up are runs of their own."""
    return [
        Block(rows=_rows(list(lines))) if is_table else Block(tuple(chain.from_iterable(map(_plain, lines))))
        for is_table, lines in groupby(_lines(list(runs)), _is_row)
    ]


def _lines(runs: Sequence[Run]) -> list[tuple[Run, ...]]:
    ends = [found.end() for found in re.finditer("\n", _text(runs))]
    return [line for line in _cut(runs, ends) if line]


def _is_row(line: Sequence[Run]) -> bool:
    return bool(_ROW.fullmatch(_text(line)))


def _plain(line: Sequence[Run]) -> tuple[Run, ...]:
    found = _HEADING.match(_text(line))
    if not found:
        return tuple(line)
    sign, words = _cut(line, [found.end()])
    return (*_signs(sign), *(replace(run, is_heading=True) for run in words))


def _rows(lines: Sequence[Sequence[Run]]) -> tuple[Row, ...]:
    rules = [bool(_RULE.fullmatch(_text(line).strip())) for line in lines]
    heads = [is_rule_next and not is_rule for is_rule, is_rule_next in pairwise((*rules, False))]
    return tuple(Row(_cells(line), *kind) for line, *kind in zip(lines, rules, heads, strict=True))


def _cells(line: Sequence[Run]) -> tuple[tuple[Run, ...], ...]:
    bars = [found.start() for found in _BAR.finditer(_text(line))]
    *cells, closing = _cut(line, bars[1:])
    opened = [(*_signs(bar), *words) for bar, words in (_cut(cell, [_opening(cell)]) for cell in cells)]
    return (*opened[:-1], (*opened[-1], *_signs(closing)))


def _opening(cell: Sequence[Run]) -> int:
    """How many characters lead into a cell: its bar, and what stands before it."""
    return _text(cell).index("|") + 1


def _cut(runs: Sequence[Run], places: Sequence[int]) -> list[tuple[Run, ...]]:
    """The runs in parts: one up to each place, and one of what is left, which may be empty."""
    edges = (0, *places, len(_text(runs)))
    return [tuple(_between(runs, start, end)) for start, end in pairwise(edges)]


def _between(runs: Sequence[Run], start: int, end: int) -> Iterator[Run]:
    place = 0
    for run in runs:
        text = run.text[max(start - place, 0) : max(end - place, 0)]
        place += len(run.text)
        if text:
            yield replace(run, text=text)


def _signs(runs: Iterable[Run]) -> tuple[Run, ...]:
    return tuple(replace(run, is_sign=True) for run in runs)


def _text(runs: Iterable[Run]) -> str:
    return "".join(run.text for run in runs)
