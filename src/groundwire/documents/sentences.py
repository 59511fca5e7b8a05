"""Sentences of running text, as spans."""

from __future__ import annotations

import re

_END = re.compile(r"[.!?…]+[\"'”’)\]*_`]*(?=\s+(?P<next>\S))")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|vs|approx|ca|mr|mrs|ms|dr|prof|st|fig|sec|art|nos?|incl|excl|resp|dept|tel|ext|min|max|jan|feb|"
    r"mar|apr|jun|jul|aug|sept?|oct|nov|dec|u\.s|u\.k|e\.u|p\.o|a\.m|p\.m|inc|ltd|co|corp|etc)|\b[A-Z])\.$",
    re.IGNORECASE,
)
_STARTS_SENTENCE = re.compile(r"[A-Z0-9\"'“‘(\[*_`#€$£¿¡À-ÖØ-Þ]")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of each sentence of `text`, in order, white space around them left out.

    A line break does not end a sentence; abbreviations, initials, decimals and web addresses do not either.
    """
    spans = []
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
    if not head.endswith("."):
        return True
    found = _ABBREVIATION.search(head)
    if not found:
        return True
    word = found.group().lower().rstrip(".")
    if word in {"a.m", "p.m", "etc", "inc", "ltd", "co", "corp"}:
        return following.isupper()
    return word == "i" or (word == "no" and not following.isdigit())


def _append(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if end > start:
        spans.append((start, end))
