"""The string values of a JSON text: read out with their claims, and put back as these were mended."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from jsonschema import Draft202012Validator
from referencing import Registry

from groundwire.claims.segments import Segment
from groundwire.claims.splitting import split_answer
from groundwire.domain import Question, Skipped
from groundwire.guardrail import skipped
from groundwire.policy.decision import Ruling
from groundwire.proxy import jsontext

_CHARACTER = re.compile(r"\\u[dD][89abAB]\w\w\\u[dD][c-fC-F]\w\w|\\u\w{4}|\\.|[^\\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class StringValue:
    """A string whose literal is `json_text[start:end]`, quotes included.

    `segments` are those with a claim, whose offsets are into the JSON text; `places` tells where in the value each
    claim begins.
    """

    text: str
    start: int
    end: int
    segments: tuple[Segment, ...]
    places: tuple[int, ...]
    skipped: tuple[Skipped, ...]

    def mended(self, rulings: Sequence[Ruling]) -> str:
        """Return the value with its claims as they were mended, one ruling a claim."""
        text = self.text
        for segment, place, ruling in reversed(list(zip(self.segments, self.places, rulings, strict=True))):
            if segment.claim and ruling.mended is not None:
                text = text[:place] + ruling.mended + text[place + len(segment.claim.text) :]
        return text


def string_values(text: str, question: Question) -> list[StringValue]:
    """Return the string values of a valid JSON text, in order; a key is read as the heading above its value."""
    return [string_value(text, key, start, end, question) for key, start, end in jsontext.strings(text)]


def string_value(json_text: str, key: str, start: int, end: int, question: Question) -> StringValue:
    """Return the string whose literal is `json_text[start:end]`; its key is read as the heading above it."""
    text = str(json.loads(json_text[start:end]))
    heading = f"# {' '.join(key.replace('_', ' ').split())}\n\n" if key.strip("_ \t\r\n") else ""
    segments = [segment for segment in split_answer(heading + text, question) if segment.start >= len(heading)]
    offsets = _offsets(json_text[start + 1 : end - 1], text)
    placed = list(_placed(segments, len(heading), start + 1, offsets))
    return StringValue(
        text,
        start,
        end,
        segments=tuple(segment for segment, _ in placed),
        places=tuple(place for _, place in placed),
        skipped=tuple(skipped(segments)),
    )


def rewritten(text: str, values: Sequence[StringValue], rulings: Sequence[Ruling]) -> str:
    """Return the JSON text with its values mended, one ruling a claim, in order; all else keeps its bytes."""
    pieces, reached, left = [], 0, list(rulings)
    for value in values:
        own, left = left[: len(value.segments)], left[len(value.segments) :]
        mended = value.mended(own)
        if mended != value.text:
            pieces += [text[reached : value.start], jsontext.encode(mended)]
            reached = value.end
    return "".join((*pieces, text[reached:]))


def fits(text: str, schema: Mapping[str, object] | None) -> bool:
    """Whether the JSON text has the shape that was asked for; nothing does when that makes no sense."""
    if schema is None:
        return True
    try:
        # An empty registry, so that no schema is fetched from anywhere.
        return bool(Draft202012Validator(schema, registry=Registry()).is_valid(json.loads(text)))
    except Exception:  # The library lets the errors of a broken schema through, of whatever kind.
        return False


def has_other_values(value: object) -> bool:
    """Whether there are numbers or truth values in a parsed JSON text."""
    if isinstance(value, dict):
        return any(map(has_other_values, value.values()))
    if isinstance(value, list):
        return any(map(has_other_values, value))
    return isinstance(value, int | float)


def _placed(
    segments: Sequence[Segment], before: int, start: int, offsets: Sequence[int]
) -> Iterator[tuple[Segment, int]]:
    """Yield the segments with a claim, moved to where it is in the JSON text, and its place in the value."""
    for segment in segments:
        if segment.claim:
            place = segment.claim.start - before
            at = start + offsets[place]
            claim = replace(segment.claim, start=at, end=at + len(segment.claim.text))
            yield replace(segment, text=claim.text, start=claim.start, end=claim.end, claim=claim), place


def _offsets(literal: str, text: str) -> Sequence[int]:
    """Return where each character of a value is in its literal, which may write it as an escape."""
    if "\\" not in literal:
        return range(len(text))
    return [found.start() for found in _CHARACTER.finditer(literal)]
