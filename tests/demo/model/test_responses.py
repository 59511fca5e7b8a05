import httpx
import pytest
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import TypeAdapter

from fakes import stream_events
from groundwire.demo.answers import ANSWERS
from groundwire.policy.rewording import INSTRUCTIONS
from groundwire.proxy.endpoints.responses import Responses

KNOWN = ANSWERS[0]
HELLO = {"role": "user", "content": "Hello"}
CALLS = [
    {"type": "function_call", "call_id": "c", "name": "look_up", "arguments": "{}"},
    {"type": "function_call_output", "call_id": "c", "output": "17.99"},
]
FIRST = ["response.created", "response.in_progress", "response.output_item.added", "response.content_part.added"]
LAST = [
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
    "response.completed",
]


def test_a_whole_response(client):
    reply = client.responses.create(model="any", instructions="Be kind.", input=KNOWN.question, metadata={"a": "b"})

    assert (reply.status, reply.output_text, reply.model) == ("completed", KNOWN.answer, "any")
    assert (reply.instructions, reply.metadata) == ("Be kind.", {"a": "b"})
    assert reply.usage.input_tokens == len(f"Be kind. {KNOWN.question}".split())
    assert reply.usage.output_tokens == len(KNOWN.answer.split())
    assert reply.usage.total_tokens == reply.usage.input_tokens + reply.usage.output_tokens


@pytest.mark.parametrize(
    "items",
    [
        [{"role": "user", "content": KNOWN.question}],
        [HELLO, {"role": "user", "content": [{"type": "input_text", "text": KNOWN.question}]}],
        [HELLO, {"role": "user", "content": KNOWN.question}, *CALLS],
    ],
    ids=["message", "parts", "calls"],
)
def test_the_last_thing_the_user_said_is_the_question(client, items):
    assert client.responses.create(model="any", input=items).output_text == KNOWN.answer


def test_the_stream_helper_puts_the_same_together(client):
    with client.responses.stream(model="any", input=KNOWN.question) as stream:
        events = list(stream)

    text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    final = events[-1].response
    assert text == final.output_text == KNOWN.answer
    assert final.usage == client.responses.create(model="any", input=KNOWN.question).usage


def test_a_stream_has_every_event_that_clients_wait_for(model_url):
    asked = {"model": "any", "input": KNOWN.question, "stream": True}
    lines = httpx.post(f"{model_url}/responses", json=asked).text.splitlines()

    kinds = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
    events = stream_events("".join(line + "\n\n" for line in lines if line.startswith("data: ")))
    assert [kind for kind in kinds if kind != "response.output_text.delta"] == [*FIRST, *LAST]
    assert kinds == [event["type"] for event in events]
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    assert {event["item_id"] for event in events if "item_id" in event} == {events[-1]["response"]["output"][0]["id"]}


def test_all_that_is_sent_is_of_openais_types(model_url):
    asked = {"model": "any", "input": KNOWN.question}
    whole = httpx.post(f"{model_url}/responses", json=asked).json()
    events = httpx.post(f"{model_url}/responses", json=asked | {"stream": True}).text

    Response.model_validate(whole)
    for line in events.splitlines():
        if line.startswith("data: "):
            TypeAdapter(ResponseStreamEvent).validate_json(line.removeprefix("data: "))


def test_claims_are_reworded_after_their_evidence(client, rewording, reworded):
    reply = client.responses.create(model="any", **Responses().asking(INSTRUCTIONS, rewording.material))

    assert rewording.read(reply.output_text) == reworded
