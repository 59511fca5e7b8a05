"""Small grammar: capitals, ends of sentences, main clauses."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_WORD = re.compile(r"[A-Za-z][\w'-]*")
_SUBORDINATE = re.compile(
    r"(?:If|When|Once|Unless|Until|After|Before|While|Although|Because|As|Since|Where|For|In|On|At|With|During|To|"
    r"Under|From|By|Outside|Within)\b[^,;]{3,140}?, (?!or |and |\d)"
)
_LATER = re.compile(
    r"[;:(]| (?:if|unless|when|once|because|that|which|who|whose|where|while|until|as long as|provided|so|but)\b|, "
)


class Vocabulary:
    """The words that the documents write in lower case: only those may lose their capital."""

    def __init__(self, texts: Iterable[str]) -> None:
        words = (word for text in texts for word in _WORD.findall(text))
        counts = Counter(word for word in words if word[0].islower() or word in {"I", "A"})
        self._common = {word for word, count in counts.items() if count > 1}

    def lowered(self, text: str) -> str:
        """Return a text to be continued from another: with a small first letter unless it begins with a name."""
        match = _WORD.match(text)
        if not match or match.group() == "I":
            return text
        word = match.group()
        is_common = word.lower() in self._common and not (len(word) > 1 and word.isupper())
        following = text[match.end() + 1 : match.end() + 2]
        if is_common and not (following.isupper() and word not in _OPENERS):
            return text[0].lower() + text[1:]
        return text


_OPENERS = frozenset(
    "A An The If When For In On At With All Any Each Every No Only You We Your Our To Until After Before From Under "
    "During Both Most Some Between By Outside Once Unless There It They This These".split()
)


def capitalised(text: str) -> str:
    """Return a text whose first letter is a capital."""
    return text[:1].upper() + text[1:]


def as_sentence(text: str) -> str:
    """Return a text with a capital and one full stop."""
    text = " ".join(text.split()).strip(" ,;:")
    text = capitalised(text)
    return text if text.endswith((".", "!", ".)")) else text + "."


def without_stop(text: str) -> str:
    """Return a sentence without its full stop."""
    return text.rstrip().removesuffix(".")


def main_clause(text: str) -> tuple[int, int]:
    """Return the span of the main clause's beginning: after an opening clause, up to the next dependent one."""
    opening = _SUBORDINATE.match(text)
    start = opening.end() if opening else 0
    later = _LATER.search(text, start + 1)
    return start, later.start() if later else len(text)


def word_count(text: str) -> int:
    """Return the number of words."""
    return len(text.split())
