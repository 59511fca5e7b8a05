import pytest

from groundwire.api.review_views import CaseList, CaseView
from groundwire.domain import Label
from groundwire.keys.roles import Role
from stored import sample

URL = "/api/v1/regression-cases"


@pytest.fixture
async def event(events):
    one = sample(Label.CONTRADICTED, Label.SUPPORTED)
    await events.append([one])
    return one


async def labels(client, **body):
    made = await client.post(URL, json=body)
    assert made.status_code == 201
    CaseView.model_validate(made.json())
    return [claim["label"] for claim in made.json()["record"]["claims"]]


async def test_a_judged_answer_becomes_a_case(client, event):
    await client.post(f"/api/v1/events/{event.id}/reviews", json={"judgement": "right"})
    assert await labels(client, event_id=event.id) == ["contradicted", "supported"]
    listed = (await client.get(URL)).json()
    CaseList.model_validate(listed)
    assert [case["event_id"] for case in listed["cases"]] == [event.id]


async def test_what_is_expected_can_be_named(client, event):
    expected = [{"position": 1, "label": "contradicted"}]
    assert await labels(client, event_id=event.id, claims=expected, name="Refunds") == ["contradicted"]


async def test_an_answer_that_nobody_judged_is_refused(client, event):
    refused = await client.post(URL, json={"event_id": event.id})
    assert (refused.status_code, "Judge the answer first" in refused.json()["error"]["message"]) == (400, True)


async def test_a_claim_that_does_not_exist_is_refused(client, event):
    body = {"event_id": event.id, "claims": [{"position": 2, "label": "supported"}]}
    assert (await client.post(URL, json=body)).json()["error"]["param"] == "claims"


async def test_an_answer_makes_one_case(client, event):
    body = {"event_id": event.id, "claims": [{"position": 0, "label": "contradicted"}]}
    assert [(await client.post(URL, json=body)).status_code for _ in range(2)] == [201, 409]


async def test_a_case_is_deleted(client, event):
    body = {"event_id": event.id, "claims": [{"position": 0, "label": "contradicted"}]}
    case_id = (await client.post(URL, json=body)).json()["id"]
    assert [(await client.delete(f"{URL}/{case_id}")).status_code for _ in range(2)] == [204, 404]
    assert (await client.get(URL)).json() == {"cases": []}


async def test_apps_save_no_cases(client, event, headers_of):
    headers = await headers_of(Role.APP)
    assert (await client.post(URL, json={"event_id": event.id}, headers=headers)).status_code == 403
    assert (await client.get(URL, headers=headers)).status_code == 403
