"""Judges a single value among the arguments of a tool call: whether any evidence holds it, and what it says instead."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from groundwire.domain import Claim, Evidence, Failure, Label, Passage, Source, Verdict
from groundwire.values import Kind, Relation, Value, compare, find_values

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
# A member of a JSON object whose value is a string or a number.
_FIELD = re.compile(r'"(?P<name>[^"\\]{1,64})"\s*:\s*(?P<value>"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*)')
_ISO_TIME = re.compile(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?$")
_SENTENCE_END = re.compile(r"[.!?]\s+|\n")
# Characters that are written in several ways.
_ALIKE = ("'’‘", '"“”', "-‐‑–—")
_AROUND = " \t\n#\"'“”‘’.,;:!?"
_AMOUNTS = frozenset((Kind.NUMBER, Kind.MONEY, Kind.PERCENT, Kind.DURATION, Kind.QUANTITY))
_QUOTED_CHARS = 160
_SPEAKERS = {
    Source.TOOL_RESULTS: "tool result",
    Source.CONVERSATION: "user",
    Source.SYSTEM: "instructions",
}


@dataclass(frozen=True, slots=True)
class Argument:
    """A number or short text among the arguments of a tool call: its key, the value as written, and its claim."""

    claim: Claim
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Field:
    """A member of a JSON object in a passage: `passage.text[start:end]` is key and value."""

    name: str
    value: str
    passage: Passage
    start: int
    end: int


def settle(argument: Argument, passages: Sequence[Passage]) -> Verdict | None:
    """Return the verdict where the passages decide by themselves, None where they do not hold the value.

    A value is carried where it appears: texts word by word, numbers and dates by what they mean. Numbers and dates are
    told first by the only field of a tool result or document that has the argument's name, unless the user gave them.
    """
    fields = [one for passage in passages for one in _fields(passage) if _plain(one.name) == _plain(argument.name)]
    own = next((one for one in fields if says_same(argument.value, one.value)), None)
    if own:
        return _carried(argument, _evidence(own.passage, own.start, own.end))
    found = next(_appearances(argument.value, passages), None)
    is_asked_for = found is not None and found.source is Source.CONVERSATION
    if fields and _is_one(fields) and (found is None or (is_measured(argument.value) and not is_asked_for)):
        return _refuted(argument, fields[-1])
    return _carried(argument, found) if found else None


def judged(argument: Argument, verdict: Verdict) -> Verdict:
    """Return the verdict on a value that appears nowhere: contradicted where the verifier says so, else unsupported.

    A check that failed stays so, but for the language, which a single value does not have.
    """
    is_failed = verdict.failure not in {None, Failure.LANGUAGE}
    if verdict.label is Label.CONTRADICTED or is_failed:
        return replace(verdict, corrections=(), spans=_span(argument))
    reason = f"no evidence holds {argument.value!r}"
    return Verdict(argument.claim, Label.UNSUPPORTED, 0.0, reason, verdict.evidence, spans=_span(argument))


def is_measured(value: str) -> bool:
    """Whether a value is a number, an amount or a date."""
    found = _whole_value(value)
    return _number(value) is not None or (found is not None and found.kind is not Kind.IDENTIFIER)


def says_same(mine: str, theirs: str) -> bool:
    """Whether two values are the same, however they are written."""
    first, second = _number(mine), _number(theirs)
    if first is not None and second is not None:
        return first == second
    if mine.casefold().split() == theirs.casefold().split():
        return True
    value = _whole_value(theirs)
    return value is not None and _holds(mine, value)


def _carried(argument: Argument, evidence: Evidence) -> Verdict:
    who = _SPEAKERS.get(evidence.source, "document")
    return Verdict(
        argument.claim, Label.SUPPORTED, 1.0, f"{who} says {' '.join(evidence.quote.split())!r}", (evidence,)
    )


def _refuted(argument: Argument, field: Field) -> Verdict:
    who = _SPEAKERS.get(field.passage.source, "document")
    reason = f"{who} says {field.name} {field.value}, the call says {argument.value}"
    evidence = (_evidence(field.passage, field.start, field.end),)
    return Verdict(argument.claim, Label.CONTRADICTED, 0.0, reason, evidence, spans=_span(argument), contradiction=1.0)


def _span(argument: Argument) -> tuple[tuple[int, int], ...]:
    return ((argument.claim.start, argument.claim.end),)


def _is_one(fields: Sequence[Field]) -> bool:
    return all(says_same(fields[0].value, one.value) for one in fields[1:])


@lru_cache(maxsize=512)
def _fields(passage: Passage) -> tuple[Field, ...]:
    if passage.source in {Source.CONVERSATION, Source.SYSTEM}:
        return ()
    return tuple(
        Field(match["name"], _decoded(match["value"]), passage, *match.span())
        for match in _FIELD.finditer(passage.text)
    )


def _decoded(literal: str) -> str:
    try:
        return str(json.loads(literal)) if literal.startswith('"') else literal
    except ValueError:
        return literal.strip('"')


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name).casefold()


def _appearances(value: str, passages: Sequence[Passage]) -> Iterator[Evidence]:
    """Yield where the value stands, what the user said first."""
    pattern = _pattern(value)
    for passage in sorted(passages, key=lambda passage: passage.source is not Source.CONVERSATION):
        values = find_values(passage.text)
        if place := next((one for one in values if _holds(value, one)), None):
            yield _quote(passage, place.start, place.end)
        elif match := next((one for one in pattern.finditer(passage.text) if not _is_part(one, values)), None):
            yield _quote(passage, *match.span())
        elif escaped := next((one for one in _fields(passage) if pattern.search(one.value)), None):
            yield _evidence(passage, escaped.start, escaped.end)


def _is_part(match: re.Match[str], values: Sequence[Value]) -> bool:
    """Whether what was found is a part of a date or time: the 2 of "May 2" is no quantity."""
    start, end = match.span()
    whole = (one for one in values if one.kind in {Kind.DATE, Kind.TIME} and one.start <= start and end <= one.end)
    return any((one.start, one.end) != (start, end) for one in whole)


@lru_cache(maxsize=512)
def _pattern(value: str) -> re.Pattern[str]:
    """What finds a value word by word: no part of a longer word or number, in any case and spacing."""
    words = value.strip(_AROUND).split() or value.split()
    body = r"\s+".join("".join(map(_written, word)) for word in words)
    return re.compile(rf"(?<![\w/-])(?<!\d[.,:]){body}(?![\w/-])(?![.,:]\d)", re.IGNORECASE)


def _written(character: str) -> str:
    return next((f"[{re.escape(alike)}]" for alike in _ALIKE if character in alike), re.escape(character))


def _holds(mine: str, theirs: Value) -> bool:
    """Whether a value of a text is what the argument says."""
    number = _number(mine)
    if number is not None:
        return theirs.kind in _AMOUNTS and not theirs.is_range and theirs.shown == number
    value = _whole_value(mine)
    if value is None:
        return False
    relation = compare(value, theirs)
    # A year may be left out, but not the day.
    is_day = value.kind is theirs.kind is Kind.DATE and theirs.literal[-2:].isdigit() and theirs.unit == "date"
    return relation is Relation.EQUAL or (is_day and relation is Relation.COMPATIBLE)


@lru_cache(maxsize=512)
def _whole_value(text: str) -> Value | None:
    """Return the one value that a text consists of."""
    text = _ISO_TIME.sub(r"\1", text.strip())
    found = find_values(text)
    return found[0] if len(found) == 1 and len(found[0].text) == len(text) else None


def _number(text: str) -> Decimal | None:
    text = text.strip()
    try:
        return Decimal(text) if _NUMBER.fullmatch(text) else None
    except InvalidOperation:
        return None


def _quote(passage: Passage, start: int, end: int) -> Evidence:
    """Return the sentence or line around a place, cut where it is long."""
    text = passage.text
    before = [match.end() for match in _SENTENCE_END.finditer(text, max(0, start - _QUOTED_CHARS), start)]
    after = _SENTENCE_END.search(text, end, end + _QUOTED_CHARS)
    first = before[-1] if before else text.rfind(" ", 0, max(0, start - _QUOTED_CHARS // 2)) + 1
    last = after.start() + 1 if after else text.find(" ", end + _QUOTED_CHARS // 2)
    last = last if last >= 0 else len(text)
    return _evidence(passage, first, max(end, last - (text[last - 1] == "\n")))


def _evidence(passage: Passage, start: int, end: int) -> Evidence:
    return Evidence(
        document_id=passage.document_id,
        version=passage.version,
        title=passage.title,
        quote=passage.text[start:end],
        start=passage.start + start,
        end=passage.start + end,
        source=passage.source,
        headings=passage.headings,
        url=passage.url,
    )
