"""Says a claim's values in the documents' own words before the network reads it.

That "two weeks" are 14 days, or that a sum is right, is settled by arithmetic; a small network would have to guess it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from groundwire.domain import Claim
from groundwire.values import Kind, Relation, compare
from groundwire.verification.binding import Binding, Bond

_MEASURED = frozenset((Kind.MONEY, Kind.PERCENT, Kind.DURATION, Kind.QUANTITY, Kind.NUMBER, Kind.TIME, Kind.ORDINAL))


@dataclass(frozen=True, slots=True)
class Restated:
    """A claim with some values respelled; `edits` are (start, end, length now) of the spans exchanged, in order."""

    claim: Claim
    edits: tuple[tuple[int, int, int], ...] = ()

    def original(self, span: tuple[int, int]) -> tuple[int, int]:
        """Return where a span of the restated text stands in the claim as it was written."""
        return self._place(span[0], is_end=False), self._place(span[1], is_end=True)

    def _place(self, position: int, *, is_end: bool) -> int:
        shift = 0
        for start, end, length in self.edits:
            begin = start + shift
            if position <= begin:
                break
            if position < begin + length or (is_end and position == begin + length):
                return end if is_end else start
            shift += length - (end - start)
        return position - shift


def restate(claim: Claim, bindings: Sequence[Binding]) -> Restated:
    """Return the claim with each value that only looks different from the document's as the document writes it."""
    text = claim.text
    edits: list[tuple[int, int, int]] = []
    for binding in sorted(bindings, key=lambda one: -one.value.start):
        spelled = _spelled(binding)
        if spelled:
            start, end = binding.value.start, binding.value.end
            text = text[:start] + spelled + text[end:]
            edits.insert(0, (start, end, len(spelled)))
    return Restated(replace(claim, text=text, end=claim.start + len(text)), tuple(edits))


def computed(bindings: Sequence[Binding]) -> str:
    """Return a line that says which of the claim's figures follow from documented ones; empty where none does."""
    notes = dict.fromkeys(one.note for one in bindings if one.bond is Bond.DERIVED and one.note)
    return f"Calculation: {'; '.join(notes)}." if notes else ""


def _spelled(binding: Binding) -> str:
    value, other = binding.value, binding.other
    if binding.bond is not Bond.EQUAL or other is None or value.kind not in _MEASURED or value.kind is not other.kind:
        return ""
    if compare(value, other) is not Relation.EQUAL or value.bound is not other.bound:
        return ""
    is_same = value.text.casefold().split() == other.text.casefold().split()
    return "" if is_same else other.text.strip("*_ ")
