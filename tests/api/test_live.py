import asyncio
import contextlib
import json
import socket

import httpx
import pytest
import uvicorn

from groundwire.api.live import frames, live_event
from groundwire.domain import Action, Label
from groundwire.events.identifiers import new_event_id
from groundwire.keys.roles import Role
from leaving import is_whole, leave
from stored import sample

URL = "/api/v1/events/live"


def bad(**changes):
    return sample(Label.CONTRADICTED, **changes)


def test_an_event_becomes_a_frame_with_its_id():
    event = bad(key_id="key_1")

    lines = frames([event], {"key_1": "Web chat"}).split("\n")

    assert lines[0] == f"id: {event.id}"
    shown = json.loads(lines[1].removeprefix("data: "))
    assert (shown["app"], shown["action"], shown["label"]) == ("Web chat", "rewrite", "contradicted")
    assert shown["reason"] == "document says 14 days, answer says 30 days"
    assert lines[2:] == ["", ""]


def test_line_breaks_in_a_text_do_not_end_its_frame():
    event = bad(model="a\n\ndata: b\r\n")

    assert frames([event], {}).count("\n") == 3


def test_the_app_is_told_by_its_id_where_it_has_no_name():
    assert live_event(bad(key_id="key_1"), {}).app == "key_1"


async def collected(client, count, **options):
    """The ids of the first events of the stream."""
    ids = []
    async with client.stream("GET", URL, **options) as reply:
        assert reply.headers["content-type"].startswith("text/event-stream")
        async for line in reply.aiter_lines():
            if line.startswith("id: "):
                ids.append(line.removeprefix("id: "))
            if len(ids) == count:
                return ids


class Beside(uvicorn.Server):
    """A server on the running loop that leaves signals alone."""

    @contextlib.contextmanager
    def capture_signals(self):
        yield


@pytest.fixture
async def served(app, services):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Beside(uvicorn.Config(app, log_level="critical", ws="none"))
        serving = asyncio.create_task(server.serve([listener]))
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=20) as client:
            yield client
        services.events.feed.close()
        server.should_exit = True
        await serving


async def test_what_was_missed_comes_first(served, services):
    seen, missed = new_event_id(), [bad(), bad(action=Action.BLOCK)]
    await services.events.append(missed)

    again = await collected(served, 2, headers={"last-event-id": seen})
    first = await collected(served, 1, params={"after": missed[0].id})

    assert (again, first) == ([event.id for event in missed], [missed[1].id])


async def test_a_new_event_arrives(served, services):
    waiting = asyncio.create_task(collected(served, 1))
    event = bad(action=Action.BLOCK)
    await asyncio.sleep(0.3)
    await services.events.append([event])

    assert await waiting == [event.id]


@pytest.mark.parametrize("after", [1, 2, 3], ids=["start", "names", "missed"])
async def test_a_client_that_leaves_keeps_no_connection(app, services, after):
    seen = new_event_id()
    await services.events.append([bad(), bad()])
    for _ in range(5):
        assert not is_whole(await leave(app, URL, after=after, query=f"after={seen}"))
    await services.events.feed.end()
    await services.database.close()

    assert services.database.engine.pool.checkedout() == 0
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_only_who_may_read_may_listen(client, headers_of):
    reply = await client.get(URL, headers=await headers_of(Role.APP))

    assert reply.status_code == 403
