"""Sentences of running text, as spans."""

from __future__ import annotations

import re

# Possessive, and never begun inside a run of marks: linear on any text.
_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’)\]*_`]*+(?=\s++(?P<next>\S))")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|vs|approx|ca|mr|mrs|ms|dr|prof|st|fig|sec|art|nos?|incl|excl|resp|dept|tel|ext|min|max|jan|feb|"
    r"mar|apr|jun|jul|aug|sept?|oct|nov|dec|u\.s|u\.k|e\.u|p\.o|a\.m|p\.m|inc|ltd|co|corp|etc)|\b[A-Z])\.$",
    re.IGNORECASE,
)
_OFTEN_LAST = frozenset({"a.m", "p.m", "etc", "inc", "ltd", "co", "corp"})
_NEVER_LAST = frozenset({"e.g", "i.e", "cf", "vs", "mr", "mrs", "ms", "dr", "prof", "st"})
# After an abbreviation or initial these words begin a sentence all the same ("vitamin C. The dose …").
_STARTER = re.compile(
    r"(?:The|This|That|These|Those|It|They|You|We|He|She|If|In|For|An|All|No|Not|When|Where|Please|There|Each|Every|Any|"
    r"After|Before|Until|Once|Otherwise|However|Only|Do|Does|Is|Are|To|At|On|Our|Your|Its|As|But|And|Or|Then|What|How)\b"
)
_STARTS_SENTENCE = re.compile(r"[A-Z0-9\"'“‘(\[*_`#€$£¿¡À-ÖØ-Þ]")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of each sentence of `text`, in order, white space around them left out.

    A line break does not end a sentence; abbreviations, initials, decimals and web addresses do not either.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        if _is_end(text, match):
            _append(spans, text, start, match.end())
            start = match.end()
    _append(spans, text, start, len(text))
    return spans


def _is_end(text: str, match: re.Match[str]) -> bool:
    following = match["next"]
    if not _STARTS_SENTENCE.match(following):
        return False
    head = text[max(0, match.start() - 12) : match.start() + 1]
    found = _ABBREVIATION.search(head) if head.endswith(".") else None
    if not found:
        return True
    word = found.group().lower().rstrip(".")
    if word in _NEVER_LAST:
        return False
    if word in _OFTEN_LAST:
        return following.isupper()
    if word in {"no", "art"} and following.isalpha():
        return True
    return word == "i" or _STARTER.match(text, match.start("next")) is not None


def _append(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if end > start:
        spans.append((start, end))
