"""Binds each value of a claim to the documents: the value has to stand where the claim's subject and attribute stand.

A figure that is merely somewhere in the retrieved text proves nothing: the sibling plan's figure is there too. So every
unit of the documents is scored by how much of what surrounds the value in the claim it carries, and only the units
that carry most of it may confirm or refute the value.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from groundwire.values import Relation, Value, compare, derivable, find_values
from groundwire.verification.units import Reading, Unit, units
from groundwire.verification.words import Word, content_words

_IN_CONTEXT = 0.8
_IN_SENTENCE_BEFORE = 0.6
_IN_QUESTION = 0.5
# Units within this share of the best score are as good a place for the value as the best one.
_NEAR_BEST = 0.8
_MOST_OPERANDS = 12


class Bond(StrEnum):
    """How a claim's value stands to the documents."""

    EQUAL = "equal"
    ELSEWHERE = "elsewhere"
    DIFFERENT = "different"
    DERIVED = "derived"
    RESTATED = "restated"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Binding:
    """What was found for one value of a claim.

    `unit` and `other` (with its span in the document) are the place that decides: the equal value's, or the value that
    stands where the claim's value should. `fit` is that unit's score, `margin` how much better the best unit with an
    equal value fits than the best one with a different value of the same kind (-1 to 1).
    """

    value: Value
    bond: Bond
    fit: float = 0.0
    margin: float = 0.0
    unit: Unit | None = None
    other: Value | None = None
    other_span: tuple[int, int] = (0, 0)
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Match:
    fit: float
    unit: Unit
    value: Value
    span: tuple[int, int]


class Binder:
    """Binds the values of the claims of one answer to one set of readings."""

    def __init__(self, readings: Sequence[Reading], asked: str, said: Sequence[str]) -> None:
        self._units = [unit for reading in readings for unit in units(reading)]
        self._rarity = rarity(readings)
        self._asked = content_words(asked)
        self._said = [value for text in said for value in find_values(text)]

    def bind(self, claim: str) -> list[Binding]:
        """Return one binding for each value of a claim, in order."""
        values = find_values(claim)
        words = content_words(claim)
        return [self._bind_one(value, words, values) for value in values]

    def _bind_one(self, value: Value, words: Sequence[Word], siblings: Sequence[Value]) -> Binding:
        weights = self._weights(value, words, siblings)
        equal, different = self._best(value, weights)
        margin = (equal.fit if equal else 0.0) - (different.fit if different else 0.0)
        if equal and (not different or equal.fit >= _NEAR_BEST * different.fit):
            return Binding(value, Bond.EQUAL, equal.fit, margin, equal.unit, equal.value, equal.span)
        if any(compare(value, said) in _SAME for said in self._said):
            return Binding(value, Bond.RESTATED, 1.0, margin)
        if derived := self._derived(value, weights):
            return Binding(value, Bond.DERIVED, 1.0, margin, note=derived)
        if equal and different:
            return Binding(
                value, Bond.ELSEWHERE, different.fit, margin, different.unit, different.value, different.span
            )
        if different:
            return Binding(
                value, Bond.DIFFERENT, different.fit, margin, different.unit, different.value, different.span
            )
        return Binding(value, Bond.MISSING, margin=margin)

    def _weights(self, value: Value, words: Sequence[Word], siblings: Sequence[Value]) -> dict[str, float]:
        """Return how much each stem around the value counts: rare words near the value count most."""
        weights: dict[str, float] = {}
        for word in words:
            if any(other.start < word.end and word.start < other.end for other in siblings):
                continue
            distance = min(abs(word.start - value.end), abs(value.start - word.end)) / 8
            weight = self._rarity.get(word.stem, 0.3) * (1 + 1 / (1 + distance))
            weights[word.stem] = max(weights.get(word.stem, 0.0), weight)
        for word in self._asked:
            weight = _IN_QUESTION * self._rarity.get(word.stem, 0.0)
            weights[word.stem] = max(weights.get(word.stem, 0.0), weight)
        return weights

    def _best(self, value: Value, weights: Mapping[str, float]) -> tuple[_Match | None, _Match | None]:
        equal: _Match | None = None
        different: _Match | None = None
        for unit in self._units:
            if not unit.values:
                continue
            related = [(compare(value, other), other, (start, end)) for other, start, end in unit.values]
            if not any(relation is not Relation.INCOMPARABLE for relation, _, _ in related):
                continue
            fit = fitness(unit, weights)
            for relation, other, span in related:
                if relation in _SAME and (equal is None or fit > equal.fit):
                    equal = _Match(fit, unit, other, span)
            if any(relation in _SAME for relation, _, _ in related):
                continue
            for relation, other, span in related:
                if relation is Relation.DIFFERENT and (different is None or fit > different.fit):
                    different = _Match(fit, unit, other, span)
        return equal, different

    def _derived(self, value: Value, weights: Mapping[str, float]) -> str | None:
        ranked = sorted(self._units, key=lambda unit: -fitness(unit, weights))[:4]
        operands = [*self._said, *(other for unit in ranked for other, _, _ in unit.values)]
        return derivable(value, operands[:_MOST_OPERANDS])


_SAME = frozenset((Relation.EQUAL, Relation.COMPATIBLE))


def fitness(unit: Unit, weights: Mapping[str, float]) -> float:
    """Return the share (0 to 1) of the weighted stems that a unit carries, its headings and the sentence before it counting less."""
    total = sum(weights.values())
    if total <= 0:
        return 0.0
    carried = 0.0
    for stem, weight in weights.items():
        if stem in unit.stems:
            carried += weight
        elif stem in unit.around:
            carried += _IN_CONTEXT * weight
        elif stem in unit.reading.before:
            carried += _IN_SENTENCE_BEFORE * weight
    return carried / total


def rarity(readings: Sequence[Reading]) -> dict[str, float]:
    """Return a weight for each stem, 0 to 1: the fewer of the readings carry it, the more it tells them apart."""
    counts = Counter(stem for reading in readings for stem in reading.stems | reading.around)
    highest = math.log(len(readings) + 1.5)
    return {stem: math.log((len(readings) + 1.5) / (count + 0.5)) / highest for stem, count in counts.items()}
