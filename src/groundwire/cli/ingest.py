"""`groundwire ingest`: documents into the knowledge base."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundwire.cli.options import Collection, Config, in_collection
from groundwire.cli.output import progress_bar, warn

if TYPE_CHECKING:
    from groundwire.knowledge.ingestion import IngestionReport
    from groundwire.wiring import Library

Paths = Annotated[
    list[Path] | None, typer.Argument(help="Files and folders; without any, the folder of knowledge_base.path.")
]


def ingest(paths: Paths = None, config: Config = None, collection: Collection = None) -> None:
    """Load documents: Markdown, text, HTML, PDF, DOCX, PPTX, XLSX, CSV and JSON.

    A running server takes them up within seconds. The exit code is 1 if some could not be read; the others are loaded
    all the same.
    """
    from groundwire.settings import load_settings
    from groundwire.wiring import open_library

    library = open_library(load_settings(config, overrides=in_collection(collection)))
    report = _ingested(library, paths or [])
    _show(report, library)
    if report.failed or not report.outcomes:
        raise typer.Exit(1)


def _ingested(library: Library, paths: list[Path]) -> IngestionReport:
    from groundwire.errors import SettingsError

    with progress_bar() as progress:
        if paths:
            return library.ingestor.ingest_paths(paths, library.settings.knowledge_base.collection, progress)
        report = library.sync(progress)
    if report is None:
        raise SettingsError("There is nothing to load: name files or folders, or set knowledge_base.path.")
    return report


def _show(report: IngestionReport, library: Library) -> None:
    from groundwire.knowledge.ingestion import Result

    for outcome in report.outcomes:
        line = f"{outcome.result.value:<10}{outcome.reason or outcome.document_id}"
        if outcome.result is Result.FAILED:
            warn(line)
        elif outcome.result is not Result.UNCHANGED:
            typer.echo(line)
    state = library.knowledge.snapshot((report.collection,))
    counts = Counter(outcome.result.value for outcome in report.outcomes)
    told = ", ".join(f"{count} {result}" for result, count in counts.items()) or "no documents found"
    held = len(library.store.documents(report.collection))
    typer.echo(f"{state.revision}: {told}; {held} documents in all.")
