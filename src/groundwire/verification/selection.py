"""Chooses, from everything that was retrieved, the few statements that can decide a claim.

A chatbot's mistake is one detail inside a good paraphrase, so the deciding sentence is short and lies among many that
look alike. Reading it with its headings and neighbours, and little else, is both cheaper and surer than reading whole
passages.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock

import numpy as np
import numpy.typing as npt

from groundwire.protocols import Embedder, Vectors
from groundwire.values import Relation, Value, compare
from groundwire.verification.premise import heading_of
from groundwire.verification.units import Reading
from groundwire.verification.words import content_words

Scores = npt.NDArray[np.float64]

# Words of evidence that are read for one claim, headings included, and the most statements they may be.
MAX_WORDS = 160
MAX_STATEMENTS = 10
# As many words are read at first.
GLANCE_WORDS = 40
# How many statements are compared by meaning, chosen by words and by the rank of their passage.
_SHORTLIST = 12
_ABOVE = 0.8
_ASKED = 0.3
_RANK = 0.2
_VALUE = 0.12
_NEIGHBOUR = 0.12
_NOVELTY = 0.6
_TOO_SHORT = 0.3
_CACHED = 20_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a claim asks of the documents.

    `text` is the claim with its question, compared by meaning; `stems` are the claim's own words and what each weighs
    (0 to 1); `asked` are the words of the question around it; `values` are the claim's.
    """

    text: str
    stems: Mapping[str, float]
    asked: frozenset[str]
    values: Sequence[Value]

    @property
    def weights(self) -> Scores:
        """The weights of the stems, in order; a single 1 where there are none."""
        return np.array(list(self.stems.values()) or [1.0])


def wanted(text: str, claim: str, asked: str, values: Sequence[Value], rarity: Mapping[str, float]) -> Wanted:
    """Return what to look for; a stem that no document carries weighs 1."""
    stems = {word.stem: rarity.get(word.stem, 1.0) for word in content_words(claim)}
    return Wanted(text, stems, frozenset(word.stem for word in content_words(asked)) - stems.keys(), values)


class Selector:
    """Chooses statements by words, values, rank and meaning; safe to use from several threads.

    `workers` threads embed sentences that are not known yet.
    """

    def __init__(self, embedder: Embedder, *, workers: int = 2) -> None:
        self._embedder = embedder
        self._workers = workers
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="selection")
        self._kept: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = Lock()

    def choose(self, readings: Sequence[Reading], want: Wanted, *, max_words: int = MAX_WORDS) -> list[int]:
        """Return the places of the chosen readings, most telling first.

        Greedy cover: each next statement is the one that adds most of what the chosen ones do not carry yet. The
        neighbours of the first ones rise, because exceptions follow the rule they limit.
        """
        if not readings:
            return []
        carried = _carried(readings, want)
        scores = self._with_meaning(readings, want, _by_words(readings, want, carried))
        return _cover(readings, want, carried, scores, max_words)

    def _with_meaning(self, readings: Sequence[Reading], want: Wanted, scores: Scores) -> Scores:
        """Only the best by words are compared by meaning: a vector that is not known yet costs a run of the encoder."""
        best = np.argsort(-scores, kind="stable")[:_SHORTLIST]
        vectors = self._vectors([readings[place].rendered for place in best])
        query = self._embedder.embed_queries([want.text])[0]
        compared = scores - 1.0
        compared[best] = scores[best] + vectors @ query
        return compared

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        with self._lock:
            known = {text: self._kept[text] for text in texts if text in self._kept}
        missing = list(dict.fromkeys(text for text in texts if text not in known))
        if missing:
            # Sentences met for the first time are most of what a check costs, so all cores embed them.
            parts = [missing[place :: self._workers] for place in range(min(self._workers, len(missing)))]
            embedded = self._pool.map(self._embedder.embed_passages, parts)
            fresh = {
                text: row
                for part, rows in zip(parts, embedded, strict=True)
                for text, row in zip(part, rows, strict=True)
            }
            known |= fresh
            with self._lock:
                self._kept |= fresh
                while len(self._kept) > _CACHED:
                    self._kept.popitem(last=False)
        return np.stack([known[text] for text in texts])


def glance(readings: Sequence[Reading], want: Wanted, *, max_words: int = GLANCE_WORDS) -> list[int]:
    """Return the places of a few readings as `Selector.choose` does, but by words, values and rank alone.

    No encoder runs for them; for most claims they are enough.
    """
    if not readings:
        return []
    carried = _carried(readings, want)
    return _cover(readings, want, carried, _by_words(readings, want, carried), max_words)


def _cover(readings: Sequence[Reading], want: Wanted, carried: Scores, scores: Scores, max_words: int) -> list[int]:
    weights = want.weights
    total = max(float(weights.sum()), 1e-6)
    held = np.zeros(len(weights))
    bonus = np.zeros(len(readings))
    chosen: list[int] = []
    headings: set[str] = set()
    spent = 0
    while len(chosen) < min(MAX_STATEMENTS, len(readings)):
        novelty = (np.maximum(carried - held, 0.0) * weights).sum(axis=1) / total
        ranked = scores + _NOVELTY * novelty + bonus
        ranked[chosen] = -np.inf
        place = int(np.argmax(ranked))
        heading = heading_of(readings[place])
        spent += len(readings[place].rendered.split()) + (0 if heading in headings else len(heading.split()))
        if chosen and spent > max_words:
            break
        chosen.append(place)
        headings.add(heading)
        held = np.maximum(held, carried[place])
        if len(chosen) <= 2:
            _raise_neighbours(readings, place, bonus)
    return chosen


def _carried(readings: Sequence[Reading], want: Wanted) -> Scores:
    table = np.zeros((len(readings), max(len(want.stems), 1)))
    for row, reading in enumerate(readings):
        for column, stem in enumerate(want.stems):
            if stem in reading.stems:
                table[row, column] = 1.0
            elif stem in reading.around:
                table[row, column] = _ABOVE
    return table


def _by_words(readings: Sequence[Reading], want: Wanted, carried: Scores) -> Scores:
    weights = want.weights
    scores: Scores = (carried * weights).sum(axis=1) / max(float(weights.sum()), 1e-6)
    ranks: dict[tuple[str, int], int] = {}
    for row, reading in enumerate(readings):
        scores[row] += _RANK / (1 + ranks.setdefault((reading.passage.document_id, reading.passage.id), len(ranks)))
        if want.asked:
            scores[row] += _ASKED * len(want.asked & (reading.stems | reading.around)) / len(want.asked)
        if _has_comparable(reading, want.values):
            scores[row] += _VALUE
        if len(reading.stems) < 2:
            scores[row] -= _TOO_SHORT
    return scores


def _has_comparable(reading: Reading, values: Sequence[Value]) -> bool:
    return any(compare(mine, theirs) is not Relation.INCOMPARABLE for mine in values for theirs in reading.values)


def _raise_neighbours(readings: Sequence[Reading], place: int, bonus: Scores) -> None:
    for other in (place - 1, place + 1):
        is_beside = 0 <= other < len(readings) and readings[other].passage == readings[place].passage
        if is_beside and not readings[other].statement.cells:
            bonus[other] += _NEIGHBOUR
