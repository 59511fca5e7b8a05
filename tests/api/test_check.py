import pytest

from groundwire.api.check import CheckReply
from groundwire.domain import Source, Turn
from groundwire.errors import CheckError
from groundwire.keys.roles import Role

URL = "/api/v1/check"


async def test_a_wrong_answer_is_found_mended_and_stored(client, events):
    reply = await client.post(URL, json={"answer": "The fee is wrong.", "question": "What is the fee?"})
    body = reply.json()
    CheckReply.model_validate(body)
    assert (body["action"], body["label"], body["text"]) == ("rewrite", "contradicted", "The fee is right.")
    assert body["grounding"]["claims"][0]["correction"] == "The fee is right."
    stored = await events.get(body["grounding"]["event_id"])
    assert stored.endpoint == URL
    assert stored.delivered == "The fee is right."


async def test_a_supported_answer_is_allowed(client):
    body = (await client.post(URL, json={"answer": "The fee is two dollars."})).json()
    assert (body["action"], body["text"]) == ("allow", "The fee is two dollars.")


async def test_the_check_knows_all_that_came_along(client, verifier):
    request = {
        "answer": "The fee is two dollars.",
        "messages": [
            {"role": "system", "content": "Be kind."},
            {"role": "assistant", "content": None, "tool_calls": []},
            {"role": "user", "content": [{"type": "text", "text": "What is the fee?"}]},
        ],
        "documents": [{"title": "Fees", "text": "It is two dollars."}],
        "collections": ["faq"],
        "metadata": {"segment": "vip", "age": 7},
    }
    body = (await client.post(URL, json=request)).json()
    (question,) = verifier.questions
    assert question.turns == (Turn("system", "Be kind."), Turn("user", "What is the fee?"))
    assert [(document.id, document.source) for document in question.documents] == [
        ("document-1", Source.REQUEST_DOCUMENTS)
    ]
    assert body["grounding"]["revision"] == "faq@1"


async def test_zero_bytes_anywhere_in_an_answer_are_checked_and_stored(client, events):
    request = {
        "answer": "The fee is wrong\0.",
        "messages": [{"role": "user", "content": "What is\0 the fee?"}],
        "documents": [{"title": "Fees\0", "text": "It is\0 two dollars."}],
        "metadata": {"seg\0ment": "v\0p"},
    }
    body = (await client.post(URL, json=request)).json()
    stored = await events.get(body["grounding"]["event_id"])
    assert stored.report.answer == "The fee is wrong\0."
    assert (stored.question.turns[0].content, stored.question.documents[0].title) == ("What is\0 the fee?", "Fees\0")
    assert stored.metadata == {"seg\0ment": "v\0p"}


@pytest.mark.parametrize("policy", ["shadow", "off"])
async def test_a_policy_that_does_not_act_still_tells(client, policy):
    body = (await client.post(URL, json={"answer": "The fee is wrong.", "policy": policy})).json()
    assert (body["action"], body["label"], body["text"]) == ("rewrite", "contradicted", "The fee is wrong.")
    assert body["grounding"]["mode"] == "shadow"


@pytest.mark.parametrize(
    ("changes", "status", "param"),
    [
        ({"answer": None}, 400, "answer"),
        ({"question": "What?", "messages": []}, 400, "question"),
        ({"colour": "red"}, 400, "colour"),
        ({"documents": [{"text": ""}]}, 400, "documents.0.text"),
        ({"policy": "nobody's"}, 404, "grounding.policy"),
        ({"collections": ["nobody's"]}, 404, "collections"),
    ],
    ids=str,
)
async def test_a_wrong_request_is_explained(client, changes, status, param):
    reply = await client.post(URL, json={"answer": "The fee is two dollars."} | changes)
    assert (reply.status_code, reply.json()["error"]["param"]) == (status, param)


async def test_a_body_that_is_no_json_is_explained(client):
    reply = await client.post(URL, content=b"{", headers={"content-type": "application/json"})
    assert reply.status_code == 400
    assert reply.json()["error"]["type"] == "invalid_request_error"


async def test_a_broken_check_under_a_closed_policy_is_an_outage(client, verifier):
    verifier.error = CheckError("The model is gone.")
    reply = await client.post(URL, json={"answer": "The fee is two dollars."})
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "5")


async def test_the_event_names_the_key(client, events, headers_of):
    headers = await headers_of(Role.APP)
    body = (await client.post(URL, json={"answer": "It is free."}, headers=headers)).json()
    assert (await events.get(body["grounding"]["event_id"])).key_id.startswith("key_")


async def test_broken_characters_are_answered(client):
    reply = await client.post(
        URL, content=b'{"answer": "The fee is \\ud800 wrong."}', headers={"content-type": "application/json"}
    )
    assert reply.status_code == 200
    assert reply.json()["text"] == "The fee is \ud800 right."
