"""Where a sentence of a streamed answer ends: decided once, the same for every chunking of the text."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Markup and quotes that may stand between a full stop and the white space after it.
CLOSERS = r"[\"'”’»)\]*_~`]*"
_CANDIDATE = re.compile(rf"[.!?…]+(?:\[\d+\]|{CLOSERS})(?=\s)|[。！？]+|\n")
_ABBREVIATION = re.compile(r"([A-Za-z](?:[A-Za-z]*\.?)*[A-Za-z]?)\.$")
_NEVER_FINAL = frozenset(
    "e.g eg i.e ie cf vs approx ca mr mrs ms dr prof st fig figs sec art nr nos incl excl resp dept tel ext min max "
    "jan feb mar apr jun jul aug sept oct nov dec mon tue wed thu fri u.s u.k e.u p.o".split()
)
_FINAL_UNLESS_ZONE = frozenset(("a.m", "p.m"))
_ZONE_WORDS = frozenset(("Central", "Eastern", "Pacific", "Mountain", "Atlantic", "Greenwich", "Western"))
_BARE_REPLY = re.compile(
    r"\W*(?:yes|no|nope|yep|yeah|sure|correct|exactly|right|absolutely|certainly|of course|not quite|unfortunately)\W*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Boundary:
    """A decided sentence end: the sentence is `text[start:end]`, the next piece starts at `resume`."""

    end: int
    resume: int


class NeedMoreText(Exception):
    """The text so far leaves open whether the sentence has ended."""


class SentenceSearch:
    """Looks for the end of the sentence that begins at `start`, while text arrives; nothing is judged twice."""

    def __init__(self, start: int) -> None:
        self.start = start
        self._reached = start

    def find(self, text: str, limit: int, *, is_closed: bool) -> Boundary | None:
        """Return the first sentence end whose last character lies before `limit`, in all the text so far.

        None means that the sentence goes on to `limit` at least. Raises NeedMoreText while the answer depends on text
        that has not arrived; never when `is_closed`. What lies beyond `limit` is not looked at, so that the text that
        must be held is bounded.
        """
        view = _View(text, min(len(text), limit), is_closed or len(text) >= limit)
        for candidate in _CANDIDATE.finditer(text, self._reached, view.stop):
            boundary = _judge(view, self.start, candidate)
            if boundary:
                return boundary
            self._reached = candidate.end()
        if is_closed and len(text) <= limit:
            return Boundary(len(text.rstrip()) if text[self.start :].strip() else len(text), len(text))
        return None


@dataclass(frozen=True, slots=True)
class _View:
    """The text up to `stop`, which is its end for now, or for good when `is_final`."""

    text: str
    stop: int
    is_final: bool

    def reaches(self, position: int) -> bool:
        """Whether there is a character; raises NeedMoreText while there may yet be one."""
        if position < self.stop:
            return True
        if self.is_final:
            return False
        raise NeedMoreText


def _judge(view: _View, start: int, candidate: re.Match[str]) -> Boundary | None:
    text, mark = view.text, candidate.group()
    if mark == "\n":
        return _at_line_end(view, start, candidate.start())
    after = _skip_blanks(view, candidate.end())
    if not view.reaches(after):
        return Boundary(candidate.end(), view.stop)
    if text[after] == "\n":
        return Boundary(candidate.end(), after + 1)
    if text[after].islower() or _BARE_REPLY.fullmatch(text, start, candidate.end()):
        return None
    if mark.startswith(".") and _is_abbreviation(view, start, candidate.start() + 1, after):
        return None
    return Boundary(candidate.end(), after)


def _at_line_end(view: _View, start: int, newline: int) -> Boundary | None:
    """A line ends its sentence, unless it was merely wrapped: the next line goes on in lower case."""
    text = view.text
    line = text[start:newline].rstrip()
    boundary = Boundary(start + len(line), newline + 1)
    if not line or line[-1] in ".!?…:;|" or not view.reaches(newline + 1):
        return boundary
    return None if text[newline + 1].islower() else boundary


def _skip_blanks(view: _View, position: int) -> int:
    text = view.text
    while position < view.stop and text[position] != "\n" and text[position].isspace():
        position += 1
    return position


def _is_abbreviation(view: _View, start: int, stop: int, after: int) -> bool:
    text = view.text
    match = _ABBREVIATION.search(text, max(start, stop - 16), stop)
    if not match:
        return False
    word = match.group(1).lower()
    if word in _NEVER_FINAL or (len(match.group(1)) == 1 and match.group(1).isupper() and match.group(1) != "I"):
        return True
    if word == "no":
        return text[after].isdigit()
    return word in _FINAL_UNLESS_ZONE and _is_time_zone(view, after)


def _is_time_zone(view: _View, position: int) -> bool:
    """Whether a time zone goes on from there ("10 a.m. EST"), which takes the whole word to tell."""
    end = position
    while view.reaches(end) and view.text[end].isalpha():
        end += 1
    word = view.text[position:end]
    return word in _ZONE_WORDS or (len(word) > 1 and word.isupper())
