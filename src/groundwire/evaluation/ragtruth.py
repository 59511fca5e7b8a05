"""Reads RAGTruth's own format: a folder with `response.jsonl` and `source_info.jsonl`, gzipped or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from groundwire.domain import Question, SourceDocument, Turn
from groundwire.errors import SettingsError
from groundwire.evaluation.cases import Case, MarkedSpan
from groundwire.evaluation.evidence import evidence_text
from groundwire.evaluation.records import Record, read_records
from groundwire.evaluation.spans import marked_span

_RESPONSES, _SOURCES = "response.jsonl", "source_info.jsonl"


def read_ragtruth(folder: Path, responses: Path | None = None) -> Iterator[Case]:
    """Yield the answers of the test split, or all where none is in it; raises SettingsError."""
    records = list(read_records(responses or _file(folder, _RESPONSES)))
    sources = {record.text("source_id"): record for record in read_records(_file(folder, _SOURCES))}
    tested = [record for record in records if record.values.get("split") == "test"]
    for record in tested or records:
        source = sources.get(record.text("source_id"))
        if source is None:
            raise record.error(f"no source {record.text('source_id')!r} in {_SOURCES}.")
        yield _case(record, source)


def _file(folder: Path, name: str) -> Path:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    raise SettingsError(f"{str(folder)!r} has no {name}. A folder must hold {_RESPONSES} and {_SOURCES}.")


def _case(record: Record, source: Record) -> Case:
    answer = record.text("response")
    spans = tuple(_span(label, answer) for label in record.records("labels"))
    task = source.text("task_type", "")
    asked, evidence = _question_and_evidence(source)
    return Case(
        id=record.text("id", record.place),
        place=record.place,
        answer=answer,
        is_bad=bool(spans),
        question=Question((Turn("user", asked),) if asked else (), (SourceDocument("source", "", evidence),)),
        spans=spans,
        kinds=tuple(dict.fromkeys(span.kind for span in spans)),
        source="RAGTruth",
        task=task,
    )


def _question_and_evidence(source: Record) -> tuple[str, str]:
    """Only question answering asks something; elsewhere the prompt is an instruction and the evidence again."""
    info = source.values.get("source_info")
    if isinstance(info, Mapping) and "passages" in info:
        return str(info.get("question", "")).strip(), evidence_text(info["passages"])
    if not info:
        raise source.error("`source_info` is empty.")
    return "", evidence_text(info)


def _span(label: Record, answer: str) -> MarkedSpan:
    start, end = label.number("start"), label.number("end")
    if start is None or end is None:
        raise label.error("a label needs `start` and `end`.")
    return marked_span(label, answer, start, end, label.text("label_type", ""))
