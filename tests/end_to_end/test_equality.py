"""What a streaming client ends up with equals the whole reply, for every way the upstream cuts its text."""

import asyncio
import json
from concurrent.futures import Executor, Future
from functools import partial

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes import (
    FakeKnowledgeBase,
    FakeRetriever,
    MemoryEventStore,
    ScriptedVerifier,
    chunks,
    completion,
    event,
    response,
    response_events,
    stream_events,
    text_chunks,
    text_completion,
    text_of,
    typed_event,
)
from groundwire.claims.splitting import split_answer
from groundwire.domain import Action, Label, Mode, Question
from groundwire.guardrail import Guardrail
from groundwire.policy.policy import LABEL_ACTIONS, Policy
from groundwire.proxy.answering import AnswerService, CheckContext
from groundwire.proxy.chunks import ChoiceFrames
from groundwire.proxy.completion import Completion
from groundwire.proxy.exchange import Client
from groundwire.proxy.outputframes import OutputFrames
from groundwire.proxy.outputs import ResponseReply
from groundwire.proxy.shapes import CHAT, PLAIN
from groundwire.proxy.streaming import CheckedStream, StreamTerms
from groundwire.proxy.upstream import UpstreamReply

MESSAGE = "Please ask us."
REWRITING = Policy(blocked_message=MESSAGE, max_contradicted=100)
REMOVING = Policy(blocked_message=MESSAGE, max_contradicted=100, strategies=("remove",))
FLAGGING = Policy(label_actions=dict.fromkeys(Label, Action.FLAG), max_contradicted=100)
BLOCKING = Policy(blocked_message=MESSAGE, label_actions={**LABEL_ACTIONS, Label.CONTRADICTED: Action.BLOCK})
STRICT = Policy(blocked_message=MESSAGE, max_contradicted=2, strategies=("correct",), otherwise=Action.FLAG)


# How an answer is sent, whole and as a stream.
SHAPES = {CHAT: (completion, chunks), PLAIN: (text_completion, text_chunks)}


class SameThread(Executor):
    """Runs the work at once, so that examples are quick and repeatable."""

    def submit(self, function, /, *arguments, **options):
        future = Future()
        future.set_result(function(*arguments, **options))
        return future


class Upstream(httpx.AsyncByteStream):
    def __init__(self, pieces):
        self._pieces = pieces

    async def __aiter__(self):
        for piece in self._pieces:
            await asyncio.sleep(0)
            yield piece


def checks(policy, mode, *, is_stream):
    guardrail = Guardrail(FakeKnowledgeBase(), FakeRetriever(), ScriptedVerifier())
    service = AnswerService(guardrail, MemoryEventStore(), SameThread(), ["default"])
    return service.open(CheckContext(policy, mode, Question(), "/v1/chat/completions", is_stream=is_stream))


async def streamed(pieces, policy, mode, shape=CHAT):
    """Return the events that a client gets, and what it gets of each packet."""
    sent = []

    async def send(message):
        sent.append(message.get("body", b""))

    client = Client({"method": "POST", "headers": []}, asyncio.Event().wait, send)
    reply = UpstreamReply("fake", httpx.Response(200, stream=Upstream(pieces)))
    frames = partial(ChoiceFrames, "fake", shape=shape)
    await CheckedStream(client, reply, checks(policy, mode, is_stream=True), StreamTerms(), frames).run()
    return stream_events(b"".join(sent).decode())


async def output_streamed(pieces, policy):
    """Return the events of a streamed response."""
    sent = []

    async def send(message):
        sent.append(message.get("body", b""))

    client = Client({"method": "POST", "headers": []}, asyncio.Event().wait, send)
    reply = UpstreamReply("fake", httpx.Response(200, stream=Upstream(pieces)))
    of_request, terms = checks(policy, Mode.ENFORCE, is_stream=True), StreamTerms(wants_usage=True)
    await CheckedStream(client, reply, of_request, terms, partial(OutputFrames, "fake")).run()
    lines = b"".join(sent).decode().splitlines()
    return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]


async def output_whole(answers, policy):
    of_request = checks(policy, Mode.ENFORCE, is_stream=False)
    reply = ResponseReply(response(*answers), "fake")
    checked = await of_request.record([await of_request.check(one.text, one.index) for one in reply.answers])
    return json.loads(reply.with_answers(checked, includes_grounding=True))


async def whole(answer, policy, mode, shape=CHAT):
    of_request = checks(policy, mode, is_stream=False)
    reply = Completion(SHAPES[shape][0](answer), "fake", shape)
    checked = await of_request.record([await of_request.check(reply.answers[0].text)])
    return json.loads(reply.with_answers(checked, includes_grounding=True))


pieces_of_text = st.sampled_from(
    ["The fee is 5.", "Call us!", "It is wrong.", "It is perhaps 9.", "That is wrong and stuck.", "It is wrong again.",
     "It is broken.", "- ", "* ", "1. ", "\n", "\n\n", " ", "  ", "**Note:** ", "Is it?", "# Fees\n", "| A | wrong |\n",
     "|---|---|\n", "```\nit is wrong\n```\n", "Hello! ", "é。", "> ", "😀", "e.g. ", "No. 5"]
)  # fmt: skip
answers = st.lists(pieces_of_text, max_size=12).map("".join)
POLICIES_HERE = {
    "rewriting": REWRITING,
    "removing": REMOVING,
    "flagging": FLAGGING,
    "blocking": BLOCKING,
    "strict": STRICT,
}


def cut(data, text):
    places = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=10)))
    return [text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)]


@pytest.mark.parametrize("shape", SHAPES, ids=["chat", "plain"])
@settings(deadline=None, max_examples=100)
@given(answers, st.sampled_from(sorted(POLICIES_HERE)), st.data())
def test_a_stream_ends_up_with_the_bytes_of_the_whole_reply(shape, answer, name, data):
    policy = POLICIES_HERE[name]
    body = b"".join(event(part) for part in SHAPES[shape][1](*cut(data, answer)))
    packets = cut(data, body)

    events = asyncio.run(streamed(packets, policy, Mode.ENFORCE, shape))
    reply = asyncio.run(whole(answer, policy, Mode.ENFORCE, shape))

    text, choice = text_of(events), reply["choices"][0]
    said = choice["message"]["content"] if shape is CHAT else choice["text"]
    assert events[-2]["choices"][0]["finish_reason"] == choice["finish_reason"]
    assert events[-2]["grounding"]["action"] == reply["grounding"]["action"]
    if choice["finish_reason"] == "content_filter":
        # A block keeps what had left before it; a whole reply is the message alone.
        assert said == MESSAGE
        assert text == MESSAGE or text.endswith(f"\n\n{MESSAGE}")
        return
    assert text == said
    assert events[-2]["grounding"]["claims"] == reply["grounding"]["claims"]


@settings(deadline=None, max_examples=80)
@given(st.lists(answers, min_size=1, max_size=3), st.sampled_from(sorted(POLICIES_HERE)), st.data())
def test_a_streamed_response_ends_up_with_the_bytes_of_the_whole_one(texts, name, data):
    sent = response_events(*(cut(data, text) for text in texts))
    packets = cut(data, b"".join(map(typed_event, sent)))

    events = asyncio.run(output_streamed(packets, POLICIES_HERE[name]))
    reply = asyncio.run(output_whole(texts, POLICIES_HERE[name]))

    final = events[-1]["response"]
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    assert (final["status"], final["incomplete_details"]) == (reply["status"], reply["incomplete_details"])
    for place, (item, expected) in enumerate(zip(final["output"], reply["output"], strict=True)):
        own = [event for event in events if event.get("output_index") == place]
        [done] = [event["text"] for event in own if event["type"] == "response.output_text.done"]
        [part] = [event["part"]["text"] for event in own if event["type"] == "response.content_part.done"]
        [closed] = [event["item"] for event in own if event["type"] == "response.output_item.done"]
        text = "".join(event["delta"] for event in own if event["type"] == "response.output_text.delta")
        assert {text, done, part, closed["content"][0]["text"]} == {item["content"][0]["text"]}
        assert closed["status"] == item["status"] == expected["status"]
        if item["status"] == "incomplete":
            assert expected["content"][0]["text"] == MESSAGE
            assert text == MESSAGE or text.endswith(f"\n\n{MESSAGE}")
        else:
            assert text == expected["content"][0]["text"]


@settings(deadline=None, max_examples=60)
@given(answers, st.data())
def test_no_byte_of_a_blocked_claim_is_ever_sent(answer, data):
    before = []
    for segment in split_answer(answer):
        if segment.claim and "wrong" in segment.claim.text:
            break
        before.append(segment.text)
    kept = "".join(before).rstrip()

    events = asyncio.run(streamed([event(part) for part in chunks(*cut(data, answer))], BLOCKING, Mode.ENFORCE))

    said = text_of(events)
    packets = [typed_event(one) for one in response_events(cut(data, answer))]
    responded = asyncio.run(output_streamed(packets, BLOCKING))[-1]["response"]["output"][0]["content"][0]["text"]
    if len("".join(before)) < len(answer):
        assert said == responded == (f"{kept}\n\n{MESSAGE}" if kept else MESSAGE)


@settings(deadline=None, max_examples=40)
@given(answers, st.data())
def test_shadow_changes_nothing(answer, data):
    events = asyncio.run(streamed([event(part) for part in chunks(*cut(data, answer))], REWRITING, Mode.SHADOW))

    assert text_of(events) == answer
    assert events[-2]["grounding"]["mode"] == "shadow"


@pytest.mark.parametrize("answer", ["The fee is 5. It is wrong.\n\n- That is wrong and stuck.\n- Pay at once.\n"])
def test_the_same_holds_over_the_network(wire, answer):
    wire.upstream.will_stream(*chunks(*answer))
    streamed_text = text_of(wire.ask_stream())
    wire.upstream.will_say(answer)

    assert streamed_text == wire.ask().json()["choices"][0]["message"]["content"]
