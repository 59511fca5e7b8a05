"""Whatever a client or an upstream sends, the answer is a plain error or a checked reply, and the proxy goes on."""

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes import Scripted, chunk, chunks, completion, event, usage_chunk
from groundwire.proxy.wire import text_parts

WRONG = "It is wrong."
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-3, 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "x", WRONG])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["text", "content", "index", "delta", "message"]), inner, max_size=3)
    ),
    max_leaves=6,
)
REQUEST = {
    "model": "gpt-4o",
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Fee?"}]},
    ],
    "n": 1,
    "stream_options": {"include_usage": True},
    "response_format": {"type": "text"},
    "tools": [],
    "grounding": {
        "policy": "default",
        "collections": ["default"],
        "documents": [{"id": "d", "text": "It is right."}],
        "metadata": {"a": "b"},
    },
}
unhurried = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])


def places(value, path=()):
    """Yield the path to each value inside a JSON value."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield (*path, step)
        yield from places(inner, (*path, step))


def changed(value, path, new):
    """Return a copy with another value at the path."""
    value = copy.deepcopy(value)
    target = value
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = new
    return value


def mutated(value):
    return st.builds(lambda path, new: changed(value, path, new), st.sampled_from(list(places(value))), VALUES)


@unhurried
@given(body=mutated(REQUEST))
def test_a_request_with_any_value_anywhere_is_served_or_refused(wire, body):
    wire.upstream.will_say("The fee is 5.")

    reply = wire.send("POST", "/chat/completions", json=body)

    assert reply.status_code in {200, 400, 404}, reply.text
    if reply.status_code != 200:
        assert {"message", "type", "param", "code"} == set(reply.json()["error"])


@unhurried
@given(
    body=st.binary(max_size=60)
    | st.text(max_size=60).map(str.encode)
    | VALUES.map(lambda value: json.dumps(value).encode())
)
def test_a_body_of_any_bytes_is_refused(wire, body):
    reply = wire.send("POST", "/chat/completions", content=body)

    assert reply.status_code == 400
    assert reply.json()["error"]["type"] == "invalid_request_error"


@unhurried
@given(reply=mutated(json.loads(completion("The fee is 5. " + WRONG, WRONG))))
def test_a_completion_with_any_value_anywhere_is_checked_or_refused(wire, reply):
    wire.upstream.will(Scripted([json.dumps(reply).encode()]))

    answer = wire.ask()

    assert answer.status_code in {200, 502}, answer.text
    if answer.status_code == 200:
        contents = [choice["message"].get("content") for choice in answer.json()["choices"]]
        assert WRONG not in "".join(text for content in contents for text in text_parts(content))


def said_in(stream):
    """Return what a client puts together from a stream: the contents of its choices, and nothing else in it."""
    frames = [json.loads(line[6:]) for line in stream.splitlines() if line.startswith("data: {")]
    deltas = [choice.get("delta", {}) for frame in frames for choice in frame.get("choices") or []]
    return "".join(text for delta in deltas if delta for text in text_parts(delta.get("content")))


@unhurried
@given(data=st.data())
def test_a_stream_with_any_value_anywhere_is_checked_or_ended(wire, data):
    whole = [*chunks("The fee is 5. ", WRONG)[:-1], chunk({"content": WRONG}, "stop", 1), usage_chunk()]
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] = data.draw(mutated(whole[place]))
    wire.upstream.will_stream(*whole, "[DONE]")

    answer = wire.ask(stream=True)

    assert answer.status_code in {200, 502}, answer.text
    assert WRONG not in said_in(answer.text)
    assert "broke on our side" not in answer.text
    assert "check of this answer broke" not in answer.text


@unhurried
@given(data=st.binary(max_size=80), cut=st.integers(0, 3))
def test_any_bytes_in_a_stream_end_it_in_good_order(wire, data, cut):
    start = b"".join(map(event, chunks("The fee is 5. Pay")[:cut]))
    wire.upstream.will_stream(start + data, event("[DONE]"))

    answer = wire.ask(stream=True)

    assert answer.status_code in {200, 502}, answer.text
    assert "broke on our side" not in answer.text


@pytest.mark.parametrize("tokens", [100_000])
def test_a_very_long_answer_arrives_whole_and_is_marked(wire, tokens):
    text = "The fee is 5 a day. " * (tokens // 6)
    wire.upstream.will_say(text)

    reply = wire.ask({"x-grounding-policy": "short"})

    assert reply.json()["choices"][0]["message"]["content"] == text
    assert reply.json()["grounding"]["coverage"]["skipped"][-1]["what"].endswith("to the end")


def test_a_very_long_stream_arrives_whole_and_is_marked(wire):
    pieces = ["The fee is", " 5 a day. "] * 5_000
    wire.upstream.will(Scripted([b"".join(map(event, chunks(*pieces)))], headers={"content-type": "text/event-stream"}))

    reply = wire.ask({"x-grounding-policy": "short"}, stream=True)

    texts = [json.loads(line[6:]) for line in reply.text.splitlines() if line.startswith("data: {")]
    assert "".join(one["choices"][0]["delta"].get("content") or "" for one in texts if one["choices"]) == "".join(
        pieces
    )
    assert texts[-1]["grounding"]["coverage"]["skipped"][-1]["what"].endswith("to the end")
