"""The real OpenAI client's Responses API against the running proxy."""

import openai
import pytest

from fakes import FUNCTION_CALL, RESPONSE_USAGE, Scripted, response, response_events, typed_event

CALL = {**FUNCTION_CALL, "arguments": '{"a": 1}'}
STRICT = {"x-grounding-policy": "strict"}


@pytest.fixture
def client(wire):
    with openai.OpenAI(base_url=wire.url, api_key="sk-test", max_retries=0) as client:
        yield client


def will_stream(wire, *items):
    wire.upstream.will_stream(*map(typed_event, response_events(*items)))


def test_a_response(client, wire):
    wire.upstream.will(Scripted([response("The fee is 5. It is wrong.", CALL)]))

    reply = client.responses.create(
        model="m",
        input="What is the fee?",
        instructions="Be brief.",
        extra_body={"grounding": {"collections": ["faq"]}},
    )

    assert reply.output_text == "The fee is 5. It is right."
    assert reply.output[1].arguments == CALL["arguments"]
    assert reply.usage.total_tokens == RESPONSE_USAGE["total_tokens"]
    assert (reply.grounding["action"], reply.grounding["revision"]) == ("rewrite", "faq@1")
    assert "grounding" not in wire.upstream.requests[0].json


def test_a_block_is_an_incomplete_response(client, wire):
    wire.upstream.will(Scripted([response("It is wrong.")]))

    reply = client.responses.create(model="m", input="?", extra_headers=STRICT)

    assert (reply.status, reply.incomplete_details.reason) == ("incomplete", "content_filter")
    assert "wrong" not in reply.output_text


def test_a_stream(client, wire):
    will_stream(wire, ["The fee", " is 5. It is", " wrong."])

    events = list(client.responses.create(model="m", input="?", stream=True))

    assert "".join(event.delta for event in events if event.type == "response.output_text.delta") == (
        "The fee is 5. It is right."
    )
    assert events[-1].type == "response.completed"
    assert events[-1].response.output_text == "The fee is 5. It is right."
    assert events[-1].response.grounding["action"] == "rewrite"


def test_a_blocked_stream_ends_with_an_incomplete_response(client, wire):
    will_stream(wire, ["It is", " wrong."])

    last = list(client.responses.create(model="m", input="?", stream=True, extra_headers=STRICT))[-1]

    assert (last.type, last.response.incomplete_details.reason) == ("response.incomplete", "content_filter")


def test_the_stream_helper_puts_text_and_calls_together(client, wire):
    will_stream(wire, ["It is", " wrong. Wait", " for 5 minutes."], CALL)

    with client.responses.stream(model="m", input="?") as stream:
        snapshots = [event.snapshot for event in stream if event.type == "response.output_text.delta"]
        final = stream.get_final_response()

    assert snapshots[-1] == final.output_text == "It is right. Wait for 5 minutes."
    assert final.output[1].arguments == CALL["arguments"]


async def test_the_async_client(wire):
    async with openai.AsyncOpenAI(base_url=wire.url, api_key="sk", max_retries=0) as client:
        wire.upstream.will(Scripted([response("It is wrong.")]))
        whole = await client.responses.create(model="m", input="?")
        will_stream(wire, ["It is", " wrong."])
        async with client.responses.stream(model="m", input="?") as stream:
            streamed = await stream.get_final_response()

    assert whole.output_text == streamed.output_text == "It is right."


def test_stored_responses_are_read_and_deleted(client, wire):
    wire.upstream.will(Scripted([response("The fee is 5.")]))

    assert client.responses.retrieve("resp_123").output_text == "The fee is 5."
    client.responses.delete("resp_123")

    assert [request.method for request in wire.upstream.requests] == ["GET", "DELETE"]
