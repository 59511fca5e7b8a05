import pytest

from groundwire.api.litellm import GuardrailReply
from groundwire.domain import Action, Source, Turn
from groundwire.errors import CheckError
from groundwire.keys.roles import Role

URL = "/beta/litellm_basic_guardrail_api"
SENT_TOO = {"request_data": {"user_api_key_alias": "shop"}, "request_headers": None, "litellm_version": "1.108.7"}


async def called(client, *texts, headers=None, **body):
    values = {"input_type": "response", "texts": list(texts), "model": "gpt-4o", **SENT_TOO, **body}
    reply = await client.post(URL, json=values, headers=headers)
    if reply.status_code == 200:
        GuardrailReply.model_validate(reply.json())
    return reply


@pytest.mark.parametrize(
    ("text", "action"),
    [("The fee is two dollars.", "allow"), ("The fee is perhaps two dollars.", "flag")],
    ids=["supported", "flagged"],
)
async def test_an_answer_that_may_pass_is_left_as_it_is(client, text, action):
    body = (await called(client, text)).json()

    assert body["action"] == "NONE"
    assert "texts" not in body
    assert body["grounding"][0]["action"] == action


async def test_a_wrong_answer_comes_back_mended_and_is_stored(client, events):
    body = (await called(client, "The fee is wrong.", litellm_call_id="call-1")).json()

    assert (body["action"], body["texts"]) == ("GUARDRAIL_INTERVENED", ["The fee is right."])
    stored = await events.get(body["grounding"][0]["event_id"])
    assert (stored.endpoint, stored.model, stored.upstream, stored.action) == (URL, "gpt-4o", "litellm", Action.REWRITE)
    assert stored.metadata == {"litellm_call_id": "call-1"}


async def test_a_block_carries_the_policys_message(client):
    body = (await called(client, "The fee is wrong.", additional_provider_specific_params={"policy": "strict"})).json()

    assert body["action"] == "BLOCKED"
    assert body["blocked_reason"].startswith("I can't confirm that")
    assert "texts" not in body


async def test_each_choice_is_checked(client):
    body = (await called(client, "The fee is two dollars.", "The fee is wrong.")).json()

    assert body["texts"] == ["The fee is two dollars.", "The fee is right."]
    assert [one["action"] for one in body["grounding"]] == ["allow", "rewrite"]


async def test_one_blocked_choice_blocks_all_as_litellm_can_do_no_less(client):
    options = {"policy": "strict"}
    texts = ("The fee is two dollars.", "The fee is wrong.")

    assert (await called(client, *texts, additional_provider_specific_params=options)).json()["action"] == "BLOCKED"


async def test_the_conversation_of_the_first_call_is_known_in_the_second(client, verifier):
    messages = [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": [{"type": "text", "text": "What is the fee?"}, {"type": "image_url"}]},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "c"}]},
        {"role": "tool", "content": "two dollars", "tool_call_id": "c"},
    ]
    asked = await called(client, "x", input_type="request", structured_messages=messages, litellm_call_id="call-1")
    assert asked.json() == {"action": "NONE"}

    await called(client, "It is two dollars.", litellm_call_id="call-1")
    await called(client, "It is two dollars.", litellm_call_id="call-2")

    known, unknown = verifier.questions
    assert known.turns == (Turn("system", "Be kind."), Turn("user", "What is the fee?"), Turn("tool", "two dollars"))
    assert unknown.turns == ()


async def test_a_request_is_not_checked(client, verifier):
    reply = await called(client, "The fee is wrong.", input_type="request")

    assert reply.json() == {"action": "NONE"}
    assert verifier.batches == []


async def test_options_come_with_the_parameters_of_the_guardrail(client, verifier, events):
    options = {
        "collections": ["faq"],
        "documents": [{"title": "Fees", "text": "It is two dollars."}],
        "metadata": {"segment": "vip"},
    }
    body = (await called(client, "It is free.", additional_provider_specific_params=options)).json()

    assert body["grounding"][0]["revision"] == "faq@1"
    assert [document.source for document in verifier.questions[0].documents] == [Source.REQUEST_DOCUMENTS]
    assert (await events.get(body["grounding"][0]["event_id"])).metadata == {"segment": "vip"}


@pytest.mark.parametrize(("mode", "checks"), [("shadow", 1), ("off", 0)])
async def test_a_mode_that_does_not_act_changes_nothing(client, verifier, mode, checks):
    body = (await called(client, "The fee is wrong.", additional_provider_specific_params={"mode": mode})).json()

    assert body["action"] == "NONE"
    assert len(body.get("grounding", [])) == checks


async def test_what_is_no_text_is_named_as_not_checked(client):
    tool_calls = [{"id": "c", "type": "function", "function": {"name": "pay", "arguments": "{}"}}]
    with_text = (await called(client, "It is free.", tool_calls=tool_calls, images=["http://x/y.png"])).json()
    alone = (await called(client, tool_calls=tool_calls)).json()

    found = [[entry["what"] for entry in one["grounding"][0]["coverage"]["skipped"]] for one in (with_text, alone)]
    assert found == [["images", "tool calls"], ["tool calls"]]
    assert alone["action"] == "NONE"


@pytest.mark.parametrize("text", ['{"fee": "wrong"}', ' ["wrong"]'])
async def test_json_is_never_broken(client, text):
    body = (await called(client, text)).json()

    assert body.get("texts", [text])[0].lstrip()[0] in "[{"


async def test_text_that_only_looks_like_json_is_checked_as_text(client):
    assert (await called(client, "[Note] The fee is wrong.")).json()["texts"] == ["[Note] The fee is right."]


@pytest.mark.parametrize(
    ("changes", "status", "param"),
    [
        ({"input_type": "answer"}, 400, "input_type"),
        ({"texts": "one"}, 400, "texts"),
        ({"structured_messages": [{"content": "no role"}]}, 400, "structured_messages.0.role"),
        ({"additional_provider_specific_params": {"colour": "red"}}, 400, "grounding.colour"),
        ({"additional_provider_specific_params": {"policy": "nobody's"}}, 404, "grounding.policy"),
    ],
    ids=str,
)
async def test_a_wrong_call_is_explained(client, changes, status, param):
    reply = await called(client, "It is free.", **changes)

    assert (reply.status_code, reply.json()["error"]["param"]) == (status, param)


async def test_a_broken_check_under_a_closed_policy_is_an_outage(client, verifier):
    verifier.error = CheckError("The model is gone.")

    assert (await called(client, "The fee is two dollars.")).status_code == 503


async def test_litellms_key_header_is_read(client, events, headers_of):
    key = (await headers_of(Role.APP))["authorization"].removeprefix("Bearer ")

    reply = await called(client, "It is free.", headers={"x-api-key": key})

    assert (await events.get(reply.json()["grounding"][0]["event_id"])).key_id.startswith("key_")
    assert (await called(client, "It is free.")).status_code == 401
    assert (await called(client, "It is free.", headers={"x-api-key": "gw_wrong"})).status_code == 401


async def test_a_plain_key_may_not_choose_the_mode(client, headers_of):
    options = {"additional_provider_specific_params": {"mode": "off"}}

    assert (await called(client, "It is free.", headers=await headers_of(Role.APP), **options)).status_code == 403
