"""Opens the database: one URL, a synchronous engine for worker threads and an asynchronous one for the event loop."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DatabaseError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from groundwire.errors import SettingsError

_MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_TIMEOUT_MS = 10_000
# Errors go to the log; what was to be stored (answers, digests) must not.
_QUIET = {"hide_parameters": True}


@dataclass(frozen=True, slots=True)
class Database:
    """The two engines of one database."""

    url: str
    engine: Engine
    asynchronous: AsyncEngine

    @property
    def is_sqlite(self) -> bool:
        """Whether it is the embedded default."""
        return self.engine.dialect.name == "sqlite"

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
        """Close all connections."""
        await self.asynchronous.dispose()
        self.engine.dispose()


def open_database(url: str) -> Database:
    """Open a database by SQLAlchemy URL (`sqlite:///file` or `postgresql://…`); raises SettingsError for others.

    SQLite runs in WAL mode with `synchronous=FULL`: what was acknowledged survives a loss of power.
    """
    try:
        parsed = make_url(url)
    except SQLAlchemyError as error:
        raise SettingsError(f"database_url {url!r} is not a database URL: {error}") from error
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        _make_folder(parsed.database)
        engine = create_engine(parsed.set(drivername="sqlite"), **_QUIET)
        asynchronous = create_async_engine(parsed.set(drivername="sqlite+aiosqlite"), **_QUIET)
        for each in (engine, asynchronous.sync_engine):
            event.listen(each, "connect", _configure_sqlite)
    elif backend == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
        engine = create_engine(parsed, pool_pre_ping=True, **_QUIET)
        asynchronous = create_async_engine(parsed, pool_pre_ping=True, **_QUIET)
    else:
        raise SettingsError(f"database_url must start with sqlite:// or postgresql://, not {backend!r}.")
    return Database(parsed.render_as_string(hide_password=True), engine, asynchronous)


def _make_folder(path: str | None) -> None:
    if not path or path == ":memory:":
        return
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"Can't make the folder for the database {path!r}: {error.strerror}.") from error


def _configure_sqlite(connection: object, _: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={_BUSY_TIMEOUT_MS}", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _alembic(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _cause(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error)
