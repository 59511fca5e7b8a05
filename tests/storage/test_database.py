import asyncio
import shutil
import sqlite3

import pytest
from sqlalchemy import inspect, text

from groundwire.errors import SettingsError
from groundwire.storage.database import open_database
from groundwire.storage.schema import METADATA


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


def test_both_engines_see_the_same_rows(database):
    async def read() -> str:
        async with database.asynchronous.connect() as connection:
            return (await connection.execute(text("SELECT name FROM collections"))).scalar_one()

    with database.engine.begin() as connection:
        connection.execute(text("INSERT INTO collections (name, created_at) VALUES ('faq', CURRENT_TIMESTAMP)"))
    assert asyncio.run(read()) == "faq"


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
