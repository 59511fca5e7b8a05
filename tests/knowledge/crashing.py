"""Ingests a folder and is killed in the middle of one step, as by a loss of power."""

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from sqlalchemy import event

from groundwire.storage.database import open_database
from libraries import open_library


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


url, folder, step = sys.argv[1:]
database = open_database(url)
library = open_library(database, Path(folder).parent / "indexes")
written = {"staging": "INSERT INTO passages", "publishing": "INSERT INTO revisions"}


def watch(connection: object, cursor: object, statement: str, *_: object) -> None:
    if statement.startswith(written[step]):
        die()


if step == "embedding":
    library.embedder.embed_passages = die
else:
    # Killed after the statement ran and before its transaction is committed.
    event.listen(database.engine, "after_cursor_execute", watch)
library.ingestor.sync_folder(Path(folder), "default")
