"""Words before and after a value that make it a limit: "up to", "at least", "or more", "about"."""

from __future__ import annotations

import re

from groundwire.values.model import Bound

_BEFORE = (
    (Bound.AT_MOST, r"up to|at most|no more than|not more than|maximum(?: of)?|max\.?|no later than|not exceed(?:ing)?|"
                    r"no longer than|within|limited to|capped at|a limit of|not over|until|≤|<="),
    (Bound.AT_LEAST, r"at least|no less than|not less than|no fewer than|minimum(?: of)?|min\.?|from|starting at|as of|"
                     r"not (?:under|below)|≥|>="),
    (Bound.MORE_THAN, r"more than|over|above|exceed(?:s|ing)?|greater than|longer than|older than|in excess of|beyond|>"),
    (Bound.LESS_THAN, r"less than|under|below|fewer than|shorter than|younger than|<"),
    (Bound.ABOUT, r"about|around|approximately|approx\.?|roughly|almost|nearly|some|circa|ca\.|~|≈|typically|usually|"
                  r"on average"),
)  # fmt: skip
_AFTER = (
    (Bound.AT_LEAST, r"\+|or (?:more|older|above|longer|higher|over|later|greater)|and (?:over|above|older|up|more)|minimum|"
                     r"at (?:the )?(?:least|minimum)|upwards"),
    (Bound.AT_MOST, r"or (?:less|fewer|younger|under|below|shorter|lower|earlier)|and (?:under|below|younger)|maximum|max\b|"
                    r"at (?:the )?(?:most|maximum|latest)|or so"),
)  # fmt: skip
_BEFORE_PATTERNS = tuple(
    (bound, re.compile(rf"(?:(?<![\w])(?:{words}))(?:\s+(?:a|an|the|only|just|another))?[\s*_(]*$", re.IGNORECASE))
    for bound, words in _BEFORE
)
_AFTER_PATTERNS = tuple((bound, re.compile(rf"[\s*_]*(?:{words})", re.IGNORECASE)) for bound, words in _AFTER)
_REACH = 24


def bound_of(text: str, start: int, end: int) -> Bound:
    """Return the bound that the words around `text[start:end]` put on it."""
    before = text[max(0, start - _REACH) : start]
    for bound, pattern in _BEFORE_PATTERNS:
        if pattern.search(before):
            return bound
    for bound, pattern in _AFTER_PATTERNS:
        if pattern.match(text, end):
            return bound
    return Bound.EXACT
