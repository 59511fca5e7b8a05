"""Binds each value of a claim to the documents: the value has to stand where the claim's subject and attribute stand.

A figure that is merely somewhere in the retrieved text proves nothing: the sibling plan's figure is there too. So every
unit of the documents is scored by how much of what surrounds the value in the claim it carries, and only the units
that carry most of it may confirm or refute the value.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from groundwire.domain import Source
from groundwire.values import Kind, Relation, Value, compare, derivable, find_values
from groundwire.verification.cells import SAME, comparable, named_cell, says_otherwise, states
from groundwire.verification.units import Reading, Unit, units
from groundwire.verification.words import Word, content_words, stems

_IN_CONTEXT = 0.8
_IN_SENTENCE_BEFORE = 0.6
_IN_QUESTION = 0.5
# What the choice of statements by meaning adds to the words a unit shares with the claim.
_CHOSEN = 0.5
# Units within this share of the best score are as good a place for the value as the best one.
_NEAR_BEST = 0.9
# A unit that carries less of the claim says nothing against it.
_LEAST_FIT = 0.2
_MOST_OPERANDS = 12
_YEAR_FIGURES = 4
_MOST_SOURCES = 4
_SURE_FIT = 0.7
_SURE_MARGIN = 0.25
_SURE_LEAD = 0.1
# What is counted stands in the words right behind a number.
_COUNTED = re.compile(r"(?:[\s*_-]+[^\W\d_]+(?:['’][^\W\d_]+)?){1,3}")


class Bond(StrEnum):
    """How a claim's value stands to the documents."""

    EQUAL = "equal"
    ELSEWHERE = "elsewhere"
    DIFFERENT = "different"
    DERIVED = "derived"
    RESTATED = "restated"
    MISSING = "missing"


AGAINST = frozenset((Bond.DIFFERENT, Bond.ELSEWHERE))


@dataclass(frozen=True, slots=True)
class Binding:
    """What was found for one value of a claim.

    `unit` and `other` are the place that decides: the equal value's, or the value that stands where the claim's value
    should. `fit` (0 to 1) is that unit's score, `margin` (-1 to 1) how much better the best unit with an equal value
    fits than the best one with a different value of the same kind, `lead` (0 to 1) how much better `other` fits than
    any third value. `is_named` tells that the claim names the row of a table in which `other` stands, and not the row
    in which its own value does.
    """

    value: Value
    bond: Bond
    fit: float = 0.0
    margin: float = 0.0
    unit: Unit | None = None
    other: Value | None = None
    lead: float = 0.0
    is_named: bool = False
    note: str = ""

    @property
    def is_sure(self) -> bool:
        """Whether `other` surely stands in the value's place, so that it may be offered as the correction."""
        if self.bond not in AGAINST or self.other is None:
            return False
        pers = {self.value.per, ""} if self.unit and self.unit.column else {self.value.per}
        is_alike = self.other.unit == self.value.unit and self.other.per in pers
        is_clear = self.fit >= _SURE_FIT and self.margin <= -_SURE_MARGIN and self.lead >= _SURE_LEAD
        return is_alike and (is_clear or self.is_named)


@dataclass(frozen=True, slots=True)
class _Match:
    fit: float
    unit: Unit
    value: Value


@dataclass(frozen=True, slots=True)
class _Place:
    """A unit and how near its statement is to the claim in meaning, 0 to 1."""

    unit: Unit
    nearness: float


class Binder:
    """Binds the values of the claims of one answer to one set of readings.

    `chosen` are the places of the readings that come nearest to the claim, the nearest first; `asked` is the question
    and what else the claim leans on, `said` what the user told.
    """

    def __init__(
        self, readings: Sequence[Reading], asked: str, said: Sequence[str], chosen: Sequence[int] = ()
    ) -> None:
        nearness = {place: 1.0 - rank / len(chosen) for rank, place in enumerate(chosen)}
        pairs = [(unit, nearness.get(place, 0.0)) for place, reading in enumerate(readings) for unit in units(reading)]
        self._places = [_Place(unit, near) for unit, near in pairs]
        self._share = _CHOSEN if chosen else 0.0
        self._rarity = rarity(readings)
        self._asked = content_words(asked)
        self._said = [value for text in said for value in find_values(text)]

    def bind(self, claim: str) -> list[Binding]:
        """Return one binding for each value of a claim, in order."""
        values = find_values(claim)
        words = content_words(claim)
        bindings = [self._bind_one(claim, value, self._weights(value, words, values)) for value in values]
        known = [binding.value for binding in bindings if binding.bond in {Bond.EQUAL, Bond.RESTATED}]
        return [self._follows_from(binding, known) for binding in bindings]

    def _bind_one(self, claim: str, value: Value, weights: Mapping[str, float]) -> Binding:
        equal, differing = self._best(claim, value, weights)
        different = max(differing, key=lambda match: match.fit, default=None)
        margin = (equal.fit if equal else 0.0) - (different.fit if different else 0.0)
        place = equal or different
        cell = self._named_cell(place.unit, claim) if place else None
        is_otherwise = cell is not None and says_otherwise(cell, value, claim)
        if equal and cell and cell is not equal.unit and is_otherwise:
            other = next(iter(comparable(value, cell)), None)
            return Binding(value, Bond.ELSEWHERE, equal.fit, margin, cell, other, is_named=True)
        if equal and different and cell is equal.unit and not different.unit.column:
            # Cells have few words of their own; the claim's names are worth as much as the best sentence's words.
            return Binding(value, Bond.EQUAL, max(equal.fit, different.fit), max(margin, 0.0), cell, equal.value)
        if equal and (not different or equal.fit >= _NEAR_BEST * different.fit):
            return Binding(value, Bond.EQUAL, equal.fit, margin, equal.unit, equal.value)
        if any(compare(value, said) in SAME for said in self._said):
            return Binding(value, Bond.RESTATED, 1.0, margin)
        if derived := self._derived(value, weights):
            return Binding(value, Bond.DERIVED, 1.0, margin, note=derived)
        if different and cell and not equal and is_otherwise and cell.values:
            other = comparable(value, cell)[0]
            return Binding(value, Bond.DIFFERENT, different.fit, margin, cell, other, is_named=True)
        if different and different.fit >= _LEAST_FIT:
            bond = Bond.ELSEWHERE if equal else Bond.DIFFERENT
            lead = _lead(different, differing) if _is_clear(claim, value, different) else 0.0
            return Binding(value, bond, different.fit, margin, different.unit, different.value, lead)
        if equal:
            return Binding(value, Bond.EQUAL, equal.fit, margin, equal.unit, equal.value)
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

    def _best(self, claim: str, value: Value, weights: Mapping[str, float]) -> tuple[_Match | None, list[_Match]]:
        """Return the best unit with an equal value and the best of those that have only different ones."""
        equal: _Match | None = None
        different: list[_Match] = []
        counted = _counted(claim, value)
        for place in self._places:
            related = [(_related(value, counted, other, place.unit), other) for other in place.unit.values]
            same = next((other for relation, other in related if relation in SAME), None)
            others = [other for relation, other in related if relation is Relation.DIFFERENT]
            if not same and (not others or _is_told(place.unit)):
                continue
            fit = self._fit(place, weights)
            if not same:
                different += [_Match(fit, place.unit, other) for other in _counterparts(value, others)]
            elif equal is None or fit > equal.fit:
                equal = _Match(fit, place.unit, same)
        return equal, different

    def _named_cell(self, found: Unit, claim: str) -> Unit | None:
        """Return the cell in the row or column of `found` that the claim names, or else its question."""
        words = stems(claim)
        cells = [place.unit for place in self._places if place.unit.column]
        asked = words | {word.stem for word in self._asked}
        return named_cell(found, cells, words) or named_cell(found, cells, asked)

    def _fit(self, place: _Place, weights: Mapping[str, float]) -> float:
        return (fitness(place.unit, weights) + self._share * place.nearness) / (1 + self._share)

    def _derived(self, value: Value, weights: Mapping[str, float]) -> str | None:
        ranked = sorted(self._places, key=lambda place: -self._fit(place, weights))[:_MOST_SOURCES]
        operands = [*self._said, *(other for place in ranked for other in place.unit.values)]
        return derivable(value, operands[:_MOST_OPERANDS])

    def _follows_from(self, binding: Binding, known: Sequence[Value]) -> Binding:
        """A sum is often shown with its parts: "£4.20: £1.84 for supply plus £2.36 for sewerage"."""
        if binding.bond not in AGAINST | {Bond.MISSING} or not known:
            return binding
        derived = derivable(binding.value, [*known, *self._said][:_MOST_OPERANDS])
        return replace(binding, bond=Bond.DERIVED, fit=1.0, unit=None, other=None, note=derived) if derived else binding


def _related(value: Value, counted: frozenset[str], other: Value, unit: Unit) -> Relation:
    """Compare, but numbers only where they count the same: three vans are not two drivers, nor four hours."""
    relation = compare(value, other)
    if Kind.NUMBER not in {value.kind, other.kind} or relation is Relation.INCOMPARABLE:
        return relation
    theirs = _counted(unit.text, other)
    if value.kind is other.kind:
        is_named = bool(counted & theirs) if counted and theirs else _is_year(value) == _is_year(other)
        is_alike = relation in SAME or is_named
    elif value.kind is Kind.NUMBER:
        is_alike = not counted or bool(counted & stems(other.text))
    else:
        is_alike = not theirs or bool(theirs & stems(value.text))
    return relation if is_alike else Relation.INCOMPARABLE


def _is_clear(claim: str, value: Value, place: _Match) -> bool:
    """Whether the claim does not state the other value as well and, for numbers, both count the same."""
    if states(claim, [place.value]):
        return False
    is_count = value.kind is Kind.NUMBER and not place.unit.column
    return not is_count or bool(_counted(claim, value) & _counted(place.unit.text, place.value))


def _lead(best: _Match, matches: Sequence[_Match]) -> float:
    rivals = (match.fit for match in matches if compare(best.value, match.value) not in SAME)
    return best.fit - max(rivals, default=0.0)


def _counterparts(value: Value, others: Sequence[Value]) -> list[Value]:
    """Return those values of one unit that are most of the same sort: same rate, unit and bound."""
    likeness = [(other.per == value.per, other.unit == value.unit, other.bound is value.bound) for other in others]
    return [other for other, like in zip(others, likeness, strict=True) if like == max(likeness)]


def _counted(text: str, value: Value) -> frozenset[str]:
    """Return the stems of what a number counts, empty where nothing is named or it is no bare number."""
    if value.kind is not Kind.NUMBER:
        return frozenset()
    match = _COUNTED.match(text, value.end)
    return stems(match.group()) if match else frozenset()


def _is_year(value: Value) -> bool:
    return len(value.text) == _YEAR_FIGURES and value.text.isdecimal()


def _is_told(unit: Unit) -> bool:
    """What the user told can carry a claim but refutes none."""
    return unit.reading.passage.source is Source.CONVERSATION


def fitness(unit: Unit, weights: Mapping[str, float]) -> float:
    """Return the share (0 to 1) of the weighted stems that a unit carries, or, for less, its headings or neighbour."""
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
