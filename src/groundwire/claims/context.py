"""What a claim of an answer needs from before it, so that it can be understood alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from groundwire.claims.checkable import plain_text
from groundwire.domain import Question

_ANAPHORA = re.compile(
    r"\b(?:it|its|they|them|their|that|this|these|those|he|she|his|her|there|both|either|neither|"
    r"the (?:same|former|latter|other|fee|price|cost|limit|amount)|one|ones|same|also|otherwise|then|so|too)\b",
    re.IGNORECASE,
)
_REPLY = re.compile(r"\W*(?:yes|no|nope|yep|correct|exactly|sure|right|absolutely|unfortunately|not)\b", re.IGNORECASE)
# How a question begins that goes on from the one before it.
_FOLLOW_UP = re.compile(r"\W*(?:and|or|but|also|so|then|what about|how about|what if)\b", re.IGNORECASE)
_WORD = re.compile(r"\w{3,}")
_FEW_WORDS = 7
# A question this short names no subject; and how far back questions are followed.
_FEW_WORDS_ASKED = 3
_MAX_QUESTIONS = 3


class AnswerContext:
    """Follows an answer from its start and tells, for each claim, the words before it that it leans on."""

    def __init__(self, question: Question) -> None:
        self._question = _resolved([plain_text(turn.content) for turn in question.turns if turn.role == "user"])
        self._heading = ""
        self._lead_in = ""
        self._previous = ""
        self._header = ""
        self._is_item = False

    def start_line(self, *, is_item: bool) -> None:
        """Note that a line outside tables begins; a list keeps its lead-in, a paragraph ends it."""
        self._header = ""
        if self._is_item and not is_item:
            self._lead_in = ""
        self._is_item = is_item

    def heading(self, text: str) -> None:
        """Note a heading; what stood before it no longer explains what comes after."""
        self._heading, self._lead_in, self._previous, self._header = text, "", "", ""

    def is_header_row(self, row: str) -> bool:
        """Note a table row; true for the first row of a table."""
        if self._header:
            return False
        self._header = plain_text(row.replace("|", " ; ")).strip(" ;")
        return True

    def of(self, sentence: str) -> str:
        """Return the context of a claim that comes next; empty when it speaks for itself."""
        plain = plain_text(sentence)
        is_leaning = bool(_ANAPHORA.search(plain) or _REPLY.match(plain) or len(_WORD.findall(plain)) < _FEW_WORDS)
        parts = [self._heading, self._header]
        if self._is_item or self._header:
            parts.append(self._lead_in)
        if is_leaning:
            parts = [self._question, *parts, self._previous if not self._is_item else ""]
        return "\n".join(part for part in parts if part)

    def follow(self, sentence: str, why: str) -> None:
        """Note a sentence, so that the next claim can lean on it; `why` is what it is when it is no claim."""
        if self._header:
            return
        plain = plain_text(sentence)
        if plain.endswith(":"):
            self._lead_in = plain
        if why in {"", "lead-in", "label"}:
            self._previous = plain


def _resolved(asked: Sequence[str]) -> str:
    """Return the last question and, as far back as they can't be understood alone, the ones before it."""
    needed: list[str] = []
    for question in reversed(asked[-_MAX_QUESTIONS:]):
        needed.append(question)
        if not _goes_on(question):
            break
    return "\n".join(needed)


def _goes_on(question: str) -> bool:
    is_short = len(_WORD.findall(question)) < _FEW_WORDS_ASKED
    return is_short or bool(_FOLLOW_UP.match(question) or _ANAPHORA.search(question))
