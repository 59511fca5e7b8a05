"""Opens the database: one engine, for worker threads, and threads of its own in which the event loop lets it work."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeVar, TypeVarTuple

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from groundwire.errors import BadRequest, IngestionStopped, SettingsError

logger = logging.getLogger(__name__)

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")
_Row = Mapping[str, object] | Sequence[object]
_MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_TIMEOUT_MS = 10_000
THREADS = 8
# Ingestion may take minutes, so it has threads of its own: what is read for a request never waits for one.
_LONG_THREADS = 32
# Each of the short work's threads keeps its connection; those of others (ingestion, checks, pages) come and go.
_POOL = {"pool_size": THREADS + 2, "max_overflow": 20}
# Errors go to the log; what was to be stored (answers, digests) must not.
_QUIET = {"hide_parameters": True}


class Database:
    """One database: `engine` for code in threads, `read`, `write` and `run` for the event loop.

    Work that has begun runs to its end even where its caller is cancelled, so no connection is left half used; work
    that has not is dropped with its caller.
    """

    def __init__(self, url: str, engine: Engine) -> None:
        self.url = url
        self.engine = engine
        self._threads = ThreadPoolExecutor(THREADS, "database")
        self._long_threads = ThreadPoolExecutor(_LONG_THREADS, "database-long")

    @property
    def is_sqlite(self) -> bool:
        """Whether it is the embedded default."""
        return self.engine.dialect.name == "sqlite"

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Return what `work` makes of a connection, in a thread."""
        return await _result(self._threads.submit(_connected, self.engine.connect, work))

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Return what `work` makes of a connection, in a thread; where it raises, nothing that it wrote is kept."""
        return await _result(self._threads.submit(_connected, self.engine.begin, work))

    async def run(self, work: Callable[[*Arguments], T], *arguments: *Arguments) -> T:
        """Return what `work` returns, in a thread; for what opens its connections itself, and may take long."""
        return await _result(self._long_threads.submit(work, *arguments))

    def upgrade(self) -> None:
        """Bring the tables to the newest form; raises SettingsError when the file is no database or is newer."""
        try:
            with self.engine.begin() as connection:
                command.upgrade(_alembic(connection), "head")
        except CommandError as error:
            raise SettingsError(
                f"The database {self.url!r} was made by a newer Groundwire ({error}). Update Groundwire."
            ) from error
        except (DatabaseError, OSError) as error:
            raise SettingsError(f"The database {self.url!r} can't be used: {_cause(error)}") from error

    async def close(self) -> None:
        """Wait for the work in progress, then close all connections."""
        await asyncio.to_thread(self._end)

    def _end(self) -> None:
        self._long_threads.shutdown()
        self._threads.shutdown()
        self.engine.dispose()


def open_database(url: str) -> Database:
    """Open a database by SQLAlchemy URL (`sqlite:///file` or `postgresql://…`); raises SettingsError for others.

    SQLite runs in WAL mode with `synchronous=FULL`: what was acknowledged survives a loss of power. What is written
    raises BadRequest where it holds U+0000, which PostgreSQL can't store, and nothing that holds one is ever found.
    """
    try:
        parsed = make_url(url)
    except SQLAlchemyError as error:
        raise SettingsError(f"database_url {url!r} is not a database URL: {error}") from error
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        _make_folder(parsed)
        engine = create_engine(parsed.set(drivername="sqlite"), **_POOL, **_QUIET)
        event.listen(engine, "connect", _configure_sqlite)
    elif backend == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
        engine = create_engine(parsed, pool_pre_ping=True, **_POOL, **_QUIET)
    else:
        raise SettingsError(f"database_url must start with sqlite:// or postgresql://, not {backend!r}.")
    event.listen(engine, "before_cursor_execute", _without_zero_bytes, retval=True)
    return Database(parsed.render_as_string(hide_password=True), engine)


def _make_folder(url: URL) -> None:
    path = url.database
    if not path or path == ":memory:" or url.query.get("mode") == "memory":
        raise SettingsError(f"database_url must name a file, as sqlite:///groundwire.db does, not {str(url)!r}.")
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"Can't make the folder for the database {path!r}: {error.strerror}.") from error


def _configure_sqlite(connection: object, _: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={_BUSY_TIMEOUT_MS}", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _without_zero_bytes(
    _connection: object, _cursor: object, statement: str, parameters: _Row | list[_Row], *_: object
) -> tuple[str, object]:
    if not any(map(_holds_zero_byte, parameters if isinstance(parameters, list) else [parameters])):
        return statement, parameters
    if not statement.lstrip().startswith(("SELECT", "WITH", "DELETE")):
        # Without the text, which may be what must not go to the log.
        raise BadRequest("A text in the request holds a zero byte (U+0000), which can't be stored. Leave it out.")
    # PostgreSQL can't even be asked for one. What is asked for in its place is as impossible in a name.
    if isinstance(parameters, Mapping):
        return statement, {name: _sought(value) for name, value in parameters.items()}
    return statement, tuple(map(_sought, parameters))


def _holds_zero_byte(row: _Row) -> bool:
    values = row.values() if isinstance(row, Mapping) else row
    return any(isinstance(value, str) and "\0" in value for value in values)


def _sought(value: object) -> object:
    return value.replace("\0", "\x1b") if isinstance(value, str) else value


def _connected(connect: Callable[[], AbstractContextManager[Connection]], work: Callable[[Connection], T]) -> T:
    with connect() as connection:
        return work(connection)


async def _result(running: Future[T]) -> T:
    try:
        return await asyncio.wrap_future(running)
    except asyncio.CancelledError:
        running.add_done_callback(_log_failure)
        raise


def _log_failure(abandoned: Future[T]) -> None:
    # Nobody waits for it any more, so the log is the only one to tell.
    error = None if abandoned.cancelled() else abandoned.exception()
    if error and not isinstance(error, IngestionStopped):
        logger.warning("Work whose caller had left failed: %s", type(error).__name__)


def _alembic(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _cause(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error)
