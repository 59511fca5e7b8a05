"""What commands have in common: where they write, how they fail, how they show that long work goes on."""

from __future__ import annotations

import logging
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

from groundwire.errors import GroundwireError, SettingsError

WRONG_SETTINGS = 2
INTERRUPTED = 130


@contextmanager
def reported() -> Iterator[None]:
    """Turn errors into a message on stderr and an exit code: 2 for wrong settings, 1 for everything else."""
    try:
        yield
    except SettingsError as error:
        fail(error.message, WRONG_SETTINGS)
    except GroundwireError as error:
        fail(error.message)
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    except (typer.Exit, typer.Abort, typer.BadParameter, BrokenPipeError):
        raise
    except Exception as error:
        fail(f"Something broke on our side ({type(error).__name__}). The details are in {_kept(error)!r}.")


def fail(message: str, code: int = 1) -> NoReturn:
    """Say on stderr what is wrong and leave."""
    typer.secho(message, err=True, fg=typer.colors.RED)
    raise typer.Exit(code)


def warn(message: str) -> None:
    """Say on stderr what the user should know."""
    typer.secho(message, err=True, fg=typer.colors.YELLOW)


@contextmanager
def progress_bar() -> Iterator[Callable[[int, int, str], None]]:
    """Show a bar on stderr, if that is a terminal; yield what moves it: (done, total, what is being done).

    Warnings of the log are held back meanwhile: commands tell themselves what became of each file.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    logging.disable(logging.WARNING)
    try:
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task("Reading documents", total=None)
            yield lambda done, total, name: bar.update(task, completed=done, total=total, description=name)
    finally:
        logging.disable(logging.NOTSET)


def _kept(error: Exception) -> str:
    with tempfile.NamedTemporaryFile(
        "w", prefix="groundwire-error-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        file.writelines(traceback.format_exception(error))
    return file.name
