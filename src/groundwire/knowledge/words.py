"""Search by words in memory: BM25 over the passages of one revision, a few hundred microseconds a query."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

import numpy as np
import numpy.typing as npt

from groundwire.domain import Passage
from groundwire.knowledge.index import Ids
from groundwire.verification.words import stem

_TERM = re.compile(r"\w+", re.UNICODE)
_FUNCTION_WORDS = frozenset(
    "a an and any are as at be by can do does for from has have i if in is it its me my no not of on or our so that "
    "the their there they this to us was we what when where which who will with you your".split()
)
# The usual constants of BM25: how soon repeats stop counting, and how much long passages are held back.
_SATURATION, _LENGTH_SHARE = 1.2, 0.75
_HEADING_WEIGHT = 0.7
_MAX_TERMS = 96
_LONGEST_TERM = 64


class WordSearch(Protocol):
    """Finds passages by their words."""

    def search(self, text: str, limit: int) -> dict[int, float]:
        """Return ids and scores (more than 0) of passages that share words with a text, best first."""
        ...


def terms_of(text: str, most: int = _MAX_TERMS) -> list[str]:
    """Return the words of a text worth searching for, folded but not stemmed, without repeats, at most `most`."""
    words = dict.fromkeys(_words(text))
    useful = [word for word in words if word not in _FUNCTION_WORDS and len(word) <= _LONGEST_TERM]
    return (useful or list(words))[:most]


@dataclass(frozen=True, slots=True)
class WordIndex:
    """An immutable inverted index: of each stem the passages that hold it, and what it adds to their score."""

    ids: Ids
    stems: Mapping[str, int]
    starts: npt.NDArray[np.int64]
    places: npt.NDArray[np.int32]
    impacts: npt.NDArray[np.float32]

    def search(self, text: str, limit: int) -> dict[int, float]:
        """Return ids and scores of the passages that share most with a text, best first; see WordSearch."""
        scores = np.zeros(len(self.ids), dtype=np.float32)
        for word in dict.fromkeys(map(stem, terms_of(text))):
            number = self.stems.get(word, len(self.starts))
            if number + 1 < len(self.starts):
                held = slice(self.starts[number], self.starts[number + 1])
                scores[self.places[held]] += self.impacts[held]
        limit = min(limit, len(scores))
        best = np.argpartition(-scores, limit - 1)[:limit] if limit else np.zeros(0, dtype=np.int64)
        best = best[np.lexsort((best, -scores[best]))]
        return {int(self.ids[place]): float(scores[place]) for place in best if scores[place] > 0}


class WordIndexer:
    """Builds word indexes; passages that were in the last one of their collection are not read again."""

    def __init__(self) -> None:
        self._stems: dict[str, int] = {}
        self._words: dict[str, int] = {}
        self._known: dict[str, dict[int, _Counts]] = {}
        self._lock = Lock()

    def missing(self, collection: str, ids: Iterable[int]) -> list[int]:
        """Return the ids whose passages `index` needs."""
        known = self._known.get(collection, {})
        return [number for number in ids if number not in known]

    def index(self, collection: str, ids: Sequence[int], fresh: Iterable[Passage]) -> WordIndex:
        """Return the index of these passages; `fresh` are the missing ones, and those it lacks count as empty."""
        with self._lock:
            known = dict(self._known.get(collection, {}))
            known |= {passage.id: self._counts(passage) for passage in fresh}
            rows = {number: known.get(number, _NOTHING) for number in ids}
            self._known[collection] = rows
            return _inverted(np.array(ids, dtype=np.int64), list(rows.values()), self._stems)

    def forget(self, collection: str) -> None:
        """Drop what was kept of a collection that is gone."""
        with self._lock:
            self._known.pop(collection, None)

    def _counts(self, passage: Passage) -> _Counts:
        body = Counter(_words(f"{passage.lead}\n{passage.text}"))
        heading = Counter(_words(" ".join(dict.fromkeys((passage.title, *passage.headings)))))
        weights: dict[int, float] = {}
        for words, weight in ((body, 1.0), (heading, _HEADING_WEIGHT)):
            for word, count in words.items():
                number = self._words.get(word, -1)
                if number < 0:
                    number = self._number(word)
                weights[number] = weights.get(number, 0.0) + weight * count
        numbers = np.fromiter(weights.keys(), dtype=np.int32, count=len(weights))
        counts = np.fromiter(weights.values(), dtype=np.float32, count=len(weights))
        return _Counts(numbers, counts, float(body.total()))

    def _number(self, word: str) -> int:
        """The number of a word's stem; very long words are taken for one and the same, which nobody searches for."""
        number = self._stems.setdefault(stem(word[: _LONGEST_TERM + 1]), len(self._stems))
        if len(word) <= _LONGEST_TERM:
            self._words[word] = number
        return number


@dataclass(frozen=True, slots=True)
class _Counts:
    """The stems of one passage, their weighted counts, and its length in words."""

    stems: npt.NDArray[np.int32]
    counts: npt.NDArray[np.float32]
    length: float


_NOTHING = _Counts(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32), 0.0)


def _inverted(ids: Ids, rows: Sequence[_Counts], stems: Mapping[str, int]) -> WordIndex:
    """Turn passages with their stems into stems with their passages, and counts into what they add to a score."""
    sizes = [len(row.stems) for row in rows]
    numbers = np.concatenate([row.stems for row in rows] or [_NOTHING.stems])
    counts = np.concatenate([row.counts for row in rows] or [_NOTHING.counts])
    places = np.repeat(np.arange(len(rows), dtype=np.int32), sizes)
    lengths = np.array([row.length for row in rows], dtype=np.float32)
    relative = lengths / max(float(lengths.mean()), 1.0) if len(rows) else lengths
    held = np.bincount(numbers, minlength=len(stems))
    rarity = np.log(1 + (len(rows) - held + 0.5) / (held + 0.5)).astype(np.float32)
    hold = _SATURATION * (1 - _LENGTH_SHARE + _LENGTH_SHARE * relative)[places]
    impacts = rarity[numbers] * counts * (_SATURATION + 1) / (counts + hold)
    order = np.argsort(numbers, kind="stable")
    starts = np.concatenate([[0], np.cumsum(held)])
    return WordIndex(ids, stems, starts, places[order], impacts[order].astype(np.float32))


def _words(text: str) -> list[str]:
    """Words as they are compared: lower case, without accents, numbers too."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return _TERM.findall(text.casefold())
