import asyncio
import csv
import io
import json

import pytest

from groundwire.api.review_views import NextView, QueueView, ReviewList, ReviewView
from groundwire.domain import Action, Label
from groundwire.keys.roles import Role
from groundwire.review.approval import APPROVED_ANSWERS
from stored import hours_later, sample

URL = "/api/v1"
RIGHT = {"judgement": "right"}
FULL = {
    "judgement": "missed",
    "position": 0,
    "span": {"start": 0, "end": 7},
    "corrected": "Refunds take 14 days.",
    "evidence": {
        "collection": "default",
        "document_id": "refunds.md",
        "version": 2,
        "start": 10,
        "end": 31,
        "quote": "Refunds take 14 days.",
    },
    "document_issue": "wrong",
    "note": "<script>alert(1)</script>",
}


@pytest.fixture
async def event(events):
    one = sample(Label.CONTRADICTED, Label.SUPPORTED)
    await events.append([one])
    return one


@pytest.fixture
async def waiting(events, event):
    """The ids of three answers that wait, worst first."""
    more = [
        sample(Label.CONTRADICTED, Label.CONTRADICTED),
        sample(Label.UNSUPPORTED, policy="strict", action=Action.FLAG),
    ]
    await events.append(more)
    return [more[0].id, event.id, more[1].id]


@pytest.fixture
async def of(client, keys):
    """Return the headers of a person by name; one key each."""
    known = {}

    async def headers(name, role=Role.ANALYST):
        if name not in known:
            known[name] = {"authorization": f"Bearer {(await keys.create(role, name)).key}"}
        return known[name]

    return headers


async def reviewed(client, event, body=RIGHT, **options):
    return await client.post(f"{URL}/events/{event.id}/reviews", json=body, **options)


async def test_a_judgement_is_kept_and_shown_with_all_it_says(client, event):
    made = await reviewed(client, event, FULL)

    assert made.status_code == 201
    ReviewView.model_validate(made.json())
    assert FULL.items() <= made.json().items()
    assert (made.json()["reviewer"], made.json()["policy_version"]) == ("local", "a1b2c3")
    listed = (await client.get(f"{URL}/events/{event.id}/reviews")).json()
    ReviewList.model_validate(listed)
    assert listed["reviews"] == [made.json()]


async def test_the_queue_is_listed_worst_first(client, waiting):
    queue = (await client.get(f"{URL}/reviews/queue")).json()
    QueueView.model_validate(queue)
    assert [item["event_id"] for item in queue["items"]] == waiting
    assert queue["waiting"] == {"supported": 0, "contradicted": 2, "unsupported": 1, "unverified": 0}


async def test_the_queue_is_filtered_and_paged(client, waiting):
    strict = (await client.get(f"{URL}/reviews/queue", params={"policy": "strict"})).json()
    assert [item["event_id"] for item in strict["items"]] == waiting[2:]
    first = (await client.get(f"{URL}/reviews/queue", params={"limit": 2})).json()
    rest = (await client.get(f"{URL}/reviews/queue", params={"cursor": first["next_cursor"]})).json()
    assert [item["event_id"] for item in first["items"] + rest["items"]] == waiting
    assert rest["next_cursor"] is None


async def test_two_people_never_get_the_same(client, waiting, of):
    ada, bob = await of("ada"), await of("bob")
    asking = [client.post(f"{URL}/reviews/next", json={}, headers=who) for who in (ada, bob)]
    replies = [reply.json() for reply in await asyncio.gather(*asking)]
    for reply in replies:
        NextView.model_validate(reply)
    assert sorted(reply["item"]["event_id"] for reply in replies) == sorted(waiting[:2])


async def test_when_none_waits_there_is_no_next(client, event):
    await reviewed(client, event)
    assert (await client.post(f"{URL}/reviews/next", json={})).json() == {"item": None}


async def test_the_next_one_can_be_fetched_while_one_is_open(client, waiting):
    body = {"skip": waiting[:1], "label": ["contradicted"]}
    assert (await client.post(f"{URL}/reviews/next", json=body)).json()["item"]["event_id"] == waiting[1]


async def test_a_lease_keeps_others_out_until_it_is_given_back(client, waiting, of):
    ada, bob, lease = await of("ada"), await of("bob"), f"{URL}/reviews/leases/{waiting[0]}"
    assert "leased_until" in (await client.put(lease, headers=ada)).json()
    refused = await client.put(lease, headers=bob)
    assert (refused.status_code, refused.json()["error"]["message"]) == (
        409,
        "'ada' is looking at this answer right now.",
    )
    assert (await client.delete(lease, headers=ada)).status_code == 204
    assert (await client.put(lease, headers=bob)).status_code == 200


async def test_of_two_who_decide_at_once_the_second_is_told_and_may_add(client, event, of):
    ada, bob = await of("ada"), await of("bob")
    both = [reviewed(client, event, headers=who) for who in (ada, bob)]
    replies = sorted(await asyncio.gather(*both), key=lambda reply: reply.status_code)
    assert [reply.status_code for reply in replies] == [201, 409]
    error = replies[1].json()["error"]
    assert error["code"] == "already_decided"
    assert f"Already decided by {replies[0].json()['reviewer']!r}" in error["message"]

    second = bob if replies[0].json()["reviewer"] == "ada" else ada
    added = await reviewed(client, event, RIGHT | {"is_addition": True}, headers=second)
    assert added.status_code == 201
    assert len((await client.get(f"{URL}/events/{event.id}/reviews", headers=ada)).json()["reviews"]) == 2


async def test_an_undone_judgement_stays_readable_and_the_answer_waits_again(client, event, of):
    ada, bob = await of("ada"), await of("bob")
    made = (await reviewed(client, event, headers=ada)).json()
    undone = await client.delete(f"{URL}/reviews/{made['id']}", headers=bob)
    assert undone.json()["undone_by"] == "bob"
    assert (await client.get(f"{URL}/events/{event.id}/reviews", headers=ada)).json()["reviews"] == [undone.json()]
    assert len((await client.get(f"{URL}/reviews/queue", headers=ada)).json()["items"]) == 1


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "judgement"),
        ({"judgement": "wrong"}, "judgement"),
        (RIGHT | {"position": 7}, "position"),
        (RIGHT | {"position": -1}, "position"),
        ({"judgement": "missed"}, "span"),
        (RIGHT | {"span": {"start": 5, "end": 2}}, "span"),
        (RIGHT | {"note": "x" * 5000}, "note"),
        (RIGHT | {"surprise": 1}, "surprise"),
        (RIGHT | {"document_issue": "bad"}, "document_issue"),
    ],
)
async def test_a_judgement_that_makes_no_sense_is_refused(client, event, body, param):
    refused = await reviewed(client, event, body)
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, param)
    assert (await client.get(f"{URL}/events/{event.id}/reviews")).json() == {"reviews": []}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "events/evt_nobody/reviews"),
        ("get", "events/evt_nobody/reviews"),
        ("put", "reviews/leases/evt_nobody"),
        ("delete", "reviews/rev_nobody"),
        ("post", "reviews/rev_nobody/approve"),
    ],
)
async def test_what_does_not_exist_is_not_found(client, method, path):
    body = {"json": RIGHT} if path.endswith("reviews") and method == "post" else {}
    assert (await client.request(method, f"{URL}/{path}", **body)).status_code == 404


async def test_a_corrected_answer_becomes_evidence_until_it_is_undone(client, event, library):
    made = (await reviewed(client, event, FULL)).json()
    approved = (await client.post(f"{URL}/reviews/{made['id']}/approve")).json()
    assert library.find("how long do refunds take", APPROVED_ANSWERS) == [approved["approved_document_id"]]
    await client.delete(f"{URL}/reviews/{made['id']}")
    assert library.store.documents(APPROVED_ANSWERS) == []


async def test_an_answer_that_is_no_longer_kept_can_not_be_approved(client, event, events):
    made = (await reviewed(client, event, FULL)).json()
    await events.forget(hours_later(1))
    refused = await client.post(f"{URL}/reviews/{made['id']}/approve")
    assert (refused.status_code, refused.json()["error"]["message"]) == (
        404,
        "The answer is no longer kept, so its question is not known.",
    )
    assert len((await client.get(f"{URL}/events/{event.id}/reviews")).json()["reviews"]) == 1


async def test_labels_are_exported(client, event):
    made = (await reviewed(client, event, FULL)).json()
    lines = await client.get(f"{URL}/reviews/export", params={"judgement": "missed"})
    assert [json.loads(line) for line in lines.text.splitlines()] == [made]
    rows = await client.get(f"{URL}/reviews/export", params={"format": "csv", "policy": "default"})
    assert rows.headers["content-disposition"] == 'attachment; filename="reviews.csv"'
    assert [row["id"] for row in csv.DictReader(io.StringIO(rows.text))] == [made["id"]]
    assert (await client.get(f"{URL}/reviews/export", params={"reviewer": "nobody"})).text == ""


@pytest.mark.parametrize(
    ("role", "reads", "reviews"), [(Role.ANALYST, 200, 201), (Role.ADMIN, 200, 201), (Role.APP, 403, 403)]
)
async def test_who_may_read_and_who_may_review(client, event, headers_of, role, reads, reviews):
    headers = await headers_of(role)
    assert (await client.get(f"{URL}/events/{event.id}/reviews", headers=headers)).status_code == reads
    assert (await client.get(f"{URL}/reviews/queue", headers=headers)).status_code == reads
    assert (await reviewed(client, event, headers=headers)).status_code == reviews
