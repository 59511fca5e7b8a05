"""Chooses, from everything that was retrieved, the few statements that can decide a claim, and writes them out as one text.

A chatbot's mistake is one detail inside a good paraphrase, so the deciding sentence is short and lies among many that
look alike. Reading it with its headings and neighbours, and little else, is both cheaper and surer than reading whole
passages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from groundwire.documents.blocks import plain
from groundwire.domain import Claim, Question, Source
from groundwire.values import Relation, Value, compare
from groundwire.verification.units import Reading
from groundwire.verification.words import content_words

# Words of evidence that are read for one claim, headings included, and the most statements they may be.
MAX_WORDS = 140
MAX_STATEMENTS = 10
_MAX_QUESTION_WORDS = 28
_MAX_CONTEXT_WORDS = 24
_ABOVE = 0.8
_ASKED = 0.3
_RANK = 0.2
_VALUE = 0.12
_NEIGHBOUR = 0.12
_NOVELTY = 0.6
_SPEAKERS: Mapping[Source, str] = {
    Source.CONVERSATION: "The user said",
    Source.SYSTEM: "Instructions",
    Source.TOOL_RESULTS: "Tool result",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a claim asks of the documents: its weighted stems, the stems of the question around it, and its values."""

    stems: Mapping[str, float]
    asked: frozenset[str]
    values: Sequence[Value]


def wanted(claim: str, asked: str, values: Sequence[Value], rarity: Mapping[str, float]) -> Wanted:
    """Return what to look for; a stem that no document carries weighs 1."""
    stems = {word.stem: rarity.get(word.stem, 1.0) for word in content_words(claim)}
    return Wanted(stems, frozenset(word.stem for word in content_words(asked)) - stems.keys(), values)


def telling(readings: Sequence[Reading], question: Question) -> list[Reading]:
    """Leave out what the user asked: a question states nothing, and the model reads the last one beside the claim."""
    last = next((place for place in reversed(range(len(question.turns))) if question.turns[place].role == "user"), -1)
    is_short = last >= 0 and len(question.turns[last].content.split()) <= _MAX_QUESTION_WORDS
    beside = f"{Source.CONVERSATION.value}:{last}" if is_short else ""
    return [
        reading
        for reading in readings
        if reading.passage.source is not Source.CONVERSATION
        or not (reading.statement.text.rstrip().endswith("?") or reading.passage.document_id == beside)
    ]


def choose(readings: Sequence[Reading], want: Wanted, *, max_words: int = MAX_WORDS) -> list[int]:
    """Return the places of the chosen readings, most telling first.

    Greedy cover: each next statement is the one that adds most of what the chosen ones do not carry yet. The neighbours
    of the first ones rise, because exceptions follow the rule they limit.
    """
    if not readings:
        return []
    carried = _carried(readings, want)
    base = _base_scores(readings, want, carried)
    weights = np.array(list(want.stems.values()) or [1.0])
    held = np.zeros(len(weights))
    chosen: list[int] = []
    spent = 0
    bonus = np.zeros(len(readings))
    while len(chosen) < min(MAX_STATEMENTS, len(readings)):
        novelty = (np.maximum(carried - held, 0.0) * weights).sum(axis=1) / max(float(weights.sum()), 1e-6)
        scores = base + _NOVELTY * novelty + bonus
        scores[chosen] = -np.inf
        place = int(np.argmax(scores))
        cost = _words(readings[place]) + (
            0 if chosen and _same_place(readings, place, chosen) else _heading_words(readings[place])
        )
        if chosen and spent + cost > max_words:
            break
        chosen.append(place)
        spent += cost
        held = np.maximum(held, carried[place])
        if len(chosen) <= 2:
            _raise_neighbours(readings, place, bonus)
    return chosen


def evidence_text(readings: Sequence[Reading]) -> str:
    """Return readings as one text, in document order, those under one heading together behind their heading path."""
    ordered = sorted(readings, key=lambda reading: (_first(readings, reading), reading.statement.start))
    parts = []
    for heading, group in groupby(ordered, key=heading_of):
        body = " ".join(plain(reading.rendered).strip() for reading in group)
        parts.append(f"{heading}: {body}" if heading else body)
    return "\n".join(parts)


def heading_of(reading: Reading) -> str:
    """Return the title and headings above a reading, outermost first, repeated ones once."""
    passage = reading.passage
    if passage.source in _SPEAKERS:
        return _SPEAKERS[passage.source]
    context = reading.statement.context[:-1] if reading.statement.cells else reading.statement.context
    path = dict.fromkeys(plain(part).strip() for part in (passage.title, *context) if part.strip())
    return " > ".join(list(path)[-4:])


def claim_text(claim: Claim, question: Question) -> str:
    """Return the claim as the model reads it: what was asked, what stood before it, then its own words."""
    asked = next((turn.content for turn in reversed(question.turns) if turn.role == "user"), "")
    asked = _last_words(plain(asked), _MAX_QUESTION_WORDS)
    context = claim.context
    if asked and context.startswith(context[: len(asked)]) and asked[:40] in context:
        context = context.split("\n", 1)[1] if "\n" in context else ""
    context = _last_words(plain(context), _MAX_CONTEXT_WORDS)
    lead = " | ".join(part for part in (asked, context) if part)
    return f"{lead} || {plain(claim.text).strip()}" if lead else plain(claim.text).strip()


def _carried(readings: Sequence[Reading], want: Wanted) -> np.ndarray:  # type: ignore[type-arg]
    table = np.zeros((len(readings), max(len(want.stems), 1)))
    for row, reading in enumerate(readings):
        for column, stem in enumerate(want.stems):
            if stem in reading.stems:
                table[row, column] = 1.0
            elif stem in reading.around:
                table[row, column] = _ABOVE
    return table


def _base_scores(readings: Sequence[Reading], want: Wanted, carried: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    weights = np.array(list(want.stems.values()) or [1.0])
    scores = (carried * weights).sum(axis=1) / max(float(weights.sum()), 1e-6)
    passages: dict[tuple[str, int], int] = {}
    for row, reading in enumerate(readings):
        rank = passages.setdefault((reading.passage.document_id, reading.passage.id), len(passages))
        scores[row] += _RANK / (1 + rank)
        if want.asked:
            scores[row] += _ASKED * len(want.asked & (reading.stems | reading.around)) / len(want.asked)
        if _has_comparable(reading, want.values):
            scores[row] += _VALUE
        if len(reading.stems) < 2:
            scores[row] -= 0.3
    return scores


def _has_comparable(reading: Reading, values: Sequence[Value]) -> bool:
    return any(compare(mine, theirs) is not Relation.INCOMPARABLE for mine in values for theirs in reading.values)


def _raise_neighbours(readings: Sequence[Reading], place: int, bonus: np.ndarray) -> None:  # type: ignore[type-arg]
    for other in (place - 1, place + 1):
        if 0 <= other < len(readings) and readings[other].passage == readings[place].passage:
            if not readings[other].statement.cells:
                bonus[other] += _NEIGHBOUR


def _same_place(readings: Sequence[Reading], place: int, chosen: Sequence[int]) -> bool:
    return any(heading_of(readings[place]) == heading_of(readings[other]) for other in chosen)


def _first(readings: Sequence[Reading], reading: Reading) -> int:
    """The rank of a reading's document and heading among all readings, by their first appearance."""
    key = (reading.passage.document_id, heading_of(reading))
    return next(row for row, other in enumerate(readings) if (other.passage.document_id, heading_of(other)) == key)


def _words(reading: Reading) -> int:
    return len(reading.rendered.split())


def _heading_words(reading: Reading) -> int:
    return len(heading_of(reading).split())


def _last_words(text: str, limit: int) -> str:
    words = text.split()
    return " ".join(words[-limit:])
