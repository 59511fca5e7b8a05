"""However an upstream cuts a stream of tool calls, a client ends up with what a whole reply has."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes import Scripted, chunk, completion, event, response, text_of, typed_event
from fakes import stream_events as chunks_of
from groundwire.policy.policy import BLOCKED_MESSAGE
from tool_calls import INPUT, MESSAGES, call, call_deltas, calls_in, function_events, function_item, message

unhurried = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])

# Some are in what was said before, some are nowhere, some contradict it, and two names are a part of another.
VALUES = st.sampled_from([45.0, 45, 54.5, "A-17", "B-9", "A-1", "", None, True, "It is wrong. So is 6.", "é😀", '"\\n'])
ARGUMENTS = st.dictionaries(st.sampled_from(["amount", "order_id", "note", "x"]), VALUES, max_size=3)
NAMES = st.sampled_from(["issue_refund", "issue", "refund", "look_up"])
TEXTS = st.sampled_from(["", "The fee is 5.", "I refund it. The fee is 6."])
CALLS = st.lists(st.tuples(NAMES, ARGUMENTS.map(lambda values: json.dumps(values, ensure_ascii=False))), max_size=3)
POLICIES = st.sampled_from(["tools", "strict tools", "tools in shadow", "default"])


def cut(data, text):
    places = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    return [text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)]


def in_turn(data, streams):
    """Return the items of several lists in a random order that keeps each list's own."""
    left, mixed = [list(one) for one in streams if one], []
    while left:
        place = data.draw(st.integers(0, len(left) - 1))
        mixed.append(left[place].pop(0))
        left = [one for one in left if one]
    return mixed


def deltas(data, text, calls):
    streams = [[{"content": piece} for piece in cut(data, text) if piece]]
    streams += [list(call_deltas(one, cut(data, one["function"]["arguments"]), n)) for n, one in enumerate(calls)]
    return in_turn(data, streams)


@unhurried
@given(text=TEXTS, called=CALLS, policy=POLICIES, data=st.data())
def test_a_stream_of_calls_ends_up_like_the_whole_reply(wire, text, called, policy, data):
    calls = [call(arguments, name, number) for number, (name, arguments) in enumerate(called)]
    headers = {"x-grounding-policy": policy}
    sent = [*map(chunk, deltas(data, text, calls)), chunk({}, "tool_calls"), "[DONE]"]
    body = b"".join(map(event, sent))
    pieces = cut(data, body)
    wire.upstream.will(Scripted(pieces, headers={"content-type": "text/event-stream"}))
    streamed = wire.ask(headers, messages=MESSAGES, stream=True).text
    wire.upstream.will(Scripted([completion({**message(*calls), "content": text})]))
    whole = wire.ask(headers, messages=MESSAGES).json()

    events, [choice] = chunks_of(streamed), whole["choices"]
    grounding = events[-2]["grounding"]
    assert (grounding["action"], grounding["label"]) == (whole["grounding"]["action"], whole["grounding"]["label"])
    assert grounding["claims"] == whole["grounding"]["claims"]
    key = json.dumps
    assert sorted(map(key, grounding["coverage"]["skipped"])) == sorted(
        map(key, whole["grounding"]["coverage"]["skipped"])
    )
    if choice["finish_reason"] == "content_filter":
        assert events[-2]["choices"][0]["finish_reason"] == "content_filter"
        assert "tool_calls" not in choice["message"]
        assert text_of(events).endswith(BLOCKED_MESSAGE)
        # Other tools' calls had left before; of a checked one nothing may.
        assert {one["function"]["name"] for one in calls_in(events)} <= {"issue", "look_up"}
        return
    assert text_of(events) == (choice["message"]["content"] or "")
    assert calls_in(events) == choice["message"]["tool_calls"]


@unhurried
@given(name=NAMES, arguments=ARGUMENTS.map(json.dumps), policy=POLICIES, data=st.data())
def test_a_streamed_call_of_a_response_ends_up_like_the_whole_one(wire, name, arguments, policy, data):
    headers = {"x-grounding-policy": policy}
    body = b"".join(map(typed_event, function_events(cut(data, arguments), name)))
    wire.upstream.will(Scripted(cut(data, body), headers={"content-type": "text/event-stream"}))
    streamed = wire.respond(headers, input=INPUT, stream=True).text
    wire.upstream.will(Scripted([response(function_item(arguments, name))]))
    whole = wire.respond(headers, input=INPUT).json()

    events = [json.loads(line[6:]) for line in streamed.splitlines() if line.startswith("data: {")]
    final = events[-1]["response"]
    assert [one["sequence_number"] for one in events] == list(range(len(events)))
    assert (final["output"], final["status"]) == (whole["output"], whole["status"])
    assert final["grounding"]["claims"] == whole["grounding"]["claims"]
    pieces = [one["delta"] for one in events if one["type"] == "response.function_call_arguments.delta"]
    assert "".join(pieces) == ("" if final["status"] == "incomplete" else arguments)
