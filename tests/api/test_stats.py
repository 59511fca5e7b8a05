from pydantic import TypeAdapter

from groundwire.domain import Label
from groundwire.events.statistics import Statistics
from stored import sample

URL = "/api/v1/stats"
PERIOD = {"since": "2025-03-14", "until": "2025-03-15"}


async def test_the_hallucination_rate_comes_with_its_interval(client, events):
    await events.append([sample(Label.CONTRADICTED), *(sample(Label.SUPPORTED) for _ in range(9))])
    body = (await client.get(URL, params=PERIOD)).json()
    TypeAdapter(Statistics).validate_python(body, strict=False)
    rate = body["total"]["hallucination_rate"]
    assert (rate["count"], rate["total"], rate["share"]) == (1, 10, 0.1)
    assert (round(rate["low"], 4), round(rate["high"], 4)) == (0.0179, 0.4042)


async def test_numbers_come_in_groups(client, events):
    await events.append([sample(Label.SUPPORTED), sample(model="o3")])
    body = (await client.get(URL, params=PERIOD | {"group_by": "model"})).json()
    assert [group["key"] for group in body["groups"]] == ["gpt-4o", "o3"]


async def test_numbers_can_be_narrowed(client, events):
    await events.append([sample(Label.SUPPORTED), sample(model="o3")])
    body = (await client.get(URL, params=PERIOD | {"model": "o3"})).json()
    assert body["total"]["answers"] == 1


async def test_a_zero_byte_narrows_them_to_nothing(client, events):
    await events.append([sample(Label.SUPPORTED)])
    body = (await client.get(URL, params=PERIOD | {"app": "a\0b"})).json()
    assert body["total"]["answers"] == 0


async def test_without_a_period_it_is_the_last_week(client):
    body = (await client.get(URL)).json()
    assert body["total"]["answers"] == 0
    assert body["total"]["hallucination_rate"]["share"] is None


async def test_a_period_can_not_end_before_it_begins(client):
    reply = await client.get(URL, params={"since": "2025-03-15", "until": "2025-03-14"})
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, "since")
