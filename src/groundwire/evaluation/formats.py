"""Tells the format of labelled answers from their fields and reads each into the same cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path

from groundwire.domain import Label, Question, Source, SourceDocument, Turn
from groundwire.errors import SettingsError
from groundwire.evaluation.cases import Case, Format, LabelledClaim, LabelledFile, MarkedSpan, Quote
from groundwire.evaluation.evidence import evidence_text
from groundwire.evaluation.ragtruth import read_ragtruth
from groundwire.evaluation.records import Record, read_records
from groundwire.evaluation.spans import marked_span

_SUPPORTED = frozenset(("supported", "supports", "support", "entailment", "entailed", "entails"))
_NOT_SUPPORTED = frozenset(
    (
        "contradiction", "contradicted", "refuted", "refutes", "neutral", "nei", "not_enough_info", "not_entailment",
        "not_entailed", "unsupported", "not_supported", "partially_supported",
    )
)  # fmt: skip
_FAITHFUL = {"0": False, "1": True, "false": False, "true": True, "faithful": False, "hallucinated": True}
_HELP = (
    "Known are records with kb, turns, answer and claims; with context, response and label; with premise, hypothesis "
    "and label; and a folder with response.jsonl and source_info.jsonl."
)


def read_file(path: Path, limit: int | None = None) -> LabelledFile:
    """Return the first `limit` cases of a file, or of a folder in RAGTruth's own format; raises SettingsError."""
    if not path.exists():
        raise SettingsError(f"{str(path)!r} does not exist.")
    if path.is_dir():
        return LabelledFile(str(path), Format.RAGTRUTH, tuple(islice(read_ragtruth(path), limit)))
    records = read_records(path)
    first = next(records, None)
    if first is None:
        raise SettingsError(f"{str(path)!r} holds no record. {_HELP}")
    found = format_of(first)
    if found is Format.RAGTRUTH:
        return LabelledFile(str(path), found, tuple(islice(read_ragtruth(path.parent, path), limit)))
    return LabelledFile(str(path), found, tuple(islice(_cases(found, first, records), limit)))


def format_of(record: Record) -> Format:
    """Return the format that a record's fields tell; raises SettingsError, which lists the known ones."""
    for found, names in _FIELDS.items():
        if record.has(*names):
            return found
    if record.has("doc_id", "text"):
        raise record.error("this is a document, not an answer. Pass the file with --documents NAME=FILE.")
    raise record.error(f"unknown format with the fields {', '.join(sorted(record.values)) or '(none)'}. {_HELP}")


def _cases(found: Format, first: Record, rest: Iterator[Record]) -> Iterator[Case]:
    yield _READERS[found](first)
    for record in rest:
        if not record.has(*_FIELDS[found]):
            needed = ", ".join(_FIELDS[found])
            raise record.error(f"the records above have the fields {needed}, this one does not. Use one file a format.")
        yield _READERS[found](record)


def knowledge_base_case(record: Record) -> Case:
    """Return the case of a record with kb, turns, answer and claims; `documents` came with the request.

    Raises SettingsError.
    """
    answer = record.text("answer")
    claims = tuple(_claim(claim, answer) for claim in record.records("claims"))
    stated = record.values.get("answer_label")
    turns = tuple(Turn(turn.text("role"), turn.text("content", "")) for turn in record.records("turns"))
    documents = tuple(_document(document) for document in record.records("documents"))
    knowledge_base = record.text("kb")
    return Case(
        id=record.text("id", record.place),
        place=record.place,
        answer=answer,
        is_bad=any(claim.is_bad for claim in claims) if stated is None else _is_bad(record, "answer_label"),
        question=Question(turns, documents),
        knowledge_base=knowledge_base,
        claims=claims,
        source="kbqa",
        task=knowledge_base,
    )


def _document(record: Record) -> SourceDocument:
    source = record.text("source", Source.REQUEST_DOCUMENTS.value)
    if source not in tuple(Source):
        raise record.error(f"unknown source {source!r} of a document; allowed: {', '.join(Source)}.")
    return SourceDocument(record.text("id"), record.text("title", ""), record.text("text"), Source(source))


def _claim(record: Record, answer: str) -> LabelledClaim:
    text = record.text("text")
    start, end = _placed(record, text, answer)
    label = record.text("label", "no_claim")
    if label != "no_claim" and label not in tuple(Label):
        raise record.error(f"unknown claim label {label!r}; allowed: supported, contradicted, unsupported, no_claim.")
    quotes = tuple(Quote(one.text("doc_id", ""), one.text("quote", "")) for one in record.records("evidence"))
    return LabelledClaim(
        text=text,
        start=start,
        end=end,
        label=None if label == "no_claim" else Label(label),
        kind=record.text("kind", ""),
        quotes=tuple(quote for quote in quotes if quote.text.strip()),
    )


def _placed(record: Record, text: str, answer: str) -> tuple[int, int]:
    """Offsets that are missing or do not fit the text are found anew."""
    start, end = record.number("start"), record.number("end")
    if start is not None and end is not None and answer[start:end] == text:
        return start, end
    place = answer.find(text)
    if place >= 0:
        return place, place + len(text)
    if start is not None and end is not None and 0 <= start < end <= len(answer):
        return start, end
    raise record.error(f"the claim {text[:60]!r} is not in the answer; `start` and `end` must be offsets into it.")


def _given_context_case(record: Record) -> Case:
    is_bad = _is_bad(record, "label")
    response = record.text("response")
    spans = tuple(_span(record, item, response) for item in record.items("spans"))
    asked = record.text("question", "").strip()
    documents = tuple(
        SourceDocument(f"context-{number}", "", text)
        for number, text in enumerate(_contexts(record), start=1)
        if text.strip()
    )
    return Case(
        id=record.text("id", record.place),
        place=record.place,
        answer=response,
        is_bad=is_bad,
        question=Question((Turn("user", asked),) if asked else (), documents),
        # A bad answer in which nothing is marked was never looked through for spans.
        spans=None if is_bad and not spans else spans,
        kinds=tuple(dict.fromkeys(span.kind for span in spans)),
        source=record.text("source", ""),
        task=record.text("task", ""),
    )


def _contexts(record: Record) -> list[str]:
    context = record.values["context"]
    return [evidence_text(part) for part in context] if isinstance(context, list) else [evidence_text(context)]


def _span(record: Record, item: object, response: str) -> MarkedSpan:
    if isinstance(item, Mapping):
        item = [item.get("start"), item.get("end"), item.get("type") or item.get("label_type") or ""]
    if not isinstance(item, list) or len(item) < 2 or not all(type(place) is int for place in item[:2]):
        raise record.error(f"a span must be [start, end, type], got {item!r}.")
    return marked_span(record, response, item[0], item[1], str(item[2]) if len(item) > 2 else "")


def _pair_case(record: Record) -> Case:
    label = record.text("label").strip().lower().replace(" ", "_").replace("-", "_")
    if label not in _SUPPORTED | _NOT_SUPPORTED:
        known = ", ".join(sorted(_SUPPORTED | _NOT_SUPPORTED))
        raise record.error(f"unknown label {record.values['label']!r}. Known: {known}.")
    premise = evidence_text(record.values["premise"])
    source = record.text("source", "")
    return Case(
        id=record.text("id", record.place),
        place=record.place,
        answer=record.text("hypothesis"),
        is_bad=label in _NOT_SUPPORTED,
        question=Question((), (SourceDocument("premise", "", premise),) if premise.strip() else ()),
        kinds=(label,),
        source=source,
        task=source,
        is_one_claim=True,
    )


def _is_bad(record: Record, name: str) -> bool:
    value = str(record.values.get(name)).strip().lower()
    if value not in _FAITHFUL:
        raise record.error(f"`{name}` must be 0 (faithful) or 1 (hallucinated), got {record.values.get(name)!r}.")
    return _FAITHFUL[value]


_FIELDS: Mapping[Format, tuple[str, ...]] = {
    Format.KNOWLEDGE_BASE: ("kb", "answer"),
    Format.GIVEN_CONTEXT: ("context", "response"),
    Format.PAIRS: ("premise", "hypothesis"),
    Format.RAGTRUTH: ("source_id", "response", "labels"),
}
_READERS: Mapping[Format, Callable[[Record], Case]] = {
    Format.KNOWLEDGE_BASE: knowledge_base_case,
    Format.GIVEN_CONTEXT: _given_context_case,
    Format.PAIRS: _pair_case,
}
