"""Small grammar: capitals, ends of sentences, main clauses."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"[A-Za-z][\w'-]*")
_INNER_CAPITAL = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+")
_SUBORDINATE = re.compile(
    r"(?:If|When|Once|Unless|Until|After|Before|While|Although|Because|As|Since|Where|For|In|On|At|With|During|To|"
    r"Under|From|By|Outside|Within)\b[^,;]{3,140}?, (?!or |and |\d)"
)
_ARTICLE = re.compile(r"\b(?P<article>an?) (?P<word>[a-z]{3,}\b)", re.IGNORECASE)
_CONDITION = re.compile(r"(?:If|When|Once|Unless|While|Although|Because)\b")
_LATER = re.compile(
    r"[;:(]| (?:if|unless|when|once|because|that|which|who|whose|where|while|until|as long as|provided|so|but)\b| "
    r"(?:before|after) (?:[a-z]+ ){1,3}(?:is|are|has|have|can)\b|, "
)


class Vocabulary:
    """The words that the documents write in lower case: only those may lose their capital."""

    def __init__(self, texts: Iterable[str]) -> None:
        joined = " ".join(texts)
        self._common = {word for word in _WORD.findall(joined) if word[0].islower()}
        self._names = set(_INNER_CAPITAL.findall(joined))

    def _is_common(self, word: str) -> bool:
        if len(word) > 1 and not word[1:].islower():
            return False
        return word.lower() in self._common or word not in self._names

    def lowered_label(self, label: str) -> str:
        """Return a table's label as it reads within a sentence: only names keep their capital."""
        match = _WORD.match(label)
        word = re.split(r"[-']", match.group())[0] if match else ""
        if match and re.search(r"\d", match.group()):
            return label
        is_own = word in self._names and word.lower() not in self._common
        is_name = is_own or (len(word) > 1 and not word[1:].islower())
        return label if not word or is_name else label[0].lower() + label[1:]

    def lowered(self, text: str) -> str:
        """Return a text to be continued from another: with a small first letter unless it begins with a name."""
        match = _WORD.match(text)
        if not match or match.group() == "I":
            return text
        word = re.split(r"[-']", match.group())[0]
        is_common = self._is_common(word)
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
    text = capitalised(with_articles(text))
    return text if text.endswith((".", "!", ".)")) else text + "."


def with_articles(text: str) -> str:
    """Return a text with "a" and "an" as the next word wants them."""
    return _ARTICLE.sub(_right_article, text)


def _right_article(match: re.Match[str]) -> str:
    is_vowel = re.match(r"(?!one\b|once\b|euro|unit|univ|uni[a-z]*)(?:[aeio]|un|up|hour)", match["word"], re.IGNORECASE)
    return match["article"][0] + ("n " if is_vowel else " ") + match["word"]


def without_stop(text: str) -> str:
    """Return a sentence without its full stop."""
    return text.rstrip().removesuffix(".")


def main_clause(text: str) -> tuple[int, int]:
    """Return the span of the main clause's beginning: after an opening clause, up to the next dependent one."""
    opening = _SUBORDINATE.match(text)
    if not opening and _CONDITION.match(text):
        return 0, 0
    start = opening.end() if opening else 0
    later = _LATER.search(text, start + 1)
    return start, later.start() if later else len(text)


def word_count(text: str) -> int:
    """Return the number of words."""
    return len(text.split())
