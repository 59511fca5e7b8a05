"""Two hundred streams at once: each gets its own text and nothing of another's, and so do the events."""

import asyncio
import re
import resource
import shutil

import httpx
import pytest

from fakes import (
    FakeUpstream,
    Scripted,
    Stall,
    World,
    chunk,
    event,
    proxied,
    response_events,
    text_chunk,
    typed_event,
    usage_chunk,
)
from groundwire.events.filters import EventFilter, Page
from groundwire.events.store import SqlEventStore
from groundwire.policy.policy import BLOCKED_MESSAGE
from groundwire.proxy.guarded import ReplyStyle
from groundwire.storage.database import open_database
from stored import template
from wire_tables import seen

__all__ = ["template"]

STREAMS = 200
MARKER = re.compile(r"M\d{4}")
ENDPOINTS = ("chat/completions", "completions", "responses")
# What follows the first claim of an answer, and what a client gets of it.
RESTS = {
    "So is {0}. Pay for {0} at once.": "So is {0}. Pay for {0} at once.",
    "{0} is perhaps 9. Keep {0} é😀 dry.": "{0} is perhaps 9. Keep {0} é😀 dry.",
    "{0} is wrong. Pay for {0} at once.": "{0} is right. Pay for {0} at once.",
    "{0} is wrong. {0} is wrong. {0} is wrong. Pay.": f"{{0}} is right. {{0}} is right.\n\n{BLOCKED_MESSAGE}",
}


def said_of(marker, rests):
    """Return the answer whose claims all carry this marker."""
    rest = list(rests)[int(marker[1:5]) % len(RESTS)]
    return f"Parcel {marker} costs 5. {rest.format(marker)}"


class MarkedUpstream(FakeUpstream):
    """Answers each request with texts that carry its marker, and stops midway until all requests are there."""

    def __init__(self):
        super().__init__()
        self.all_here = Stall()

    def _reply(self):
        if len(self.requests) == STREAMS:
            self.all_here.release()
        request = self.requests[-1]
        marker = MARKER.search(request.body.decode()).group()
        kind = {"content-type": "text/event-stream"}
        return Scripted(list(self._pieces(request.path.removeprefix("/v1/"), marker)), headers=kind)

    def _pieces(self, path, marker):
        if path == "responses":
            sent = [typed_event(one) for one in response_events(cut(said_of(marker, RESTS)))]
            yield from (*sent[:8], self.all_here, *sent[8:])
            return
        write = text_chunk if path == "completions" else lambda text, **options: chunk({"content": text}, **options)
        places = {0: cut(said_of(f"{marker}a", RESTS)), 1: cut(said_of(f"{marker}b", RESTS))}
        for step, pieces in enumerate(zip(*places.values(), strict=True)):
            yield from (event(write(text, index=place)) for place, text in enumerate(pieces))
            if step == 4:
                yield self.all_here
        yield from (event(write("", finish="stop", index=place)) for place in places)
        yield from (event(usage_chunk()), event("[DONE]"))


def cut(text):
    return [text[start : start + 7] for start in range(0, len(text), 7)]


async def asked(client, number):
    marker, path = f"M{number:04d}", ENDPOINTS[number % len(ENDPOINTS)]
    question = f"Where is {marker}?"
    messages = [{"role": "user", "content": question}]
    asks = {"messages": messages, "n": 2} if path == "chat/completions" else {"prompt": question, "n": 2}
    body = {"model": "m", "stream": True, **({"input": question} if path == "responses" else asks)}
    reply = await client.post(path, json=body)
    return marker, path, reply


async def ask_all(url):
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=url, timeout=60, limits=limits) as client:
        return await asyncio.gather(*(asked(client, number) for number in range(STREAMS)))


@pytest.fixture
def many_sockets():
    """Each stream takes four: ours and those of the client and the upstream, for all of them run in this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4_096 if hard == resource.RLIM_INFINITY else min(4_096, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def stored_in(path):
    """Return all events of a database."""
    database = open_database(f"sqlite:///{path}")
    try:
        page = await SqlEventStore(database).find(EventFilter(), Page(limit=500))
    finally:
        await database.close()
    assert page.next_cursor is None
    return page.events


def test_each_of_many_streams_gets_its_own_text_and_so_does_each_event(template, tmp_path, many_sockets):
    path = shutil.copy(template, tmp_path / "groundwire.db")
    database = open_database(f"sqlite:///{path}")
    world = World()
    world.upstream = MarkedUpstream()
    world.events = SqlEventStore(database)
    with proxied(world, ReplyStyle(), read_timeout_s=30, parts=(world.events,)) as wire:
        replies = asyncio.run(ask_all(wire.url))
    asyncio.run(database.close())

    expected = {}
    for marker, path_asked, reply in replies:
        assert reply.status_code == 200, reply.text
        assert set(MARKER.findall(reply.text)) == {marker}
        names = [marker] if path_asked == "responses" else [f"{marker}a", f"{marker}b"]
        assert seen(reply.text).texts == tuple(said_of(name, RESTS.values()) for name in names)
        expected |= {said_of(name, RESTS): said_of(name, RESTS.values()) for name in names}
    events = asyncio.run(stored_in(path))
    assert {event.report.answer: event.delivered for event in events} == expected
    assert len(events) == len(expected)
    for one in events:
        turns = [turn.content for turn in one.question.turns]
        assert set(MARKER.findall(f"{one.report} {turns}")) == set(MARKER.findall(one.delivered))
