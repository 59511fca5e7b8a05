"""The words of a text that carry meaning, in a form in which claim and document can be compared."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d[\d.,]*\d|\d", re.UNICODE)
_STOP = frozenset(
    "a about above after again against ain all also am an and any are aren as at be because been before being below "
    "between both but by can cannot could couldn d did didn do does doesn doing don done down during each either else "
    "even ever every few for from further get gets getting give given gives go goes going got had hadn has hasn have "
    "haven having he her here hers him his how however i if in into is isn it its itself just know let like ll m made "
    "make makes many may me might more most much must my need needs neither no nor not now of off on once one only or "
    "other our ours out over own please per put re really s same say says see shall shan she should shouldn so some "
    "such t take takes tell than that the their theirs them then there these they thing things this those though "
    "through to too under until unless up upon us use used uses using ve very via want was wasn way we well were "
    "weren what when where whether which while who whom whose why will with within without won would wouldn yes you "
    "your yours yourself it's that's there's you're you'll you've we're we'll we've they're don't doesn't can't won't "
    "isn't aren't i'm i'll".split()
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text: its stem and its span, `text[start:end]`."""

    stem: str
    start: int
    end: int
    is_name: bool


def content_words(text: str) -> tuple[Word, ...]:
    """Return the words of a text that carry meaning, in order, numbers included, function words left out."""
    return _content_words(text)


def stems(text: str) -> frozenset[str]:
    """Return the stems of the content words."""
    return _stems(text)


@lru_cache(maxsize=8192)
def _content_words(text: str) -> tuple[Word, ...]:
    found = []
    for match in _WORD.finditer(text):
        raw = match.group()
        lowered = raw.lower().replace("’", "'")
        if lowered in _STOP or (len(lowered) == 1 and not lowered.isdigit()):
            continue
        found.append(Word(stem(lowered), match.start(), match.end(), _is_name(text, match)))
    return tuple(found)


@lru_cache(maxsize=32768)
def _stems(text: str) -> frozenset[str]:
    return frozenset(word.stem for word in _content_words(text))


def _is_name(text: str, match: re.Match[str]) -> bool:
    """A word with a capital inside a sentence, or with two, is a name; a sentence's first word may be any word."""
    raw = match.group()
    if not raw[0].isupper():
        return False
    if sum(character.isupper() for character in raw) > 1:
        return True
    before = text[: match.start()].rstrip(" *_\"'“(")
    return bool(before) and before[-1] not in ".!?:\n|-•>#"


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return a light English stem: plural, past, -ing, -ly and a few noun endings are taken off a lower-case word."""
    word = word.removesuffix("'s").replace("'", "")
    if len(word) <= 3 or word[0].isdigit():
        return word
    for suffix, replacement, shortest in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= shortest:
            return _undouble(word[: -len(suffix)] + replacement)
    return word


_SUFFIXES = (
    ("ational", "ate", 3),
    ("ations", "", 4),
    ("ation", "", 4),
    ("ments", "", 4),
    ("ment", "", 4),
    ("ings", "", 3),
    ("ies", "y", 2),
    ("ied", "y", 2),
    ("ing", "", 3),
    ("sses", "ss", 2),
    ("ches", "ch", 2),
    ("shes", "sh", 2),
    ("xes", "x", 2),
    ("ated", "", 4),
    ("ates", "", 4),
    ("ate", "", 4),
    ("es", "", 3),
    ("ed", "", 3),
    ("ly", "", 4),
    ("ss", "ss", 1),
    ("us", "us", 1),
    ("is", "is", 1),
    ("s", "", 3),
    ("e", "", 3),
)


def _undouble(word: str) -> str:
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
        return word[:-1]
    return word.removesuffix("e") if len(word) > 3 else word
