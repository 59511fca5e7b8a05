"""Brings the documents that answers rest on into a store of their own, one collection a knowledge base."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from groundwire.errors import SettingsError
from groundwire.evaluation.cases import Case, LabelledFile
from groundwire.evaluation.records import read_records
from groundwire.knowledge.ingestion import FileOutcome, IngestionReport, Ingestor, Result, Upload

# Files of this many documents are ingested at a time, so that progress shows.
_BATCH = 50
_LINES = (".jsonl", ".ndjson", ".gz")
Progress = Callable[[int, int, str], None]


def parse_sources(arguments: Iterable[str]) -> dict[str, list[Path]]:
    """Return the paths of each knowledge base from `NAME=PATH` arguments; raises SettingsError."""
    sources: dict[str, list[Path]] = {}
    for argument in arguments:
        name, separator, path = argument.partition("=")
        if not separator or not name.strip() or not path.strip():
            raise SettingsError(f"--documents takes NAME=FILE_OR_FOLDER, got {argument!r}.")
        if not Path(path).exists():
            raise SettingsError(f"--documents {argument}: {path!r} does not exist.")
        sources.setdefault(name.strip(), []).append(Path(path))
    return sources


def needed(files: Sequence[LabelledFile], sources: Mapping[str, Sequence[Path]]) -> list[str]:
    """Return the knowledge bases that the answers rest on; raises SettingsError for those without documents."""
    first: dict[str, Case] = {}
    for case in (case for file in files for case in file.cases if case.knowledge_base):
        first.setdefault(case.knowledge_base, case)
    missing = [
        f"{case.place}: no documents for the knowledge base {name!r}. Add --documents {name}=FILE_OR_FOLDER."
        for name, case in first.items()
        if name not in sources
    ]
    if missing:
        raise SettingsError("\n".join(missing))
    return sorted(first)


def ingest(
    names: Sequence[str],
    sources: Mapping[str, Sequence[Path]],
    ingestor: Ingestor,
    *,
    warn: Callable[[str], None],
    progress: Progress | None = None,
) -> dict[str, str]:
    """Ingest the documents of these knowledge bases and return the collection of each.

    `warn` is told of files that can't be read; raises SettingsError where none can.
    """
    collections = {name: f"kb-{number}" for number, name in enumerate(names, start=1)}
    for name, collection in collections.items():
        for path in sources[name]:
            reports = list(_reports(path, collection, ingestor, progress))
            _require(path, [outcome for report in reports for outcome in report.outcomes], warn)
    return collections


def _reports(path: Path, collection: str, ingestor: Ingestor, progress: Progress | None) -> Iterator[IngestionReport]:
    if path.is_dir() or not path.name.endswith(_LINES):
        yield ingestor.ingest_paths([path], collection, progress)
        return
    uploads = read_documents(path)
    for start in range(0, len(uploads), _BATCH):
        yield ingestor.ingest_uploads(uploads[start : start + _BATCH], collection)
        if progress:
            progress(min(start + _BATCH, len(uploads)), len(uploads), path.name)


def read_documents(path: Path) -> list[Upload]:
    """Return the documents of a file of `{doc_id, title, text}` lines, gzipped or not; raises SettingsError."""
    uploads: dict[str, Upload] = {}
    for record in read_records(path):
        if not record.has("doc_id", "text"):
            raise record.error("a document needs the fields doc_id and text (and may have title).")
        name, data = record.text("doc_id"), record.text("text").encode("utf-8", "replace")
        if name in uploads and uploads[name].data != data:
            raise record.error(f"the document {name!r} stands in this file twice, with different texts.")
        uploads[name] = Upload(name, name, data, title=record.text("title", "") or name, is_text=True)
    if not uploads:
        raise SettingsError(f"{str(path)!r} holds no document; expected lines of doc_id, title and text.")
    return list(uploads.values())


def _require(path: Path, outcomes: Sequence[FileOutcome], warn: Callable[[str], None]) -> None:
    failed = [outcome for outcome in outcomes if outcome.result is Result.FAILED]
    reasons = "".join(f"\n  {outcome.reason or outcome.document_id}" for outcome in failed)
    if len(failed) == len(outcomes):
        raise SettingsError(f"{str(path)!r} holds no document that can be read.{reasons}")
    if failed:
        told = f"{len(failed)} of {len(outcomes)} files can't be read; answers that need them fail."
        warn(f"{str(path)!r}: {told}{reasons}")
