"""Counts characters: those a person marked as not carried by the evidence, those we marked, and those both did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from groundwire.domain import Verdict
from groundwire.evaluation.cases import MarkedSpan
from groundwire.evaluation.records import Record


@dataclass(frozen=True, slots=True)
class Overlap:
    """Numbers of characters of one answer."""

    marked: int
    found: int
    both: int


def marked_by(verdict: Verdict) -> tuple[tuple[int, int], ...]:
    """Return the ranges of the answer that a verdict objects to: its spans, or the whole claim where it has none."""
    return verdict.spans or ((verdict.claim.start, verdict.claim.end),)


def marked_span(record: Record, answer: str, start: int, end: int, kind: str) -> MarkedSpan:
    """Return a person's span; one that begins in the answer ends with it at the latest. Raises SettingsError."""
    if not 0 <= start <= min(end, len(answer)):
        place = f"{start}:{end}"
        raise record.error(f"the span {place} lies outside of the response, which has {len(answer)} characters.")
    return MarkedSpan(start, min(end, len(answer)), kind)


def overlap(length: int, marked: Iterable[tuple[int, int]], found: Iterable[tuple[int, int]]) -> Overlap:
    """Count the characters of an answer of this length; one that lies in several ranges counts once."""
    theirs, ours = _mask(length, marked), _mask(length, found)
    return Overlap(int(theirs.sum()), int(ours.sum()), int((theirs & ours).sum()))


def _mask(length: int, ranges: Iterable[tuple[int, int]]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    mask = np.zeros(length, dtype=np.bool_)
    for start, end in ranges:
        mask[start:end] = True
    return mask
