import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from groundwire.domain import Action, Label
from groundwire.keys.roles import Role
from groundwire.policy.policy import policy_from
from groundwire.settings import PolicySettings
from stored import sample

EVENTS, POLICIES = "/api/v1/events", "/api/v1/policies"


@pytest.fixture
async def answered(client, services):
    """Checks answers as a client would; returns their events, oldest first."""
    services.versions.note_file({"default": PolicySettings()})
    services.policies.replace({**services.policies.file, "default": policy_from("default", PolicySettings())})
    for answer in ("It is fine.", "It is wrong.", "It is wrong and stuck.", "Perhaps it is so, perhaps not."):
        reply = await client.post("/api/v1/check", json={"answer": answer, "question": "Is it?"})
        assert reply.status_code == 200, reply.text
    listed = (await client.get(EVENTS)).json()["events"]
    return [await services.events.get(one["id"]) for one in reversed(listed)]


async def test_an_event_is_replayed_to_the_same_verdict(client, answered):
    for event in answered:
        body = (await client.post(f"{EVENTS}/{event.id}/replay", json={})).json()

        assert body["refusal"] is None, body
        assert (body["before"], body["basis"]) == (body["after"], "stored")
        assert [claim["after"] for claim in body["claims"]] == [one.label.value for one in event.report.verdicts]


@pytest.mark.parametrize(
    "body",
    [
        {"settings": {"actions": {"contradicted": "block"}}},
        {"text": "actions: {contradicted: block}"},
        {"policy": "strict"},
    ],
)
async def test_an_event_is_replayed_under_another_policy(client, answered, body):
    reply = (await client.post(f"{EVENTS}/{answered[1].id}/replay", json=body)).json()

    assert (reply["before"]["action"], reply["after"]["action"]) == ("rewrite", "block")
    assert reply["after"]["delivered"] == "I can't confirm that from our documents. Please contact support."


async def test_an_event_is_replayed_under_a_version(client, answered, services):
    seen = services.versions.history("default").state
    proposal = {"settings": {"actions": {"contradicted": "flag"}}, "seen": seen}
    await client.post(f"{POLICIES}/default/versions", json=proposal)

    reply = (await client.post(f"{EVENTS}/{answered[1].id}/replay", json={"number": 2})).json()

    assert reply["after"]["action"] == "flag"


@pytest.mark.parametrize(
    ("body", "status", "param"),
    [
        ({"settings": {"mode": "maybe"}}, 400, "mode"),
        ({"policy": "nobody"}, 404, "grounding.policy"),
        ({"number": 9}, 404, "number"),
        ({"revision": "yesterday"}, 400, "revision"),
        ({"colour": 1}, 400, "colour"),
    ],
)
async def test_a_wrong_request_is_named(client, answered, body, status, param):
    reply = await client.post(f"{EVENTS}/{answered[0].id}/replay", json=body)

    assert (reply.status_code, reply.json()["error"]["param"]) == (status, param)


async def test_an_unknown_event_is_not_found(client):
    assert (await client.post(f"{EVENTS}/evt_nobody/replay", json={})).status_code == 404


async def test_a_preview_counts_and_lists_what_flips(client, answered):
    body = {"settings": {"actions": {"contradicted": "block"}}}
    found = (await client.post(f"{POLICIES}/default/preview", json=body)).json()

    assert found["summary"]["moves"] == [
        {"before": "allow", "after": "allow", "events": 1},
        {"before": "flag", "after": "flag", "events": 1},
        {"before": "rewrite", "after": "block", "events": 2},
    ]
    assert (found["summary"]["flipped"], found["summary"]["left_out"]) == (2, 0)
    assert [flip["event_id"] for flip in found["flips"]] == [answered[2].id, answered[1].id]


async def test_a_preview_is_bounded_and_says_what_it_left_out(client, answered):
    found = (await client.post(f"{POLICIES}/default/preview", json={"settings": {}, "limit": 1})).json()

    assert (found["summary"]["replayed"], found["summary"]["left_out"], found["summary"]["matching"]) == (1, 3, 4)


async def test_a_preview_takes_the_last_week_of_its_policy(client, events, answered):
    old = sample(Label.CONTRADICTED, created_at=datetime.now(UTC) - timedelta(days=8))
    other = sample(Label.CONTRADICTED, created_at=datetime.now(UTC), policy="strict")
    await events.append([old, other])

    usual = (await client.post(f"{POLICIES}/default/preview", json={"settings": {}})).json()
    longer = (await client.post(f"{POLICIES}/default/preview", json={"settings": {}, "since": "2025-01-01"})).json()
    others = (await client.post(f"{POLICIES}/default/preview", json={"settings": {}, "of": "strict"})).json()

    assert [one["summary"]["matching"] for one in (usual, longer, others)] == [4, 5, 1]


async def test_what_can_not_be_replayed_is_listed_with_the_reason(client, events, answered):
    away = replace(sample(Label.CONTRADICTED, created_at=datetime.now(UTC)), collections=("gone",))
    await events.append([away])

    body = {"settings": {}, "revision": "newest"}
    found = (await client.post(f"{POLICIES}/default/preview", json=body)).json()

    assert found["summary"]["obstacles"] == {"revision_gone": 1}
    assert found["failures"][0]["event_id"] == away.id
    assert "No collection 'gone'" in found["failures"][0]["refusal"]["reason"]


async def test_the_progress_comes_line_by_line(client, answered):
    headers = {"accept": "application/x-ndjson"}
    reply = await client.post(f"{POLICIES}/default/preview", json={"settings": {}}, headers=headers)

    lines = [json.loads(line) for line in reply.text.splitlines()]
    assert reply.headers["content-type"] == "application/x-ndjson"
    assert lines[0] == {"done": 1, "total": 4}
    assert lines[-1]["preview"]["summary"]["replayed"] == 4


async def test_what_breaks_on_the_way_is_the_last_line(client, answered, services, monkeypatch):
    monkeypatch.setattr(type(services.events), "count", lambda *_: 1 / 0)
    headers = {"accept": "application/x-ndjson"}

    reply = await client.post(f"{POLICIES}/default/preview", json={"settings": {}}, headers=headers)

    [line] = [json.loads(line) for line in reply.text.splitlines()]
    assert line["error"]["message"] == "Something broke on our side; the log has the details."


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"settings": {"mode": "maybe"}}, "mode"),
        ({"settings": {}, "limit": 0}, "limit"),
        ({"settings": {}, "seconds": 601}, "seconds"),
        ({"settings": {}, "since": "2025-02-01", "until": "2025-01-01"}, "since"),
    ],
)
async def test_a_wrong_preview_is_refused(client, body, param):
    reply = await client.post(f"{POLICIES}/default/preview", json=body)

    assert (reply.status_code, reply.json()["error"]["param"]) == (400, param)


async def test_a_version_in_shadow_is_tried_on_what_comes_after(client, answered, services):
    seen = services.versions.history("default").state
    proposal = {"settings": {"actions": {"contradicted": "block"}}, "seen": seen, "shadow": True}
    await client.post(f"{POLICIES}/default/versions", json=proposal)
    url = f"{POLICIES}/default/versions/2/shadow"
    before = (await client.get(url)).json()
    late = (await client.post("/api/v1/check", json={"answer": "It is wrong."})).json()
    after = (await client.get(url)).json()

    assert late["action"] == "rewrite"
    assert [found["summary"]["matching"] for found in (before, after)] == [0, 1]
    assert [flip["event_id"] for flip in after["flips"]] == [late["grounding"]["event_id"]]
    assert after["flips"][0]["after"]["action"] == Action.BLOCK.value


async def test_only_a_version_in_shadow_is_tried(client, answered):
    reply = await client.get(f"{POLICIES}/default/versions/1/shadow")

    assert (reply.status_code, reply.json()["error"]["message"]) == (
        409,
        "Version 1 of policy 'default' is file, not in shadow.",
    )


async def test_analysts_replay_single_events_and_admins_preview(client, answered, headers_of):
    analyst, admin = await headers_of(Role.ANALYST), await headers_of(Role.ADMIN)

    one = await client.post(f"{EVENTS}/{answered[0].id}/replay", json={}, headers=analyst)
    many = [
        (await client.post(f"{POLICIES}/default/preview", json={"settings": {}}, headers=headers)).status_code
        for headers in (analyst, admin)
    ]

    assert (one.status_code, many) == (200, [403, 200])
