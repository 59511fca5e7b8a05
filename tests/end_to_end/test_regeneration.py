"""Claims that the model is asked to reword: whole and streamed, on each endpoint, with the real OpenAI client."""

import contextlib
import json
import threading
import time

import httpx
import openai
import pytest

from fakes import (
    RESPONSE_USAGE,
    USAGE,
    Scripted,
    Stall,
    chunks,
    completion,
    response,
    response_events,
    stream_events,
    text_chunks,
    text_completion,
    text_of,
    typed_event,
    usage_chunk,
)
from groundwire.domain import Action, Outcome, Regeneration
from reworded import COMPLETION_TOKENS, PROMPT_TOKENS, Rewording

ASKED = "What is the fee?"
STUCK = "It is wrong and stuck."
ANSWER = f"The fee is low. {STUCK} It ends."
REWORDED = "The fee is low. It is 5 euros. It ends."
REMOVED = "The fee is low. It ends."
POLICY = {"x-grounding-policy": "rewording"}
TOKENS = {"prompt_tokens": PROMPT_TOKENS, "completion_tokens": COMPLETION_TOKENS}


@pytest.fixture
def client(wire):
    with openai.OpenAI(base_url=wire.url, api_key="sk-user", max_retries=0, default_headers=POLICY) as client:
        yield client


@pytest.fixture
def rewording(wire):
    """The upstream rewords the claim that can't be corrected."""
    wire.upstream.interjects = Rewording({STUCK: "It is 5 euros."})
    return wire.upstream.interjects


def chat(client, wire, *, is_stream, pieces=(ANSWER,)):
    """Return text, usage and grounding of a chat completion."""
    if not is_stream:
        wire.upstream.will(Scripted([completion("".join(pieces))]))
        reply = client.chat.completions.create(model="m", messages=[{"role": "user", "content": ASKED}])
        return reply.choices[0].message.content, reply.usage.prompt_tokens, reply.grounding
    wire.upstream.will_stream(*chunks(*pieces)[:-1], usage_chunk(), "[DONE]")
    parts = list(
        client.chat.completions.create(
            model="m",
            messages=[{"role": "user", "content": ASKED}],
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    text = "".join(part.choices[0].delta.content or "" for part in parts if part.choices)
    return text, parts[-1].usage.prompt_tokens, parts[-2].grounding


def plain(client, wire, *, is_stream, pieces=(ANSWER,)):
    """Return text, usage and grounding of a plain completion."""
    if not is_stream:
        wire.upstream.will(Scripted([text_completion("".join(pieces))]))
        reply = client.completions.create(model="m", prompt=ASKED)
        return reply.choices[0].text, reply.usage.prompt_tokens, reply.grounding
    wire.upstream.will_stream(*text_chunks(*pieces)[:-1], usage_chunk(), "[DONE]")
    parts = list(
        client.completions.create(model="m", prompt=ASKED, stream=True, stream_options={"include_usage": True})
    )
    text = "".join(part.choices[0].text for part in parts if part.choices)
    return text, parts[-1].usage.prompt_tokens, parts[-2].grounding


def respond(client, wire, *, is_stream, pieces=(ANSWER,)):
    """Return text, usage and grounding of a response."""
    if not is_stream:
        wire.upstream.will(Scripted([response("".join(pieces))]))
        reply = client.responses.create(model="m", input=ASKED)
        return reply.output_text, reply.usage.input_tokens, reply.grounding
    wire.upstream.will_stream(*map(typed_event, response_events(list(pieces))))
    events = list(client.responses.create(model="m", input=ASKED, stream=True))
    text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    assert events[-1].response.output_text == text
    return text, events[-1].response.usage.input_tokens, events[-1].response.grounding


ENDPOINTS = pytest.mark.parametrize("ask", [chat, plain, respond])
BOTH = pytest.mark.parametrize("is_stream", [False, True], ids=["whole", "stream"])


@BOTH
@ENDPOINTS
def test_the_model_rewords_what_can_not_be_corrected(client, wire, rewording, ask, is_stream):
    text, prompt_tokens, grounding = ask(client, wire, is_stream=is_stream, pieces=(ANSWER[:20], ANSWER[20:]))

    assert text == REWORDED
    assert prompt_tokens == USAGE["prompt_tokens"] == RESPONSE_USAGE["input_tokens"]
    assert grounding["action"] == "rewrite"
    assert grounding["regeneration"] == {"count": 1, "usage": TOKENS}
    assert set(grounding["timing_ms"]) == {"check", "regeneration"}
    assert [claim["correction"] for claim in grounding["claims"] if "correction" in claim] == ["It is 5 euros."]


@BOTH
@ENDPOINTS
def test_it_is_asked_at_the_same_endpoint_about_that_claim_alone(client, wire, rewording, ask, is_stream):
    ask(client, wire, is_stream=is_stream)

    [(request, material)] = rewording.asked
    assert request.path == wire.upstream.requests[0].path
    assert request.headers["authorization"] == "Bearer sk-user"
    assert "stream" not in request.json
    assert material["question"] == ASKED
    [entry] = material["claims"]
    assert (entry["text"], entry["why"]) == (STUCK, "document says right, answer says wrong")
    assert entry["evidence"] == [{"document": "Handbook", "quote": "It is right."}]


FAILURES = {
    "no reply": Scripted([b'{"error": {"message": "busy"}}'], 503),
    "not JSON": Scripted([completion("I'd rather not.")]),
    "contradicted": Rewording({STUCK: "It is wrong again."}),
    "unsupported": Rewording({STUCK: "It is perhaps 5."}),
    "more than statements": Rewording({STUCK: "It is 5 euros. Sorry!"}),
    "empty": Rewording(),
}


@pytest.mark.parametrize("failure", FAILURES)
@BOTH
def test_what_the_model_fails_at_is_removed(client, wire, failure, is_stream):
    found = FAILURES[failure]
    wire.upstream.interjects = Rewording(reply=found) if isinstance(found, Scripted) else found

    text, _, grounding = chat(client, wire, is_stream=is_stream)

    assert text == REMOVED
    assert grounding["regeneration"]["count"] == 1


@BOTH
def test_a_model_that_takes_too_long_is_given_up(client, wire, is_stream):
    stall = Stall()
    wire.upstream.interjects = Rewording(reply=Scripted([stall, b"{}"]))

    text, _, grounding = chat(client, wire, is_stream=is_stream)

    assert (text, grounding["regeneration"]["count"]) == (REMOVED, 1)
    assert stall.left.wait(5)


@BOTH
def test_the_event_tells_what_it_took(client, wire, rewording, is_stream):
    chat(client, wire, is_stream=is_stream)

    [stored] = wire.events
    assert stored.report.regeneration == Regeneration(1, PROMPT_TOKENS, COMPLETION_TOKENS)
    assert stored.usage["prompt_tokens"] == USAGE["prompt_tokens"]
    assert (stored.action, stored.delivered, stored.report.answer) == (Action.REWRITE, REWORDED, ANSWER)


@BOTH
def test_in_shadow_the_model_is_asked_nothing(wire, rewording, is_stream):
    wire.upstream.will_say(ANSWER)
    if is_stream:
        wire.upstream.will_stream(*chunks(ANSWER))
    headers = {"x-grounding-policy": "rewording in shadow"}
    said = text_of(wire.ask_stream(headers)) if is_stream else wire.ask(headers).json()["choices"][0]["message"]
    assert (said if is_stream else said["content"]) == ANSWER
    assert rewording.asked == []
    assert wire.events[0].action is Action.REWRITE
    assert len(wire.upstream.requests) == 1


def test_each_choice_is_reworded_on_its_own(client, wire, rewording):
    wire.upstream.will_say(ANSWER, "It is low.", f"{STUCK} It rises.")

    reply = client.chat.completions.create(model="m", messages=[{"role": "user", "content": ASKED}], n=3)

    assert [choice.message.content for choice in reply.choices] == [REWORDED, "It is low.", "It is 5 euros. It rises."]
    assert [choice.grounding.get("regeneration", {}).get("count") for choice in reply.choices] == [1, None, 1]


@BOTH
def test_structured_output_is_reworded_within_its_schema(client, wire, is_stream):
    wire.upstream.interjects = Rewording({STUCK: 'It is "5" euros.'})
    answer = json.dumps({"fee": STUCK, "note": "It is low."})
    wire.upstream.will(Scripted([completion(answer)]))
    if is_stream:
        wire.upstream.will_stream(*chunks(answer[:9], answer[9:]))
    schema = {"type": "object", "properties": {"fee": {"type": "string"}}, "required": ["fee"]}
    wanted = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}

    reply = client.chat.completions.create(
        model="m", messages=[{"role": "user", "content": ASKED}], response_format=wanted, stream=is_stream
    )

    text = (
        "".join(one.choices[0].delta.content or "" for one in reply) if is_stream else reply.choices[0].message.content
    )
    assert json.loads(text) == {"fee": 'It is "5" euros.', "note": "It is low."}


def test_a_stream_is_kept_alive_while_the_model_is_asked(wire, rewording):
    stall = Stall()

    def slowly(request):
        reply = rewording(request)
        return reply and Scripted([reply.pieces[0][:1], stall, reply.pieces[0][1:]])

    wire.upstream.interjects = slowly
    wire.upstream.will_stream(*chunks(ANSWER))
    release = threading.Timer(0.15, stall.release)
    release.start()

    reply = wire.ask(POLICY, stream=True)

    release.join()
    assert ": keep-alive" in reply.text
    assert text_of(stream_events(reply.text)) == REWORDED


@BOTH
def test_for_a_client_that_leaves_the_model_is_not_kept_busy(wire, is_stream, caplog):
    stall = Stall()
    wire.upstream.interjects = Rewording(reply=Scripted([stall, b"{}"]))
    wire.upstream.will(Scripted([completion(ANSWER)]))
    if is_stream:
        wire.upstream.will_stream(*chunks(ANSWER))
    request = {"json": {"model": "m", "messages": [], "stream": is_stream}, "headers": POLICY}

    leaver = httpx.Client(timeout=5 if is_stream else 0.1)
    leaving = leaver.stream("POST", f"{wire.url}/chat/completions", **request)
    with leaver, contextlib.suppress(httpx.ReadTimeout), leaving:
        assert stall.reached.wait(5)

    assert stall.left.wait(5)
    for _ in range(500):
        if wire.events:
            break
        time.sleep(0.01)
    assert wire.events[0].outcome is Outcome.CLIENT_LEFT
    assert "could not be regenerated. The client left." in caplog.text
