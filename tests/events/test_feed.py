import asyncio

import pytest
from sqlalchemy.exc import OperationalError

from groundwire.domain import Action, Label
from groundwire.errors import TooManyListeners
from groundwire.events.feed import MOST_MISSED, Listener, LiveFeed
from groundwire.events.identifiers import new_event_id
from groundwire.events.rows import SELFTEST_ENDPOINT
from stored import sample

SOON = 0.01


def bad(**changes):
    return sample(Label.CONTRADICTED, **changes)


@pytest.fixture
async def feed(database):
    feed = LiveFeed(database, every_s=SOON, max_listeners=2)
    yield feed
    await feed.end()


async def heard(listener):
    """The ids of what comes next, which may take a few rounds."""
    for _ in range(50):
        if taken := await listener.take(1):
            return [event.id for event in taken]
    raise AssertionError("Nothing came.")


async def test_every_listener_hears_of_a_new_event(feed, events):
    event = bad()
    with feed.listening() as one, feed.listening() as other:
        await asyncio.sleep(5 * SOON)
        await events.append([event])

        assert [await heard(one), await heard(other)] == [[event.id], [event.id]]


async def test_what_was_there_before_is_not_new(feed, events):
    await events.append([bad()])
    with feed.listening() as listener:
        await asyncio.sleep(5 * SOON)
        later = bad()
        await events.append([later])

        assert await heard(listener) == [later.id]


async def test_an_event_that_is_stored_after_a_later_one_is_told_too(feed, events):
    early, late = bad(), bad()
    with feed.listening() as listener:
        await asyncio.sleep(5 * SOON)
        await events.append([late])
        first = await heard(listener)
        await events.append([early])

        assert [first, await heard(listener)] == [[late.id], [early.id]]


async def test_allowed_answers_and_self_tests_are_no_news(feed, events):
    with feed.listening() as listener:
        await asyncio.sleep(5 * SOON)
        news = bad(action=Action.BLOCK)
        await events.append([sample(Label.SUPPORTED), bad(endpoint=SELFTEST_ENDPOINT), news])

        assert await heard(listener) == [news.id]


async def test_who_comes_back_gets_what_was_missed_and_the_newest_of_it(feed, events):
    seen = new_event_id()
    missed = [bad() for _ in range(MOST_MISSED + 2)]
    await events.append([sample(Label.SUPPORTED), *missed])

    assert [event.id for event in await feed.missed(seen)] == [event.id for event in missed[2:]]
    assert await feed.missed(missed[-1].id) == []


async def test_more_listeners_than_may_are_turned_away(feed):
    with feed.listening(), feed.listening(), pytest.raises(TooManyListeners, match="2 pages"), feed.listening():
        pass
    with feed.listening() as listener:
        assert listener.is_open


async def test_closing_ends_all_listening_at_once(feed):
    with feed.listening() as listener:
        waiting = asyncio.create_task(listener.take(60))
        await asyncio.sleep(0)
        feed.close()

        assert await waiting == ()
        assert not listener.is_open


async def test_nobody_reads_while_nobody_listens(feed):
    with feed.listening():
        reading = feed._reading
    await asyncio.wait([reading], timeout=5)

    assert reading.done()


async def test_a_database_that_fails_for_a_while_is_survived(feed, events, database, monkeypatch, caplog):
    async def fail(_):
        raise OperationalError("SELECT", {}, Exception("gone"))

    with feed.listening() as listener:
        await asyncio.sleep(5 * SOON)
        with monkeypatch.context() as patch:
            patch.setattr(database, "read", fail)
            await asyncio.sleep(5 * SOON)
        event = bad()
        await events.append([event])

        assert await heard(listener) == [event.id]
    assert "could not be read" in caplog.text


async def test_a_slow_listener_keeps_the_newest():
    listener, stored = Listener(), [bad() for _ in range(120)]
    listener.give(stored)

    assert [event.id for event in await listener.take(1)] == [event.id for event in stored[20:]]
