import asyncio
import csv
import io
import json
from dataclasses import replace

import pytest

from groundwire.api.event_views import EventDetail, EventList
from groundwire.domain import Action, Event, Label
from groundwire.events.codec import from_plain
from leaving import is_whole, leave
from stored import hours_later, sample

URL = "/api/v1/events"


async def ids(client, **params):
    reply = await client.get(URL, params=params)
    assert reply.status_code == 200, reply.text
    return [event["id"] for event in reply.json()["events"]]


async def test_the_list_says_what_a_reviewer_needs_to_choose(client, events):
    event = sample(Label.CONTRADICTED, Label.SUPPORTED)
    await events.append([event])
    body = (await client.get(URL)).json()
    EventList.model_validate(body)
    (shown,) = body["events"]
    assert shown["question"] == "How long do refunds take?"
    assert shown["answer"] == event.report.answer
    assert shown["claims"] == {"supported": 1, "contradicted": 1, "unsupported": 0, "unverified": 0}
    assert (shown["label"], shown["action"], shown["groundedness"]) == ("contradicted", "rewrite", 0.5)
    assert body["next_cursor"] is None


async def test_a_long_answer_is_cut_in_the_list(client, events):
    event = sample()
    await events.append([replace(event, report=replace(event.report, answer="x" * 2_000))])
    assert len((await client.get(URL)).json()["events"][0]["answer"]) == 500


@pytest.mark.parametrize(
    "params",
    [
        {"action": "block"},
        {"action": ["block", "flag"], "label": "supported"},
        {"model": "o3"},
        {"policy": "strict"},
        {"since": "2025-03-15"},
        {"since": "2025-03-15T01:00:00+01:00"},
        {"until": "2025-03-17T00:00:00Z", "since": "2025-03-15T00:00:00"},
        {"q": "FREE"},
        {"metadata": "segment:vip"},
        {"metadata": ["segment:vip", "chat:a:b"]},
    ],
    ids=str,
)
async def test_parameters_narrow_the_list(client, events, params):
    other = sample(
        action=Action.BLOCK,
        model="o3",
        policy="strict",
        created_at=hours_later(48),
        metadata={"segment": "vip", "chat": "a:b"},
    )
    other = replace(other, report=replace(other.report, answer="It is free."))
    await events.append([sample(Label.CONTRADICTED), other])
    assert await ids(client, **params) == [other.id]


async def test_pages_follow_each_other(client, events):
    stored = [sample() for _ in range(5)]
    await events.append(stored)
    first = (await client.get(URL, params={"limit": 3})).json()
    second = (await client.get(URL, params={"limit": 3, "cursor": first["next_cursor"]})).json()
    shown = [event["id"] for event in first["events"] + second["events"]]
    assert shown == [event.id for event in reversed(stored)]
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"action": "explode"}, "action.0"),
        ({"limit": "0"}, "limit"),
        ({"since": "yesterday"}, "since"),
        ({"cursor": "!"}, "cursor"),
        ({"metadata": "segment"}, "metadata"),
        ({"metadata": '"or:1'}, "metadata"),
        ({"colour": "red"}, "colour"),
    ],
    ids=str,
)
async def test_a_wrong_parameter_is_named(client, params, param):
    reply = await client.get(URL, params=params)
    assert reply.status_code == 400
    assert reply.json()["error"]["param"] == param


async def test_an_event_is_shown_with_all_that_was_stored(client, events):
    event = sample(Label.CONTRADICTED, Label.SUPPORTED)
    await events.append([event])
    body = (await client.get(f"{URL}/{event.id}")).json()
    EventDetail.model_validate(body)
    assert from_plain(Event, body) == event
    assert (body["label"], body["groundedness"]) == ("contradicted", 0.5)


async def test_an_event_with_broken_characters_can_be_read(client, events):
    event = replace(sample(Label.SUPPORTED), delivered="a\ud800\x00b")
    await events.append([event])
    assert from_plain(Event, (await client.get(f"{URL}/{event.id}")).json()) == event
    assert (await client.get(URL)).status_code == 200


@pytest.mark.parametrize("event_id", ["evt_nobody", "%00", "%ED%A0%80", "a'b"])
async def test_an_unknown_event_is_not_found(client, event_id):
    reply = await client.get(f"{URL}/{event_id}")
    assert reply.status_code == 404
    assert reply.json()["error"]["code"] == "not_found"


async def test_events_are_exported_as_json_lines(client, events):
    stored = [sample(Label.SUPPORTED), sample(Label.CONTRADICTED)]
    await events.append(stored)
    reply = await client.get(f"{URL}/export")
    assert reply.headers["content-type"] == "application/x-ndjson"
    assert reply.headers["content-disposition"] == 'attachment; filename="events.jsonl"'
    assert [from_plain(Event, json.loads(line)) for line in reply.text.splitlines()] == stored[::-1]


async def test_events_are_exported_as_csv(client, events):
    await events.append([sample(Label.SUPPORTED), sample(Label.CONTRADICTED)])
    reply = await client.get(f"{URL}/export", params={"format": "csv", "label": "contradicted"})
    (row,) = csv.DictReader(io.StringIO(reply.text))
    assert row["label"] == "contradicted"


@pytest.mark.parametrize("after", [1, 2, 3], ids=["start", "first page", "second page"])
async def test_an_export_whose_client_leaves_keeps_no_connection(app, database, events, after):
    await events.append([sample() for _ in range(650)])
    for _ in range(5):
        assert not is_whole(await leave(app, f"{URL}/export", after=after))
    await database.close()

    assert database.engine.pool.checkedout() == 0
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_wrong_filter_fails_before_the_export_begins(client):
    reply = await client.get(f"{URL}/export", params={"metadata": "x"})
    assert reply.status_code == 400
