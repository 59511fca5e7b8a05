"""Recognises a claim that repeats a statement of the documents word for word; nothing needs to be weighed then."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz.distance import Indel

from groundwire.documents.blocks import plain
from groundwire.verification.units import Reading

_WORD = re.compile(r"[^\W_]+(?:[.,'’:/-][^\W_]+)*|[%€$£+-]")
_FEWEST_WORDS = 5
_MIN_LIKENESS = 0.8
# Words that may be missing or added without a change of meaning; every other word must stand in both.
_EMPTY = frozenset("a an the please note yes so also just".split())


def quoted(claim: str, readings: Sequence[Reading]) -> Reading | None:
    """Return the statement that the claim repeats, or None.

    Case, markup, articles and courtesies may differ; figures, negations and the order of words may not.
    """
    mine = _words(claim)
    if len(mine) < _FEWEST_WORDS:
        return None
    telling = [word for word in mine if word not in _EMPTY]
    for reading in readings:
        if reading.statement.cells:
            continue
        theirs = _words(reading.statement.text)
        if telling == [word for word in theirs if word not in _EMPTY] and _likeness(mine, theirs) >= _MIN_LIKENESS:
            return reading
    return None


def _words(text: str) -> list[str]:
    return [match.group().lower().replace("’", "'") for match in _WORD.finditer(plain(text))]


def _likeness(mine: Sequence[str], theirs: Sequence[str]) -> float:
    return Indel.normalized_similarity(mine, theirs)
