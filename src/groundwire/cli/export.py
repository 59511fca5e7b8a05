"""`groundwire export`: the stored events as JSON lines or CSV."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundwire.cli.options import Config
from groundwire.cli.output import fail, warn
from groundwire.domain import Action, Label

if TYPE_CHECKING:
    from groundwire.events.filters import EventFilter


class Format(StrEnum):
    """The formats of `groundwire.events.export`, which is too heavy to load for `--help`."""

    JSONL = "jsonl"
    CSV = "csv"


Kind = Annotated[Format, typer.Option("--format", help="jsonl has everything, csv one flat row an event.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="File to write; standard output by default.")]
Since = Annotated[datetime | None, typer.Option(help="Only events from this time on (UTC).")]
Until = Annotated[datetime | None, typer.Option(help="Only events before this time (UTC).")]
Actions = Annotated[list[Action] | None, typer.Option("--action", help="Only these actions; may be repeated.")]
Labels = Annotated[list[Label] | None, typer.Option("--label", help="Only these labels; may be repeated.")]


def export(
    kind: Kind = Format.JSONL,
    output: Output = None,
    since: Since = None,
    until: Until = None,
    actions: Actions = None,
    labels: Labels = None,
    config: Config = None,
) -> None:
    """Write the stored events, newest first."""
    from groundwire.events.filters import EventFilter

    wanted = EventFilter(tuple(actions or ()), tuple(labels or ()), since=_utc(since), until=_utc(until))
    if output is None:
        asyncio.run(_write(config, wanted, kind, sys.stdout.write))
        return
    try:
        with output.open("w", encoding="utf-8", newline="") as file:
            asyncio.run(_write(config, wanted, kind, file.write))
    except OSError as error:
        fail(f"Can't write {str(output)!r}: {error.strerror}.")
    warn(f"Written to {str(output)!r}.")


async def _write(config: Path | None, wanted: EventFilter, kind: Format, write: Callable[[str], object]) -> None:
    from groundwire.events.export import ExportFormat, export_events
    from groundwire.settings import load_settings
    from groundwire.wiring import opened_events

    async with opened_events(load_settings(config)) as events:
        async for piece in export_events(events, wanted, ExportFormat(kind.value)):
            write(piece)


def _utc(time: datetime | None) -> datetime | None:
    return time.replace(tzinfo=UTC) if time else None
