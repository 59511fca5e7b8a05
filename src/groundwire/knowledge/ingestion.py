"""Brings documents into a collection: convert, cut, embed what is new, publish one revision."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path
from threading import Event, Lock

from groundwire.errors import DocumentError, IngestionStopped, SettingsError
from groundwire.knowledge.base import LiveKnowledgeBase
from groundwire.knowledge.records import FailedDocument, NewDocument, Revision, StoredDocument, vector_key
from groundwire.knowledge.store import KnowledgeStore
from groundwire.knowledge.uploads import Upload, files_of, read_file
from groundwire.protocols import Embedder

__all__ = ["FileOutcome", "IngestionReport", "Ingestor", "Progress", "Result", "Upload"]

logger = logging.getLogger(__name__)
# Called with what is done, how much there is, and what was done last.
Progress = Callable[[int, int, str], None]
_Source = tuple[str, Callable[[], Upload]]
_EMBEDDED_AT_ONCE = 64
# Documents are embedded and written down in parts of about this many characters, so that memory stays bounded.
_CHARACTERS_AT_ONCE = 2_000_000


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
        self._writing = Lock()
        self._stopping = Event()

    @property
    def max_bytes(self) -> int:
        """The size of the largest file that is read."""
        return self._max_bytes

    def stop(self) -> None:
        """End ingestions at their next step, with IngestionStopped and without a revision; none can begin any more."""
        self._stopping.set()

    def sync_folder(self, folder: Path, collection: str, progress: Progress | None = None) -> IngestionReport:
        """Make a collection's documents those of a folder: new and changed files come in, vanished ones go.

        Document ids are paths relative to the folder. Documents that came in other ways stay, and so does everything
        while the folder itself is missing. A file that failed is tried again once it has changed.
        """
        run = self._begin(collection, folder.name, progress)
        if not folder.is_dir():
            return IngestionReport(collection, (), None)
        run.failed = {failed.document_id: failed for failed in self._store.failures.of(collection)}
        named = [(path, path.relative_to(folder).as_posix()) for path in files_of(folder)]
        here = {name for _, name in named}
        self._take(run, self._sources(named))
        # What failed for want of a readable file is settled when the file is gone.
        run.settled += [name for name in run.failed if name not in here]
        return self._finish(run, _vanished(run.present, here, run.origin))

    def ingest_paths(self, paths: Sequence[Path], collection: str, progress: Progress | None = None) -> IngestionReport:
        """Add files and the files of folders; nothing is removed. Raises SettingsError where there is no such path."""
        named: list[tuple[Path, str]] = []
        for path in paths:
            if not path.exists():
                raise SettingsError(f"{str(path)!r} does not exist.")
            if path.is_dir():
                named += [(file, file.relative_to(path).as_posix()) for file in files_of(path)]
            else:
                named.append((path, path.name))
        run = self._begin(collection, "", progress)
        self._take(run, self._sources(named))
        return self._finish(run, [])

    def ingest_uploads(self, uploads: Sequence[Upload], collection: str) -> IngestionReport:
        """Add or replace documents by their bytes, as one revision."""
        run = self._begin(collection, "", None)
        self._take(run, [(upload.document_id, partial(_same, upload)) for upload in uploads])
        return self._finish(run, [])

    def remove(self, document_ids: Sequence[str], collection: str) -> Revision | None:
        """Take documents out, and forget their failures; None when none of them was in."""
        present = {document.document_id for document in self._store.documents(collection)}
        gone = [name for name in dict.fromkeys(document_ids) if name in present]
        self._store.failures.replace(collection, [], document_ids)
        if not gone:
            return None
        return self._publish(collection, [], gone, note=f"removed {_few(gone)}")

    def restore(self, collection: str, number: int, *, newest: int | None = None) -> Revision:
        """Make an older revision the newest again; raises NotFound, and Conflict where `newest` is not the newest."""
        with self._writing:
            revision = self._store.restore(collection, number, embedder=self._embedder.name, newest=newest)
            self._store.prune(collection, self._keep)
        self._knowledge.refresh()
        return revision

    def _begin(self, collection: str, origin: str, progress: Progress | None) -> _Run:
        self._go_on()
        self._store.create_collection(collection)
        present = {document.document_id: document for document in self._store.documents(collection)}
        return _Run(collection, origin, present, progress or _silent)

    def _sources(self, named: Sequence[tuple[Path, str]]) -> list[_Source]:
        return [(name, partial(read_file, path, name, self._max_bytes)) for path, name in named]

    def _take(self, run: _Run, sources: Sequence[_Source]) -> None:
        """Read every source; a bad one never spoils the others."""
        for number, (document_id, load) in enumerate(sources, start=1):
            run.place = (number, len(sources))
            outcome = self._outcome(run, document_id, load)
            run.outcomes.append(outcome)
            if sum(len(document.text) for document in run.waiting) > _CHARACTERS_AT_ONCE:
                self._write(run)
            self._tell(run, outcome.document_id)
        self._write(run)

    def _outcome(self, run: _Run, document_id: str, load: Callable[[], Upload]) -> FileOutcome:
        digest = ""
        try:
            if document_id in run.seen:
                raise DocumentError(
                    f"{document_id!r} came twice in one run; rename one, or load the folder above both."
                )
            run.seen.add(document_id)
            upload = load()
            digest = upload.sha256
            known = run.present.get(document_id)
            if upload.is_stored_as(known, digest):
                run.settled.append(document_id)
                return FileOutcome(document_id, Result.UNCHANGED)
            if (before := run.failed.get(document_id)) and before.sha256 == digest:
                return FileOutcome(document_id, Result.FAILED, before.reason)
            run.waiting.append(upload.prepared(digest, run.origin, self._max_bytes))
        except DocumentError as error:
            logger.warning("%s", error)
            run.failures.append((document_id, digest, error.message))
            return FileOutcome(document_id, Result.FAILED, error.message)
        run.settled.append(document_id)
        return FileOutcome(document_id, Result.UPDATED if known else Result.ADDED)

    def _write(self, run: _Run) -> None:
        """Embed the waiting documents and write them down where no revision shows them yet."""
        if run.waiting:
            self._embed(run)
            with self._writing:
                run.staged += self._store.stage(run.collection, run.waiting)
            run.changed += [document.document_id for document in run.waiting]
            run.waiting = []

    def _embed(self, run: _Run) -> None:
        """Embed passages that are new, in batches that are kept at once: an interrupted run goes on where it was."""
        texts = {vector_key(text): text for document in run.waiting for text in document.embedded_texts()}
        missing = sorted(self._store.vectors.missing(texts, self._embedder.name), key=lambda key: len(texts[key]))
        for start in range(0, len(missing), _EMBEDDED_AT_ONCE):
            keys = missing[start : start + _EMBEDDED_AT_ONCE]
            rows = self._embedder.embed_passages([texts[key] for key in keys])
            self._store.vectors.put(self._embedder.name, keys, rows)
            self._tell(run, f"embedding: {start + len(keys)} of {len(missing)} passages")

    def _tell(self, run: _Run, done: str) -> None:
        run.progress(*run.place, done)
        self._go_on()

    def _go_on(self) -> None:
        if self._stopping.is_set():
            raise IngestionStopped("Groundwire is shutting down, so the documents were not taken in. Send them again.")

    def _finish(self, run: _Run, removed: Sequence[str]) -> IngestionReport:
        self._store.failures.replace(run.collection, run.failures, [*run.settled, *removed])
        outcomes = [*run.outcomes, *(FileOutcome(name, Result.REMOVED) for name in removed)]
        revision = None
        if run.staged or removed:
            note = f"ingested {_few([*run.changed, *removed])}"
            revision = self._publish(run.collection, run.staged, removed, note=note)
        return IngestionReport(run.collection, tuple(outcomes), revision)

    def _publish(self, collection: str, staged: Sequence[int], removed: Sequence[str], *, note: str) -> Revision:
        with self._writing:
            revision = self._store.publish(collection, staged, removed, note=note, embedder=self._embedder.name)
            self._store.prune(collection, self._keep)
        self._knowledge.refresh()
        return revision


@dataclass(slots=True)
class _Run:
    """One ingestion under way."""

    collection: str
    origin: str
    present: Mapping[str, StoredDocument]
    progress: Progress
    # Failures of earlier runs that need not be tried again.
    failed: Mapping[str, FailedDocument] = field(default_factory=dict)
    place: tuple[int, int] = (0, 0)
    seen: set[str] = field(default_factory=set)
    outcomes: list[FileOutcome] = field(default_factory=list)
    failures: list[tuple[str, str, str]] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    waiting: list[NewDocument] = field(default_factory=list)
    staged: list[int] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)


def _same(upload: Upload) -> Upload:
    return upload


def _silent(done: int, total: int, name: str) -> None:
    pass


def _vanished(present: Mapping[str, StoredDocument], here: Set[str], origin: str) -> list[str]:
    """Only documents that came from this folder can vanish with it."""
    return [
        name
        for name, document in sorted(present.items())
        if name not in here and document.source_name.startswith(f"{origin}/")
    ]


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
