"""Words before and after a value that make it a limit: "up to", "at least", "or more", "about"."""

from __future__ import annotations

import re

from groundwire.values.model import Bound

_AT_MOST = (
    r"up to|at most|(?:no|not|never) (?:more|longer|older|later|greater|higher|bigger|larger) than|maximum(?: of)?|"
    r"max\.?|within|limited to|capped at|limit (?:of|is)|cap of|until|≤|<=|as (?:much|many|long|late) as|at the latest|"
    r"(?:not|\w+n['’ ]?t|never|cannot)(?: \w+)? (?:exceed(?:ing)?|be over|go over|above|over|beyond|more than|"
    r"be more than|be above|be older than|be longer than|pay more than)|not exceeding|under no more than|"
    r"(?:not|\w+n['’ ]?t|never|cannot)(?: (?!if|when|where|with|to|on|because)\w+){1,3} (?:more|longer|later) than"
)
_AT_LEAST = (
    r"at least|(?:no|not|never) (?:less|fewer|under|below|shorter|younger|earlier|sooner) than|minimum(?: of)?|min\.?|"
    r"(?:no|not) (?:under|below)|from|starting at|as of|≥|>=|as early as|"
    r"(?:not|\w+n['’ ]?t)(?: be)? (?:under|below|less than)"
)
_MORE_THAN = (
    r"more than|over|above|exceed(?:s|ed|ing)?|greater than|longer than|older than|larger than|bigger than|higher than|"
    r"heavier than|in excess of|beyond|past|>"
)
_LESS_THAN = r"less than|under|below|fewer than|shorter than|younger than|smaller than|lower than|short of|<"
_ABOUT = (
    r"about|around|approximately|approx\.?|roughly|almost|nearly|some|circa|ca\.|~|≈|typically|usually|on average|"
    r"just (?:over|under)|a (?:bit|little) (?:over|under|more than|less than)|a good|close to"
)
_BEFORE = re.compile(
    rf"(?<!\w)(?:(?P<about>{_ABOUT})|(?P<most>{_AT_MOST})|(?P<least>{_AT_LEAST})|(?P<more>{_MORE_THAN})|"
    rf"(?P<less>{_LESS_THAN}))(?:[\s-]+(?:a|an|the|only|just|another|age|of|about|around|your))?[\s*_(-]*$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"[\s*_]*(?:(?P<least>\+|"
    r"(?:[a-z]+ )?or (?:more|older|above|longer|higher|over|later|greater|up)\b|"
    r"(?:[a-z]+ )?and (?:over|above|older|up|more|upwards?)\b|years of age (?:or|and) (?:over|older)|minimum|"
    r"at (?:the )?(?:very )?(?:least|minimum)|upwards|onwards?)|"
    r"(?P<most>(?:[a-z]+ )?or (?:less|fewer|younger|under|below|shorter|lower|earlier)\b|"
    r"and (?:under|below|younger)|maximum|max\b|"
    r"at (?:the )?(?:very )?(?:most|maximum|latest))|(?P<about>or so))",
    re.IGNORECASE,
)
_AHEAD = re.compile(r"[\s*_]*(?:\w+ )?(?:before|ahead|prior|in advance|beforehand|earlier)\b", re.IGNORECASE)
# "Until 24 hours before departure" leaves at least 24 hours: with "before", the limit may be meant either way.
_DEADLINE = re.compile(r"up to|later than|until|by|at the latest|earlier than|sooner than", re.IGNORECASE)
_LIMITS = frozenset((Bound.AT_MOST, Bound.AT_LEAST))
_ROUGHLY = re.compile(r"\b(?:about|around)\b", re.IGNORECASE)
_BOUNDS = {
    "about": Bound.ABOUT,
    "most": Bound.AT_MOST,
    "least": Bound.AT_LEAST,
    "more": Bound.MORE_THAN,
    "less": Bound.LESS_THAN,
}
_COUPLE = "a couple"
_REACH = 28


def bound_of(text: str, start: int, end: int) -> Bound:
    """Return the bound that the words around `text[start:end]` put on it."""
    if text[start : start + len(_COUPLE)].lower() == _COUPLE:
        return Bound.ABOUT
    if match := _BEFORE.search(text[max(0, start - _REACH) : start]):
        bound = _BOUNDS[match.lastgroup or ""]
        if _ROUGHLY.search(match.group()):
            return Bound.ABOUT
        is_ahead = bound in _LIMITS and _AHEAD.match(text, end) and _DEADLINE.search(match.group())
        return Bound.EXACT if is_ahead else bound
    if match := _AFTER.match(text, end):
        return _BOUNDS[match.lastgroup or ""]
    return Bound.EXACT
