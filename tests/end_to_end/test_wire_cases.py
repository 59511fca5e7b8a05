"""Each case on each endpoint, whole and streamed; the table in the documentation is made from the same rows."""

import contextlib
import json
from pathlib import Path

import pytest

import groundwire
from fakes import (
    Scripted,
    World,
    chunks,
    completion,
    event,
    proxied,
    response,
    response_events,
    stream_events,
    text_chunks,
    text_completion,
    text_of,
    typed_event,
)
from groundwire.proxy.guarded import ReplyStyle
from wire_cases import CASES, table

DOCUMENTATION = Path(groundwire.__file__).parents[2] / "docs" / "wire.md"


@pytest.fixture(scope="module")
def proxies():
    """One proxy for each status that a block may have."""
    with contextlib.ExitStack() as stack:
        yield {
            status: stack.enter_context(proxied(World(), ReplyStyle(block_status=status, keep_alive_s=10)))
            for status in (200, 400)
        }


def choices_seen(reply, *, is_stream):
    """Return text, end and grounding of a reply with choices."""
    if not is_stream:
        [choice] = reply.json()["choices"]
        text = choice["text"] if "text" in choice else choice["message"]["content"]
        return text, choice["finish_reason"], reply.json()["grounding"]
    events = stream_events(reply.text)
    assert events[-1] == "[DONE]"
    return text_of(events), events[-2]["choices"][0]["finish_reason"], events[-2]["grounding"]


def output_seen(reply, *, is_stream):
    """Return text, end and grounding of a reply with an output."""
    values = reply.json() if not is_stream else json.loads(reply.text.rstrip().rpartition("data: ")[2])["response"]
    return values["output"][0]["content"][0]["text"], values["status"], values["grounding"]


ENDPOINTS = {
    "/chat/completions": (completion, lambda text: map(event, chunks(text)), choices_seen),
    "/completions": (text_completion, lambda text: map(event, text_chunks(text)), choices_seen),
    "/responses": (response, lambda text: map(typed_event, response_events(text)), output_seen),
}


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name}, {'streamed' if case.is_stream else 'whole'}")
def test_what_a_client_sees(proxies, case, path):
    wire = proxies[case.block_status]
    wire.world.reset()
    wire.verifier.error = RuntimeError("out of memory") if case.is_down else None
    whole, streamed, seen = ENDPOINTS[path]
    kind = {"content-type": "text/event-stream" if case.is_stream else "application/json"}
    wire.upstream.will(Scripted([*streamed(case.answer)] if case.is_stream else [whole(case.answer)], headers=kind))

    body = {"model": "m", "messages": [], "prompt": "", "input": "", "stream": case.is_stream}
    reply = wire.send("POST", path, json=body, headers={"x-grounding-policy": case.policy})

    assert reply.status_code == case.status
    if case.status != 200:
        assert reply.json()["error"]["code"] == {400: "content_filter", 503: "guard_unavailable"}[case.status]
        assert reply.headers["x-should-retry" if case.status == 400 else "retry-after"]
        return
    text, end, grounding = seen(reply, is_stream=case.is_stream)
    assert (text, grounding["action"]) == (case.delivered, case.action)
    assert end == (case.response if path == "/responses" else case.finish)


def test_the_documentation_says_the_same():
    assert table() in DOCUMENTATION.read_text(encoding="utf-8")
