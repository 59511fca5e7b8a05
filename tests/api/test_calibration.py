import pytest

from groundwire.keys.roles import Role
from groundwire.policy.policy import policy_from
from groundwire.settings import PolicySettings
from judged import judge_ninety

URL = "/api/v1/policies/default/calibration"


@pytest.fixture
async def reviewed(services, events):
    services.versions.note_file({"default": PolicySettings()})
    services.policies.replace({"default": policy_from("default", PolicySettings())})
    await judge_ninety(services, events)


async def seen(client):
    return (await client.get("/api/v1/policies/default")).json()["seen"]


async def test_the_curve_is_shown_with_its_intervals_and_what_it_rests_on(client, reviewed):
    body = (await client.get(URL, params={"target_precision": 0.9})).json()

    assert (body["basis"]["labels"], body["basis"]["errors"], len(body["curve"])) == (90, 60, 100)
    assert body["fit"]["strictness"] == {"min_support": 0.45, "min_contradiction": 0.5}
    assert body["fit"]["point"]["precision"]["low"] > 0.9
    assert body["present"]["precision"] == {
        "count": 60,
        "total": 90,
        "share": pytest.approx(2 / 3),
        "low": pytest.approx(0.564, abs=0.01),
        "high": pytest.approx(0.755, abs=0.01),
    }


async def test_what_is_found_is_proposed_in_shadow(client, reviewed, services):
    body = {"target_precision": 0.9, "seen": await seen(client)}
    made = await client.post(URL, json=body)

    assert made.status_code == 201, made.text
    assert (made.json()["state"], made.json()["author"]) == ("shadow", "local")
    assert made.json()["note"].startswith("calibrated on 90 labels")
    assert services.policies.find("default").strictness.min_support == 0.5
    assert (await client.post(URL, json=body)).status_code == 409


async def test_too_few_labels_are_refused_with_how_many_are_missing(client, reviewed):
    shown = (await client.get(URL, params={"target_precision": 0.99})).json()
    refused = await client.post(URL, json={"target_precision": 0.99, "seen": await seen(client)})

    assert (shown["fit"], shown["missing"] > 0) == (None, True)
    assert refused.status_code == 409
    assert shown["refusal"] in refused.json()["error"]["message"]


@pytest.mark.parametrize(("target", "status"), [("0.4", 400), ("soon", 400), ("nan", 400)])
async def test_an_impossible_target_is_named(client, reviewed, target, status):
    reply = await client.get(URL, params={"target_precision": target})

    assert (reply.status_code, reply.json()["error"]["param"]) == (status, "target_precision")


async def test_an_unknown_policy_is_told(client, reviewed):
    assert (await client.get("/api/v1/policies/nobody/calibration")).status_code == 404


async def test_analysts_look_and_admins_propose(client, reviewed, headers_of):
    analyst, admin = await headers_of(Role.ANALYST), await headers_of(Role.ADMIN)
    state = (await client.get("/api/v1/policies/default", headers=analyst)).json()["seen"]
    body = {"target_precision": 0.9, "seen": state}

    assert (await client.get(URL, params={"target_precision": 0.9}, headers=analyst)).status_code == 200
    assert (await client.post(URL, json=body, headers=analyst)).status_code == 403
    assert (await client.post(URL, json=body, headers=admin)).status_code == 201
