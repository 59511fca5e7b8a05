"""Whole responses over the wire, and what of a request is read."""

import json

import pytest

from fakes import (
    FUNCTION_CALL,
    RESPONSE_USAGE,
    Scripted,
    World,
    message_item,
    proxied,
    response,
    response_events,
    text_part,
    typed_event,
)
from groundwire.domain import Action, Skipped, Turn
from groundwire.errors import BadRequest
from groundwire.proxy.callers import Caller
from groundwire.proxy.endpoints.responses import parse_response_request
from groundwire.proxy.guarded import ReplyStyle

BLOCKED = "I can't confirm that from our documents. Please contact support."
REASONING = {"id": "rs_1", "type": "reasoning", "summary": [{"type": "summary_text", "text": "It is wrong."}]}
CALL = {**FUNCTION_CALL, "arguments": '{"a": "wrong"}'}
REFUSAL = {"type": "refusal", "refusal": "I can't say more."}


class NamedGate:
    """Lets everyone in under the name that they give."""

    async def admit(self, headers):
        return Caller(key_id=headers["x-who"])


def say(wire, *items, **extra):
    wire.upstream.will(Scripted([response(*items, **extra)]))


def texts(reply):
    items = [item for item in reply.json()["output"] if item["type"] == "message"]
    return [part["text"] for item in items for part in item["content"] if "text" in part]


def skipped(reply):
    return {entry["what"]: entry["why"] for entry in reply.json()["grounding"]["coverage"]["skipped"]}


def test_a_supported_response_keeps_every_byte_and_gains_its_grounding(wire):
    say(wire, "The fee is 5.", x_new=[1.10, 1e400])

    reply = wire.respond()

    assert reply.content.startswith(response("The fee is 5.", x_new=[1.10, 1e400])[:-1])
    assert reply.json()["grounding"]["action"] == reply.headers["x-grounding-action"] == "allow"
    assert reply.headers["x-grounding-event-id"] == wire.events[0].id
    assert (wire.events[0].endpoint, wire.events[0].usage) == ("/v1/responses", RESPONSE_USAGE)


@pytest.mark.parametrize(
    ("policy", "delivered", "status", "action"),
    [
        ("default", "The fee is 5. It is right.", "completed", "rewrite"),
        ("strict", BLOCKED, "incomplete", "block"),
        ("shadow", "The fee is 5. It is wrong.", "completed", "rewrite"),
        ("off", "The fee is 5. It is wrong.", "completed", "allow"),
    ],
)
def test_the_policy_decides(wire, policy, delivered, status, action):
    say(wire, "The fee is 5. It is wrong.")

    reply = wire.respond({"x-grounding-policy": policy})

    values = reply.json()
    assert (reply.status_code, texts(reply), values["status"]) == (200, [delivered], status)
    assert values["incomplete_details"] == ({"reason": "content_filter"} if status == "incomplete" else None)
    assert values["output"][0]["status"] == status
    assert (values["grounding"]["action"], values["usage"]) == (action, RESPONSE_USAGE)


def test_every_part_of_every_message_is_checked(wire):
    say(wire, message_item("The fee is 5.", REFUSAL, "It is wrong."), REASONING, "It is perhaps 9.")

    reply = wire.respond()

    assert texts(reply) == ["The fee is 5.", "It is right.", "It is perhaps 9."]
    parts = [part for item in reply.json()["output"] for part in item.get("content", ()) if "text" in part]
    assert [part["grounding"]["action"] for part in parts] == ["allow", "rewrite", "flag"]
    assert reply.json()["grounding"] == parts[1]["grounding"]
    assert [event.choice for event in wire.events] == [0, 1, 2]
    assert sum(event.usage.get("total_tokens", 0) for event in wire.events) == 18


def test_what_is_no_text_passes_and_is_in_the_coverage(wire):
    say(wire, REASONING, message_item("The fee is 5.", REFUSAL, {"type": "output_audio", "data": "x"}), CALL)

    reply = wire.respond()

    assert reply.json()["output"][0] == REASONING
    assert reply.json()["output"][2] == CALL
    assert skipped(reply) == {
        "output[0] of type 'reasoning'": "not checked",
        "output[1].content[1].refusal": "a refusal asserts nothing",
        "output[1].content[2] of type 'output_audio'": "not checked",
        "output[2] of type 'function_call'": "not checked",
    }


def test_a_response_without_text_is_recorded_too(wire):
    say(wire, CALL)

    reply = wire.respond()

    assert reply.json()["output"] == [CALL]
    assert skipped(reply) == {"output[0] of type 'function_call'": "not checked"}
    assert (wire.events[0].action, wire.events[0].report.answer) == (Action.ALLOW, "")


@pytest.mark.parametrize(("text", "is_kept"), [("It is right.", True), ("It is wrong.", False)])
def test_what_points_into_a_text_goes_when_the_text_is_another(wire, text, is_kept):
    extra = {"logprobs": [{"token": "It"}], "annotations": [{"type": "url_citation", "start_index": 0}]}
    say(wire, message_item(text_part(text, **extra)), output_text=text)

    reply = wire.respond()

    part = reply.json()["output"][0]["content"][0]
    assert {name: part[name] for name in extra} == (extra if is_kept else {"logprobs": [], "annotations": []})
    assert set(skipped(reply)) == (set() if is_kept else set(extra))
    assert reply.json()["output_text"] == "It is right."


@pytest.mark.parametrize(("longest", "delivered"), [(5, '{"fee": "right"}'), (4, BLOCKED)])
def test_the_strings_of_structured_output_are_checked_and_must_stay_valid(wire, longest, delivered):
    schema = {"type": "object", "properties": {"fee": {"type": "string", "maxLength": longest}}}
    say(wire, '{"fee": "wrong"}')

    reply = wire.respond(text={"format": {"type": "json_schema", "name": "x", "schema": schema}})

    assert texts(reply) == [delivered]
    assert reply.json()["status"] == ("incomplete" if delivered == BLOCKED else "completed")


def test_a_block_can_be_an_error():
    with proxied(World(), ReplyStyle(block_status=400)) as wire:
        say(wire, "It is wrong.")

        reply = wire.respond({"x-grounding-policy": "strict"})

    assert (reply.status_code, reply.headers["x-should-retry"]) == (400, "false")
    assert reply.json()["error"]["code"] == "content_filter"


def test_the_grounding_object_can_be_left_out():
    with proxied(World(), ReplyStyle(includes_grounding=False)) as wire:
        say(wire, "The fee is 5.", "So on.")

        reply = wire.respond()

    assert reply.content == response("The fee is 5.", "So on.")


@pytest.mark.parametrize(("policy", "status"), [("default", 503), ("open", 200)], ids=["closed", "open"])
def test_a_broken_check_is_an_outcome_of_the_policy(wire, policy, status):
    wire.verifier.error = RuntimeError("out of memory")
    say(wire, "The fee is 5.")

    assert wire.respond({"x-grounding-policy": policy}).status_code == status


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"[]", "list where an object was due"),
        (b"{}", "no list of items"),
        (b'{"output":["It is wrong."]}', "no list of items"),
        (b'{"output":[{"type":"message","content":"It is wrong."}]}', "no list of parts"),
        (b'{"output":[{"content":["It is wrong."]}]}', "no list of parts"),
        (b'{"output":[{"content":[{"type":"output_text","text":{"value":"It is wrong."}}]}]}', "no list of parts"),
        (b'{"output":[{"content":[{"type":"output_text"}]}]}', "no list of parts"),
    ],
)
def test_a_reply_that_is_no_response_is_a_502(wire, body, message):
    wire.upstream.will(Scripted([body]))

    reply = wire.respond()

    assert (reply.status_code, wire.events) == (502, [])
    assert message in reply.json()["error"]["message"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/responses/resp_1"), ("DELETE", "/responses/resp_1"), ("GET", "/responses/resp_1/input_items"),
     ("POST", "/responses/resp_1/cancel")],
)  # fmt: skip
def test_stored_responses_pass_through_marked(wire, method, path):
    wire.upstream.will(Scripted([b'{"id":"resp_1"}']))

    reply = wire.send(method, path)

    assert (reply.content, reply.headers["x-grounding-coverage"]) == (b'{"id":"resp_1"}', "unguarded")
    assert (wire.upstream.requests[0].method, wire.upstream.requests[0].path) == (method, f"/v1{path}")


INPUT = [
    {"role": "developer", "content": "Answer in English."},
    {"role": "user", "content": [{"type": "input_text", "text": "What"}, {"type": "input_image"}, {"text": "is it?"}]},
    {"type": "reasoning", "summary": []},
    {"type": "function_call", "call_id": "c1", "name": "fee", "arguments": "{}"},
    {"type": "function_call_output", "call_id": "c1", "output": "The fee is 5."},
    {"type": "function_call_output", "call_id": "c2", "output": [{"type": "input_text", "text": "Or 6."}]},
    {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "It is 5."}]},
]


def test_the_conversation_is_read_from_instructions_and_input():
    request = parse_response_request(json.dumps({"instructions": "Be brief.", "input": INPUT}).encode())

    assert request.turns == (
        Turn("system", "Be brief."),
        Turn("developer", "Answer in English."),
        Turn("user", "What\nis it?"),
        Turn("tool", "The fee is 5."),
        Turn("tool", "Or 6."),
        Turn("assistant", "It is 5."),
    )
    assert request.skipped == (
        Skipped("request content of type 'input_image'", "it is no text, so the answer was read without it"),
    )


def test_what_the_request_only_refers_to_is_in_the_coverage(wire):
    names = {"previous_response_id": "resp_0", "conversation": "conv_1", "prompt": {"id": "p"}, "background": True}
    say(wire, "The fee is 5.")

    reply = wire.respond(**names, input=[{"role": "user", "content": "Hi"}, {"type": "item_reference", "id": "i"}])

    assert set(skipped(reply)) == {*names, "item_reference"}
    assert wire.verifier.questions[0].turns == (Turn("user", "Hi"),)


@pytest.mark.parametrize("is_stream", [False, True], ids=["whole", "stream"])
def test_a_request_that_goes_on_is_read_with_the_turns_before_it(wire, is_stream):
    events = map(typed_event, response_events("It is wrong.", id="resp_7"))
    kind = {"content-type": "text/event-stream" if is_stream else "application/json"}
    pieces = list(events) if is_stream else [response("It is wrong.", id="resp_7")]
    wire.upstream.will(Scripted(pieces, headers=kind), Scripted([response("So is 5.")]))

    wire.respond(instructions="Be brief.", stream=is_stream)
    reply = wire.respond(input="And then?", previous_response_id="resp_7")

    assert wire.verifier.questions[-1].turns == (
        Turn("user", "What is the fee?"),
        Turn("assistant", "It is right."),
        Turn("user", "And then?"),
    )
    assert skipped(reply) == {}


def test_what_one_key_said_is_not_told_to_another():
    with proxied(World(), gate=NamedGate()) as wire:
        say(wire, "The fee is 5.", id="resp_7")
        wire.respond({"x-who": "ada"})

        others = wire.respond({"x-who": "ben"}, input="And then?", previous_response_id="resp_7")
        own = wire.respond({"x-who": "ada"}, input="And then?", previous_response_id="resp_7")

        assert [len(question.turns) for question in wire.verifier.questions] == [1, 1, 3]
    assert (set(skipped(others)), skipped(own)) == ({"previous_response_id"}, {})


def test_a_response_that_is_not_stored_is_not_remembered(wire):
    say(wire, "The fee is 5.", id="resp_8", store=False)
    wire.respond(store=False)

    reply = wire.respond(previous_response_id="resp_8")

    assert set(skipped(reply)) == {"previous_response_id"}


@pytest.mark.parametrize(
    ("values", "param"),
    [
        ({"input": 7}, "input"),
        ({"input": ["Hi"]}, "input.0"),
        ({"input": [{"content": "Hi"}]}, "input.0.role"),
        ({"instructions": {}}, "instructions"),
        ({"model": 7}, "model"),
        ({"previous_response_id": 7}, "previous_response_id"),
    ],
)
def test_a_wrong_request_names_its_parameter(values, param):
    with pytest.raises(BadRequest) as error:
        parse_response_request(json.dumps(values).encode())

    assert error.value.param == param
