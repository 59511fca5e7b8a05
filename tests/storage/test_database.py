import asyncio
import shutil
import sqlite3
import threading
from contextlib import nullcontext
from datetime import UTC, datetime

import anyio
import pytest
from sqlalchemy import insert, inspect, select, text

from groundwire.errors import BadRequest, SettingsError
from groundwire.storage.database import THREADS, open_database
from groundwire.storage.schema import METADATA, collections


def test_upgrade_makes_every_table_with_all_its_columns(database):
    found = inspect(database.engine)
    for table in METADATA.sorted_tables:
        assert {column["name"] for column in found.get_columns(table.name)} == set(table.columns.keys()), table.name


def test_upgrade_makes_every_index(database):
    found = inspect(database.engine)
    for table in METADATA.sorted_tables:
        made = {tuple(index["column_names"]) for index in found.get_indexes(table.name)}
        assert {tuple(column.name for column in index.columns) for index in table.indexes} <= made, table.name


def test_a_second_upgrade_changes_nothing(database):
    def tables() -> dict[str, list[str]]:
        found = inspect(database.engine)
        return {name: [column["name"] for column in found.get_columns(name)] for name in found.get_table_names()}

    before = tables()
    with database.engine.begin() as connection:
        connection.execute(text("INSERT INTO collections (name, created_at) VALUES ('faq', CURRENT_TIMESTAMP)"))

    database.upgrade()

    assert tables() == before
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT name FROM collections")).scalar_one() == "faq"


class Gate:
    """Where a thread waits, so that a test knows it to be in the middle of its work."""

    def __init__(self):
        self.reached = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._opened = threading.Event()

    def open(self):
        self._opened.set()

    def wait(self):
        self._loop.call_soon_threadsafe(self.reached.set)
        assert self._opened.wait(10)


def named(name):
    """A statement that adds a collection."""
    return text(f"INSERT INTO collections (name, created_at) VALUES ('{name}', CURRENT_TIMESTAMP)")


def names(connection):
    return list(connection.execute(text("SELECT name FROM collections ORDER BY name")).scalars())


async def cancelled_in_the_middle(working, gate):
    """Cancel what works as a server does whose client has left; return when it is cancelled."""
    async with anyio.create_task_group() as group:
        group.start_soon(lambda: working)
        await gate.reached.wait()
        group.cancel_scope.cancel()


async def test_what_is_written_can_be_read_and_through_the_engine_too(database):
    await database.write(lambda connection: connection.execute(named("faq")))

    assert await database.read(names) == ["faq"]
    with database.engine.connect() as connection:
        assert names(connection) == ["faq"]


async def test_a_write_that_raises_leaves_nothing(database):
    def work(connection):
        connection.execute(named("faq"))
        raise LookupError("nothing to be found")

    with pytest.raises(LookupError, match="nothing to be found"):
        await database.write(work)
    assert await database.read(names) == []


@pytest.mark.parametrize(
    "rows", [{"name": "a\0"}, [{"name": "a"}, {"name": "b\0"}]], ids=["one row", "one of several rows"]
)
async def test_a_zero_byte_is_not_stored_in_any_database(database, rows):
    adding = text("INSERT INTO collections (name, created_at) VALUES (:name, CURRENT_TIMESTAMP)")

    with pytest.raises(BadRequest, match="zero byte"):
        await database.write(lambda connection: connection.execute(adding, rows))
    assert await database.read(names) == []


@pytest.mark.parametrize(("last", "stored"), [("b", ["a", "b"]), ("b\0", [])], ids=["plain", "zero byte"])
async def test_rows_that_are_given_back_are_looked_through_too(database, last, stored):
    rows = [{"name": name, "created_at": datetime.now(UTC)} for name in ("a", last)]
    adding = insert(collections).returning(collections.c.name, sort_by_parameter_order=True)

    with pytest.raises(BadRequest) if "\0" in last else nullcontext():
        await database.write(lambda connection: connection.execute(adding, rows).all())
    assert await database.read(names) == stored


async def test_nothing_is_found_by_a_zero_byte_in_any_database(database):
    await database.write(lambda connection: connection.execute(named("a")))
    finding = select(collections.c.name).where(collections.c.name.in_(["a", "a\0", "\0"]))

    assert await database.read(lambda connection: connection.execute(finding).scalars().all()) == ["a"]


async def test_work_has_threads_of_its_own(database):
    assert (await database.read(lambda _: threading.current_thread().name)).startswith("database")


async def test_tasks_that_are_cancelled_at_any_time_leave_nothing_behind(database):
    def work(connection):
        return [names(connection) for _ in range(4)]

    for step in range(60):
        async with anyio.create_task_group() as group:
            group.start_soon(database.read, work)
            await asyncio.sleep(step * 5e-5)
            group.cancel_scope.cancel()
    await database.close()

    assert database.engine.pool.checkedout() == 0
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_write_whose_caller_leaves_is_whole(database):
    gate = Gate()

    def work(connection):
        connection.execute(named("a"))
        gate.wait()
        connection.execute(named("b"))

    await cancelled_in_the_middle(database.write(work), gate)
    before = await database.read(names)
    gate.open()
    await database.close()

    with database.engine.connect() as connection:
        assert [before, names(connection)] == [[], ["a", "b"]]


async def test_a_write_that_fails_after_its_caller_has_left_is_absent_and_logged(database, caplog):
    gate = Gate()

    def work(connection):
        connection.execute(named("a"))
        gate.wait()
        connection.execute(named("a"))

    await cancelled_in_the_middle(database.write(work), gate)
    gate.open()
    await database.close()

    with database.engine.connect() as connection:
        assert names(connection) == []
    assert "caller had left failed: IntegrityError" in caplog.text


async def test_work_that_waits_for_a_thread_is_dropped_with_its_caller(database):
    gates = [Gate() for _ in range(THREADS)]
    busy = [asyncio.create_task(database.read(lambda _, gate=gate: gate.wait())) for gate in gates]
    for gate in gates:
        await gate.reached.wait()

    waiting = asyncio.create_task(database.write(lambda connection: connection.execute(named("late"))))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    for gate in gates:
        gate.open()
    await asyncio.gather(*busy)

    assert await database.read(names) == []


async def test_long_work_runs_to_its_end_though_its_caller_leaves(database):
    gate = Gate()

    def work():
        gate.wait()
        with database.engine.begin() as connection:
            connection.execute(named("late"))

    await cancelled_in_the_middle(database.run(work), gate)
    gate.open()
    await database.close()

    with database.engine.connect() as connection:
        assert names(connection) == ["late"]


async def test_what_is_read_does_not_wait_for_long_work(database):
    gates = [Gate() for _ in range(THREADS + 1)]
    busy = [asyncio.create_task(database.run(gate.wait)) for gate in gates]
    for gate in gates:
        await gate.reached.wait()

    assert await database.read(names) == []
    for gate in gates:
        gate.open()
    await asyncio.gather(*busy)


async def test_closing_waits_for_the_work_in_progress(database):
    gate = Gate()

    def work(connection):
        gate.wait()
        return names(connection)

    reading = asyncio.create_task(database.read(work))
    await gate.reached.wait()
    closing = asyncio.create_task(database.close())
    done, _ = await asyncio.wait([closing], timeout=0.02)
    assert not done

    gate.open()
    await closing
    assert await reading == []
    assert database.engine.pool.checkedout() == 0


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("busy_timeout", 10_000), ("foreign_keys", 1)],
)
def test_sqlite_is_durable_and_patient(tmp_path, pragma, value):
    database = open_database(f"sqlite:///{tmp_path / 'new' / 'groundwire.db'}")
    with database.engine.connect() as connection:
        assert connection.execute(text(f"PRAGMA {pragma}")).scalar() == value
    database.engine.dispose()


@pytest.mark.parametrize("url", ["nonsense", "mysql://localhost/x", "sqlite+nothing"], ids=str)
def test_a_url_of_another_kind_is_refused_with_what_is_allowed(url):
    with pytest.raises(SettingsError, match="database_url"):
        open_database(url)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///x?mode=memory"], ids=str)
def test_a_database_that_keeps_nothing_is_refused(url):
    with pytest.raises(SettingsError, match="must name a file"):
        open_database(url)


def test_a_path_that_can_not_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(SettingsError, match="Can't make the folder"):
        open_database(f"sqlite:///{tmp_path / 'file' / 'groundwire.db'}")


def test_a_file_that_is_no_database_is_refused(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("These are my notes. " * 100)
    database = open_database(f"sqlite:///{path}")
    with pytest.raises(SettingsError, match="can't be used: file is not a database"):
        database.upgrade()
    database.engine.dispose()


def test_a_folder_in_place_of_the_file_is_refused(tmp_path):
    database = open_database(f"sqlite:///{tmp_path}")
    with pytest.raises(SettingsError, match="can't be used"):
        database.upgrade()
    database.engine.dispose()


def test_a_database_of_a_newer_version_is_left_alone(template, tmp_path):
    path = shutil.copy(template, tmp_path / "groundwire.db")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    database = open_database(f"sqlite:///{path}")
    with pytest.raises(SettingsError, match="newer Groundwire"):
        database.upgrade()
    database.engine.dispose()


def test_no_message_shows_the_password():
    pytest.importorskip("psycopg")
    database = open_database("postgresql://me:secret@127.0.0.1:1/nothing")
    with pytest.raises(SettingsError) as caught:
        database.upgrade()
    assert "secret" not in caught.value.message
