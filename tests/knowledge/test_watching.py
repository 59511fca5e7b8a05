import asyncio
import contextlib
import logging
import threading

import pytest

from groundwire.knowledge import watching
from groundwire.knowledge.watching import follow_revisions, watch_folder


@contextlib.asynccontextmanager
async def working(work):
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def until(holds):
    """Wait until something holds; the test fails when it does not within ten seconds."""
    for _ in range(1_000):
        if await asyncio.to_thread(holds):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("It never came to hold.")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(watching, "_RETRY_S", 0.02)
    monkeypatch.setattr(watching, "_LOOK_MS", 50)


def ids(library):
    return [document.document_id for document in library.store.documents("default")]


async def test_changes_of_the_folder_are_taken_up(database, library, folder):
    async with working(watch_folder(database, folder, "default", library.ingestor, debounce_ms=20)):
        await until(lambda: ids(library) == ["refunds.md", "shipping.md"])
        (folder / "plans.md").write_text("Plus costs $18.")
        await until(lambda: "plans.md" in ids(library))
        (folder / "shipping.md").unlink()
        await until(lambda: ids(library) == ["plans.md", "refunds.md"])


async def test_a_folder_that_vanishes_and_returns_is_watched_on(database, library, folder):
    async with working(watch_folder(database, folder, "default", library.ingestor, debounce_ms=20)):
        await until(lambda: ids(library) == ["refunds.md", "shipping.md"])
        elsewhere = folder.rename(folder.with_name("elsewhere"))
        (elsewhere / "plans.md").write_text("Plus costs $18.")
        await asyncio.sleep(0.15)
        assert ids(library) == ["refunds.md", "shipping.md"]
        elsewhere.rename(folder)
        await until(lambda: "plans.md" in ids(library))


async def test_a_broken_ingestion_is_logged_and_the_next_change_gets_its_chance(
    database, library, folder, monkeypatch, caplog
):
    real, calls = library.ingestor.sync_folder, []

    def sync(*arguments):
        calls.append(arguments)
        if len(calls) == 1:
            raise RuntimeError("The disk is full.")
        return real(*arguments)

    monkeypatch.setattr(library.ingestor, "sync_folder", sync)
    with caplog.at_level(logging.ERROR):
        async with working(watch_folder(database, folder, "default", library.ingestor, debounce_ms=20)):
            await until(lambda: calls)
            (folder / "plans.md").write_text("Plus costs $18.")
            await until(lambda: "plans.md" in ids(library))
    assert "the last revision stays in force" in caplog.text


async def test_what_another_process_publishes_is_taken_up(database, library, another):
    async with working(follow_revisions(database, another.knowledge, interval_s=0.01)):
        await asyncio.to_thread(lambda: library.add(refunds="Refunds take 14 days."))
        await until(lambda: another.knowledge.snapshot([]).revision == "default@1")


async def test_a_broken_database_does_not_end_the_following(database, library, another, monkeypatch, caplog):
    real, calls = another.knowledge.refresh, []

    def refresh():
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("The database is locked.")
        return real()

    monkeypatch.setattr(another.knowledge, "refresh", refresh)
    library.add(refunds="Refunds take 14 days.")
    async with working(follow_revisions(database, another.knowledge, interval_s=0.01)):
        await until(lambda: another.knowledge.snapshot([]).revision == "default@1")
    assert "stay in force" in caplog.text


@pytest.fixture
def held(monkeypatch):
    """Make a method wait in its thread; returns what says that it waits, lets it go on, and tells that it ended."""

    def hold(owner, name):
        real, reached, opened, ended = getattr(owner, name), threading.Event(), threading.Event(), threading.Event()

        def holding(*arguments):
            reached.set()
            assert opened.wait(10)
            result = real(*arguments)
            ended.set()
            return result

        monkeypatch.setattr(owner, name, holding)
        return reached, opened, ended

    return hold


async def closed_in_the_middle(database, work, held):
    """Cancel the work while it is held, and close the database; return whether the work had ended by then."""
    reached, opened, ended = held
    async with working(work):
        await until(reached.is_set)
    closing = asyncio.create_task(database.close())
    await asyncio.wait([closing], timeout=0.02)
    opened.set()
    await closing
    return ended.is_set()


async def test_closing_the_database_waits_for_a_look_in_progress(database, another, held):
    work = follow_revisions(database, another.knowledge, interval_s=0.001)
    assert await closed_in_the_middle(database, work, held(another.knowledge, "refresh"))


async def test_closing_the_database_waits_for_an_ingestion_in_progress(database, library, folder, held):
    work = watch_folder(database, folder, "default", library.ingestor, debounce_ms=20)
    assert await closed_in_the_middle(database, work, held(library.ingestor, "sync_folder"))
    assert database.engine.pool.checkedout() == 0
