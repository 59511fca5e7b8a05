"""Evidence and claim as the network reads them: statements under their heading path, the claim behind its question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from groundwire.documents.blocks import plain
from groundwire.domain import Claim, Question, Source
from groundwire.verification.units import Reading

_MAX_QUESTION_WORDS = 28
_MAX_CONTEXT_WORDS = 24
_SPEAKERS: Mapping[Source, str] = {
    Source.CONVERSATION: "The user said",
    Source.SYSTEM: "Instructions",
    Source.TOOL_RESULTS: "Tool result",
}


def telling(readings: Sequence[Reading], question: Question) -> list[Reading]:
    """Leave out what the user asked: a question states nothing, and the model reads the last one beside the claim."""
    last = next((place for place in reversed(range(len(question.turns))) if question.turns[place].role == "user"), -1)
    is_short = last >= 0 and len(question.turns[last].content.split()) <= _MAX_QUESTION_WORDS
    beside = f"{Source.CONVERSATION.value}:{last}" if is_short else ""
    return [
        reading
        for reading in readings
        if reading.passage.source is not Source.CONVERSATION
        or not (reading.statement.text.rstrip().endswith("?") or reading.passage.document_id == beside)
    ]


def evidence_text(readings: Sequence[Reading]) -> str:
    """Return readings as one text, in document order, those under one heading together behind their heading path."""
    ordered = sorted(readings, key=lambda reading: (_first(readings, reading), reading.statement.start))
    parts = []
    for heading, group in groupby(ordered, key=heading_of):
        body = " ".join(plain(reading.rendered).strip() for reading in group)
        parts.append(f"{heading}: {body}" if heading else body)
    return "\n".join(parts)


def heading_of(reading: Reading) -> str:
    """Return the title and headings above a reading, outermost first, repeated ones once."""
    passage = reading.passage
    if passage.source in _SPEAKERS:
        return _SPEAKERS[passage.source]
    context = reading.statement.context[:-1] if reading.statement.cells else reading.statement.context
    path = dict.fromkeys(plain(part).strip() for part in (passage.title, *context) if part.strip())
    return " > ".join(list(path)[-4:])


def claim_text(claim: Claim, question: Question) -> str:
    """Return the claim as the model reads it: what was asked, what stood before it, then its own words."""
    asked = next((turn.content for turn in reversed(question.turns) if turn.role == "user"), "")
    asked = _last_words(plain(asked), _MAX_QUESTION_WORDS)
    context = claim.context
    if asked and context.startswith(context[: len(asked)]) and asked[:40] in context:
        context = context.split("\n", 1)[1] if "\n" in context else ""
    context = _last_words(plain(context), _MAX_CONTEXT_WORDS)
    lead = " | ".join(part for part in (asked, context) if part)
    return f"{lead} || {plain(claim.text).strip()}" if lead else plain(claim.text).strip()


def written_spans(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return where spans of a claim without its markup stand in the claim as it was written."""
    places: list[int] = []
    position = 0
    for character in plain(text).strip():
        while (
            position < len(text) and text[position] != character and not (character == " " and text[position].isspace())
        ):
            position += 1
        places.append(min(position, len(text) - 1))
        position += 1
    return [(places[start], places[end - 1] + 1) for start, end in spans if 0 <= start < end <= len(places)]


def _first(readings: Sequence[Reading], reading: Reading) -> int:
    """The rank of a reading's document and heading among all readings, by their first appearance."""
    key = (reading.passage.document_id, heading_of(reading))
    return next(row for row, other in enumerate(readings) if (other.passage.document_id, heading_of(other)) == key)


def _last_words(text: str, limit: int) -> str:
    words = text.split()
    return " ".join(words[-limit:])
