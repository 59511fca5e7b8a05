import asyncio
import json
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event as sqlalchemy_event

from groundwire.domain import Label
from groundwire.errors import EventStoreError
from groundwire.events.export import ExportFormat, export_events
from groundwire.events.filters import EventFilter, Page
from groundwire.events.store import SqlEventStore
from groundwire.events.writing import WritingLimits
from groundwire.storage.database import open_database
from stored import NOON, hours_later, sample

CRASHING = Path(__file__).parent / "crashing.py"


@pytest.fixture
def commits(database):
    """The commits that the database makes, one entry each."""
    made = []
    sqlalchemy_event.listen(database.engine, "commit", made.append)
    return made


@pytest.fixture
def held(database):
    """Every commit waits until this is set."""
    gate = threading.Event()
    sqlalchemy_event.listen(database.engine, "commit", lambda _: gate.wait(timeout=5))
    yield gate
    gate.set()


async def stored_ids(store):
    page = await store.find(EventFilter(), Page(500))
    return {event.id for event in page.events}


async def outcomes(*appends):
    return await asyncio.gather(*appends, return_exceptions=True)


async def until_waiting(store, count):
    async with asyncio.timeout(5):
        while store.waiting < count:  # noqa: ASYNC110 - the store has no event to wait for
            await asyncio.sleep(0.001)


async def test_what_waits_together_is_committed_together(events, commits):
    stored = [sample(Label.SUPPORTED) for _ in range(100)]
    await asyncio.gather(*(events.append([event]) for event in stored))
    assert len(commits) <= 2
    assert await stored_ids(events) == {event.id for event in stored}


async def test_an_append_returns_only_after_its_commit(events, held):
    append = asyncio.create_task(events.append([sample()]))
    await until_waiting(events, 1)
    await asyncio.sleep(0.05)
    assert not append.done()
    held.set()
    await append
    assert events.waiting == 0


async def test_nothing_to_store_is_stored_at_once(events, commits):
    await events.append([])
    assert commits == []


async def test_one_bad_event_fails_alone(events):
    good = [sample(Label.SUPPORTED) for _ in range(6)]
    bad = replace(sample(), id=good[0].id)
    results = await outcomes(*(events.append([event]) for event in [*good[:3], bad, *good[3:]]))
    assert [type(result) for result in results] == [type(None)] * 3 + [EventStoreError] + [type(None)] * 3
    assert await stored_ids(events) == {event.id for event in good}
    assert (await events.statistics(NOON, hours_later(1))).total.answers == 6


async def test_an_event_that_can_not_be_written_down_fails_alone(events):
    good, bad = sample(), replace(sample(), metadata={"thing": object()})
    results = await outcomes(events.append([bad]), events.append([good]))
    assert isinstance(results[0], EventStoreError)
    assert results[1] is None


async def test_events_of_one_append_are_stored_all_or_none(events):
    first = sample()
    with pytest.raises(EventStoreError):
        await events.append([first, replace(sample(), id=first.id)])
    assert await stored_ids(events) == set()


async def test_the_message_of_a_failure_does_not_repeat_the_answer(events):
    event = sample(Label.SUPPORTED)
    await events.append([event])
    with pytest.raises(EventStoreError) as caught:
        await events.append([event])
    assert event.report.answer not in caught.value.message


async def test_a_locked_database_fails_every_waiting_caller_once(database_url):
    database = open_database(database_url)
    if not database.is_sqlite:
        pytest.skip("only SQLite locks as a whole")
    sqlalchemy_event.listen(database.engine, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout=50"))
    blocker = open_database(database_url).engine.connect()
    async with SqlEventStore(database) as store:
        blocker.exec_driver_sql("BEGIN IMMEDIATE")
        results = await outcomes(*(store.append([sample()]) for _ in range(5)))
        assert [type(result) for result in results] == [EventStoreError] * 5
        blocker.exec_driver_sql("ROLLBACK")
        await store.append([sample()])
        assert len(await stored_ids(store)) == 1
    blocker.close()
    blocker.engine.dispose()
    await database.close()


async def test_too_many_waiting_events_are_refused(database, held):
    async with SqlEventStore(database, WritingLimits(max_waiting=3)) as store:
        appends = [asyncio.create_task(store.append([sample()])) for _ in range(3)]
        await until_waiting(store, 3)
        with pytest.raises(EventStoreError, match="3 events already wait"):
            await store.append([sample()])
        held.set()
        await asyncio.gather(*appends)


async def test_a_wait_that_is_too_long_is_a_failure(database, held):
    async with SqlEventStore(database, WritingLimits(max_wait_s=0.05)) as store:
        with pytest.raises(EventStoreError, match=r"within 0\.05 s"):
            await store.append([sample()])
        held.set()


async def test_a_caller_that_gives_up_harms_no_other(events, held):
    leaving, staying = (asyncio.create_task(events.append([sample()])) for _ in range(2))
    await until_waiting(events, 2)
    leaving.cancel()
    held.set()
    await staying
    assert len(await stored_ids(events)) == 2


async def test_closing_stores_what_waits_and_then_refuses(database, held):
    store = SqlEventStore(database)
    appends = [asyncio.create_task(store.append([sample()])) for _ in range(5)]
    await until_waiting(store, 5)
    held.set()
    await store.close()
    assert await outcomes(*appends) == [None] * 5
    with pytest.raises(EventStoreError, match="closed"):
        await store.append([sample()])


async def test_counts_of_two_writers_add_up(database, events):
    async with SqlEventStore(database) as other:
        await asyncio.gather(*(store.append([sample()]) for _ in range(20) for store in (events, other)))
    assert (await events.statistics(NOON, hours_later(1))).total.answers == 40


def test_acknowledged_events_survive_a_sudden_death(database_url):
    with subprocess.Popen([sys.executable, CRASHING, database_url], stdout=subprocess.PIPE, text=True) as process:
        acknowledged = [process.stdout.readline().strip() for _ in range(200)]
        process.send_signal(signal.SIGKILL)
        acknowledged += process.stdout.read().split("\n")[:-1]
    assert process.returncode == -signal.SIGKILL
    stored, counted = asyncio.run(read_all(database_url))
    assert set(acknowledged) <= stored
    assert counted == len(stored)


async def read_all(database_url):
    database = open_database(database_url)
    async with SqlEventStore(database) as store:
        pieces = [piece async for piece in export_events(store, EventFilter(), ExportFormat.JSONL)]
        counted = (await store.statistics(NOON, hours_later(1))).total.answers
    await database.close()
    return {json.loads(line)["id"] for line in "".join(pieces).splitlines()}, counted
