"""Brings documents into a collection: convert, cut, embed what is new, publish one revision."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from groundwire.documents.passages import cut
from groundwire.errors import DocumentError, SettingsError
from groundwire.knowledge.base import LiveKnowledgeBase
from groundwire.knowledge.conversion import SUFFIXES, ConvertedDocument, convert
from groundwire.knowledge.store import KnowledgeStore, NewDocument, Revision, StoredDocument, embedded_text, vector_key
from groundwire.protocols import Embedder

logger = logging.getLogger(__name__)
Progress = Callable[[int, int, str], None]
_BATCH = 64


class Result(StrEnum):
    """What became of one file."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """One file's result; `reason` says why a failed one failed."""

    document_id: str
    result: Result
    reason: str = ""


@dataclass(frozen=True, slots=True)
class IngestionReport:
    """What one ingestion did; `revision` is None when nothing changed."""

    collection: str
    outcomes: tuple[FileOutcome, ...]
    revision: Revision | None

    @property
    def failed(self) -> tuple[FileOutcome, ...]:
        """The files that could not be read; their last good version stays in force."""
        return tuple(outcome for outcome in self.outcomes if outcome.result is Result.FAILED)


@dataclass(frozen=True, slots=True)
class Upload:
    """The bytes of one document and the id it gets; with `is_text` they are Markdown already and taken as they are."""

    document_id: str
    name: str
    data: bytes
    url: str | None = None
    title: str = ""
    is_text: bool = False


class Ingestor:
    """Ingests files, folders and uploads; unchanged documents cost neither conversion nor embedding."""

    def __init__(
        self,
        store: KnowledgeStore,
        embedder: Embedder,
        knowledge: LiveKnowledgeBase,
        *,
        keep_revisions: int = 20,
        max_bytes: int = 100_000_000,
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._knowledge = knowledge
        self._keep = keep_revisions
        self._max_bytes = max_bytes

    def sync_folder(self, folder: Path, collection: str, progress: Progress | None = None) -> IngestionReport:
        """Make a collection's documents those of a folder: new and changed files come in, vanished ones go.

        Document ids are paths relative to the folder. Documents that were uploaded by other ways stay.
        """
        files = sorted(_files(folder)) if folder.is_dir() else []
        uploads = (_read(path, path.relative_to(folder).as_posix(), self._max_bytes) for path in files)
        here = {path.relative_to(folder).as_posix() for path in files}
        return self._ingest(uploads, len(files), collection, progress, keep=here, origin=folder.name)

    def ingest_paths(self, paths: Sequence[Path], collection: str, progress: Progress | None = None) -> IngestionReport:
        """Add files and the files of folders to a collection; nothing is removed. Raises SettingsError for no such path."""
        named: list[tuple[Path, str]] = []
        for path in paths:
            if not path.exists():
                raise SettingsError(f"{str(path)!r} does not exist.")
            if path.is_dir():
                named += [(file, file.relative_to(path).as_posix()) for file in sorted(_files(path))]
            else:
                named.append((path, path.name))
        uploads = (_read(path, name, self._max_bytes) for path, name in named)
        return self._ingest(uploads, len(named), collection, progress)

    def ingest_uploads(self, uploads: Sequence[Upload], collection: str) -> IngestionReport:
        """Add or replace documents by their bytes, as one revision."""
        return self._ingest(uploads, len(uploads), collection, None)

    def remove(self, document_ids: Sequence[str], collection: str) -> Revision | None:
        """Take documents out; None when none of them was in."""
        present = {document.document_id for document in self._store.documents(collection)}
        gone = [name for name in document_ids if name in present]
        if not gone:
            return None
        return self._publish(collection, [], gone, note=f"removed {_few(gone)}")

    def restore(self, collection: str, number: int) -> Revision:
        """Make an older revision the newest again; raises NotFound."""
        revision = self._store.restore(collection, number, embedder=self._embedder.name)
        self._knowledge.refresh()
        return revision

    def _ingest(
        self,
        uploads: Iterable[Upload | FileOutcome],
        total: int,
        collection: str,
        progress: Progress | None,
        *,
        keep: set[str] | None = None,
        origin: str = "",
    ) -> IngestionReport:
        self._store.create_collection(collection)
        present = {document.document_id: document for document in self._store.documents(collection)}
        outcomes: list[FileOutcome] = []
        fresh: list[NewDocument] = []
        for number, upload in enumerate(uploads, start=1):
            outcome, document = self._prepare(upload, present, origin)
            outcomes.append(outcome)
            if document:
                fresh.append(document)
            if progress:
                progress(number, total, outcome.document_id)
        removed = _vanished(present, keep, origin) if keep is not None else []
        outcomes += [FileOutcome(name, Result.REMOVED) for name in removed]
        self._embed(fresh, progress)
        revision = None
        if fresh or removed:
            changed = [document.document_id for document in fresh] + removed
            revision = self._publish(collection, fresh, removed, note=f"ingested {_few(changed)}")
        return IngestionReport(collection, tuple(outcomes), revision)

    def _prepare(
        self, upload: Upload | FileOutcome, present: dict[str, StoredDocument], origin: str
    ) -> tuple[FileOutcome, NewDocument | None]:
        if isinstance(upload, FileOutcome):
            return upload, None
        known = present.get(upload.document_id)
        digest = hashlib.sha256(upload.data).hexdigest()
        if known and known.sha256 == digest:
            return FileOutcome(upload.document_id, Result.UNCHANGED), None
        try:
            converted = _converted(upload, self._max_bytes)
        except DocumentError as error:
            logger.warning("%s", error)
            return FileOutcome(upload.document_id, Result.FAILED, error.message), None
        document = NewDocument(
            document_id=upload.document_id,
            title=upload.title or converted.title,
            text=converted.text,
            sha256=digest,
            source_name=f"{origin}/{upload.name}" if origin else upload.name,
            cuts=tuple(cut(converted.text)),
            url=upload.url,
        )
        return FileOutcome(upload.document_id, Result.UPDATED if known else Result.ADDED), document

    def _embed(self, documents: Sequence[NewDocument], progress: Progress | None) -> None:
        """Embed passages that are new, in batches that are kept at once: an interrupted run goes on where it was."""
        texts = {
            vector_key(embedded): embedded
            for document in documents
            for piece in document.cuts
            for embedded in [embedded_text(document.title, document.text, piece)]
        }
        missing = sorted(self._store.missing_vectors(texts, self._embedder.name), key=lambda key: len(texts[key]))
        for start in range(0, len(missing), _BATCH):
            keys = missing[start : start + _BATCH]
            rows = self._embedder.embed_passages([texts[key] for key in keys])
            self._store.put_vectors(self._embedder.name, keys, rows)
            if progress:
                progress(min(start + _BATCH, len(missing)), len(missing), "embedding passages")

    def _publish(self, collection: str, added: Sequence[NewDocument], removed: Sequence[str], *, note: str) -> Revision:
        revision = self._store.publish(collection, added, removed, note=note, embedder=self._embedder.name)
        self._store.prune(collection, self._keep)
        self._knowledge.refresh()
        return revision


def _converted(upload: Upload, max_bytes: int) -> ConvertedDocument:
    if upload.is_text:
        return ConvertedDocument(upload.title or upload.document_id, upload.data.decode("utf-8"))
    return convert(upload.data, upload.name, max_bytes=max_bytes)


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden and path.suffix.lower() in SUFFIXES:
            yield path


def _read(path: Path, document_id: str, max_bytes: int) -> Upload | FileOutcome:
    try:
        if path.stat().st_size > max_bytes:
            reason = f"{document_id!r} is larger than {max_bytes / 1e6:.0f} MB; split it or raise server.max_upload_mb."
            return FileOutcome(document_id, Result.FAILED, reason)
        return Upload(document_id, path.name, path.read_bytes())
    except OSError as error:
        return FileOutcome(document_id, Result.FAILED, f"{document_id!r} can't be read: {error.strerror}.")


def _vanished(present: dict[str, StoredDocument], keep: set[str], origin: str) -> list[str]:
    """Only documents that came from this folder can vanish with it."""
    return [
        name
        for name, document in sorted(present.items())
        if name not in keep and document.source_name.startswith(f"{origin}/")
    ]


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
