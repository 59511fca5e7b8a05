"""Streamed responses over the wire."""

import json

import httpx
import pytest

from fakes import (
    FUNCTION_CALL,
    RESPONSE_USAGE,
    Stall,
    message_item,
    response_events,
    text_part,
    typed_event,
)
from groundwire.domain import Action, Outcome

BLOCKED = "I can't confirm that from our documents. Please contact support."
STRICT = {"x-grounding-policy": "strict"}
CALL = {**FUNCTION_CALL, "arguments": '{"a": "x"}'}
REASONING = {"id": "rs_1", "type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}]}


def will_stream(wire, events):
    wire.upstream.will_stream(*(typed_event(one) if isinstance(one, dict) else one for one in events))


def deltas(events, item=0, part=0):
    own = [one for one in events if one["type"] == "response.output_text.delta"]
    return "".join(one["delta"] for one in own if (one["output_index"], one["content_index"]) == (item, part))


def repeated(events, item=0, part=0):
    """Return every place that repeats a text: the closing events and the final output."""
    found = []
    for one in events:
        at = (one.get("output_index"), one.get("content_index"))
        if one["type"] == "response.output_text.done" and at == (item, part):
            found.append(one["text"])
        if one["type"] == "response.content_part.done" and at == (item, part):
            found.append(one["part"]["text"])
        if one["type"] == "response.output_item.done" and one["output_index"] == item:
            found.append(one["item"]["content"][part]["text"])
    return [*found, events[-1]["response"]["output"][item]["content"][part]["text"]]


def assert_gapless(events):
    assert [one["sequence_number"] for one in events] == list(range(len(events)))


def test_a_supported_stream_keeps_its_events(wire):
    sent = response_events(["The fee", " is 5. And", " so on."])
    will_stream(wire, sent)

    events = wire.respond_stream()

    assert deltas(events) == "The fee is 5. And so on."
    assert [one["type"] for one in events if "delta" not in one] == [one["type"] for one in sent if "delta" not in one]
    assert events[-1]["response"].pop("grounding")["action"] == "allow"
    assert events[-1]["response"] == sent[-1]["response"]
    assert_gapless(events)
    assert (wire.events[0].is_stream, wire.events[0].usage) == (True, RESPONSE_USAGE)


def test_the_type_is_named_beside_the_data(wire):
    will_stream(wire, response_events("It is wrong."))

    reply = wire.respond(STRICT, stream=True)

    blocks = [block.split("\n") for block in reply.text.split("\n\n") if block]
    assert all(json.loads(data[6:])["type"] == name.removeprefix("event: ") for name, data in blocks)
    assert blocks[-1][0] == "event: response.incomplete"


@pytest.mark.parametrize(
    ("policy", "delivered", "status", "action"),
    [
        ("default", "The fee is 5. It is right.", "completed", "rewrite"),
        ("strict", f"The fee is 5.\n\n{BLOCKED}", "incomplete", "block"),
        ("shadow", "The fee is 5. It is wrong.", "completed", "rewrite"),
    ],
)
def test_deltas_closing_events_and_final_output_agree(wire, policy, delivered, status, action):
    will_stream(wire, response_events(["The fee", " is 5. It is", " wrong."], output_text="The fee is 5. It is wrong."))

    events = wire.respond_stream({"x-grounding-policy": policy})

    final = events[-1]["response"]
    assert [deltas(events), *repeated(events)] == [delivered] * 5
    assert final["output_text"] == delivered
    assert (events[-1]["type"], final["status"]) == (f"response.{status}", status)
    assert final["incomplete_details"] == ({"reason": "content_filter"} if status == "incomplete" else None)
    assert final["output"][0]["status"] == status
    assert (final["grounding"]["action"], final["usage"]) == (action, RESPONSE_USAGE)
    assert_gapless(events)
    assert wire.events[0].delivered == delivered


def test_no_byte_of_a_blocked_claim_leaves(wire):
    will_stream(wire, response_events(["It is", " wrong. Pay."]))

    events = wire.respond_stream(STRICT)

    final = events[-1]["response"]
    claims = final.pop("grounding")["claims"]
    assert claims[0]["text"] == "It is wrong."
    assert "wrong" not in json.dumps(events)


def test_what_repeats_a_text_waits_and_all_else_passes_at_once(wire):
    sent = response_events(REASONING, ["The fee is 5. And"], CALL)
    will_stream(wire, sent)

    events = wire.respond_stream()

    types = [one["type"] for one in events]
    assert types.index("response.function_call_arguments.delta") < types.index("response.output_text.done")
    assert deltas(events, 1) == "The fee is 5. And"
    assert events[-1]["response"]["output"] == sent[-1]["response"]["output"]
    assert [entry["what"] for entry in events[-1]["response"]["grounding"]["coverage"]["skipped"]] == [
        "output[0] of type 'reasoning'",
        "output[2] of type 'function_call'",
    ]
    assert_gapless(events)


def test_a_claim_is_released_while_the_upstream_still_writes(wire):
    sent = response_events(["The fee is 5. It is", " wrong."])
    stall, [_, second] = Stall(), [place for place, one in enumerate(sent) if "delta" in one]
    will_stream(wire, [*sent[:second], stall, *sent[second:]])
    seen = ""

    with httpx.stream("POST", f"{wire.url}/responses", json={"model": "m", "stream": True}, timeout=10) as reply:
        lines = reply.iter_lines()
        while "The fee is 5." not in seen:
            seen += next(lines)
        assert "It is" not in seen
        stall.release()
        seen += "".join(lines)

    assert "It is right." in seen


def test_every_part_is_checked_and_has_its_own_grounding(wire):
    refusal = {"type": "refusal", "refusal": "I can't."}
    will_stream(wire, response_events(message_item("The fee is 5.", refusal, "It is wrong."), ["It is", " perhaps 9."]))

    events = wire.respond_stream()

    assert [deltas(events, 0, 0), deltas(events, 0, 2), deltas(events, 1)] == [
        "The fee is 5.",
        "It is right.",
        "It is perhaps 9.",
    ]
    assert set(repeated(events, 0, 2)) == {"It is right."}
    output = events[-1]["response"]["output"]
    parts = [output[0]["content"][0], output[0]["content"][2], output[1]["content"][0]]
    assert [part["grounding"]["action"] for part in parts] == ["allow", "rewrite", "flag"]
    assert events[-1]["response"]["grounding"] == parts[1]["grounding"]
    assert {entry["what"] for entry in parts[0]["grounding"]["coverage"]["skipped"]} == {"output[0].content[1].refusal"}
    assert_gapless(events)


def test_one_blocked_part_makes_the_response_incomplete(wire):
    will_stream(wire, response_events("It is wrong.", "The fee is 5."))

    events = wire.respond_stream(STRICT)

    output = events[-1]["response"]["output"]
    assert events[-1]["type"] == "response.incomplete"
    assert [item["status"] for item in output] == ["incomplete", "completed"]
    assert [item["content"][0]["text"] for item in output] == [BLOCKED, "The fee is 5."]


def test_a_stream_without_text_is_recorded_too(wire):
    will_stream(wire, response_events(CALL))

    events = wire.respond_stream()

    assert events[-1]["response"]["output"] == [CALL]
    assert events[-1]["response"]["grounding"]["coverage"]["checked"] == 0
    assert wire.events[0].report.answer == ""


def test_a_stream_that_can_not_be_recorded_is_incomplete_under_a_closed_policy(wire):
    wire.world.events.is_down = True
    will_stream(wire, response_events(["The fee is 5. And", " so on."]))

    events = wire.respond_stream()

    assert events[-1]["type"] == "response.incomplete"
    assert deltas(events).endswith(BLOCKED)
    assert "so on" not in deltas(events)
    assert set(repeated(events)) == {deltas(events)}


def test_a_call_that_can_not_be_recorded_is_incomplete_too(wire):
    wire.world.events.is_down = True
    will_stream(wire, response_events(CALL))

    events = wire.respond_stream()

    assert (events[-1]["type"], deltas(events)) == ("response.incomplete", "")


@pytest.mark.parametrize(("text", "is_kept"), [("It is right.", True), ("It is wrong.", False)])
def test_what_points_into_a_text_goes_when_the_text_is_another(wire, text, is_kept):
    note = {"type": "url_citation", "start_index": 0, "end_index": 5, "url": "https://x.example", "title": "X"}
    part = text_part(text, annotations=[note], logprobs=[{"token": "It", "logprob": -0.1}])
    will_stream(wire, response_events(message_item(part)))

    events = wire.respond_stream()

    kept = [one["annotation"] for one in events if one["type"] == "response.output_text.annotation.added"]
    final = events[-1]["response"]["output"][0]["content"][0]
    assert kept == final["annotations"] == ([note] if is_kept else [])
    assert final["logprobs"] == (part["logprobs"] if is_kept else [])
    named = [entry["what"] for entry in events[-1]["response"]["grounding"]["coverage"]["skipped"]]
    assert named == ([] if is_kept else ["logprobs", "annotations"])
    assert_gapless(events)


def test_text_that_comes_before_its_deltas_is_taken_away(wire):
    sent = response_events("It is wrong.")
    for one in sent:
        if one["type"] == "response.content_part.added":
            one["part"] = text_part("It is wrong.")
        if one["type"] == "response.output_item.added":
            one["item"] = message_item("It is wrong.")
        if one["type"] == "response.in_progress":
            one["response"] = {**sent[-1]["response"], "output_text": "It is wrong."}
    will_stream(wire, sent)

    events = wire.respond_stream(STRICT)

    events[-1]["response"].pop("grounding")
    assert "wrong" not in json.dumps(events)
    assert set(repeated(events)) == {BLOCKED}


def test_text_that_is_added_after_its_end_is_an_error_of_the_upstream(wire):
    said, more = response_events("The fee is 5."), response_events("The fee is 5. It is wrong.")
    at = [one["type"] for one in said].index("response.output_text.done") + 1
    will_stream(wire, said[:at] + more[at:])

    reply = wire.respond(stream=True)

    assert "a text that differs from its deltas" in reply.text
    assert "wrong" not in reply.text


def test_text_that_comes_only_whole_is_checked(wire):
    sent = [one for one in response_events("It is wrong.") if "delta" not in one]
    will_stream(wire, sent)

    events = wire.respond_stream()

    assert {deltas(events), *repeated(events)} == {"It is right."}


@pytest.mark.parametrize(
    ("ending", "message"),
    [
        ([], "closed its stream before the end"),
        ([b"data: {oops\n\n"], "not valid JSON"),
        ([b"data: [1]\n\n"], "not a JSON object"),
        ([{"type": "response.output_text.done", "output_index": 0, "content_index": 0, "text": "X"}], "differs"),
        ([{"type": "response.output_text.delta", "output_index": 0, "content_index": 0, "delta": {}}], "no text"),
        ([{"type": "response.new.delta", "output_index": 0, "delta": "It is wrong."}], "'response.new.delta'"),
        ([{"type": "response.new", "output_index": 0, "item": message_item("It is wrong.")}], "'response.new'"),
        ([b'data: {"choices": [{"delta": {"content": "It is wrong."}}]}\n\n'], "of type ''"),
        ([{"type": "response.completed", "response": {}}], "no list of items"),
    ],
    ids=[
        "ended early",
        "broken JSON",
        "no object",
        "another text",
        "no text",
        "unknown text",
        "unknown item",
        "chunk",
        "no output",
    ],
)
def test_when_the_upstream_fails_mid_stream_the_verified_part_and_an_error_are_delivered(wire, ending, message):
    sent = response_events(["The fee is 5. It is"])
    will_stream(wire, [*sent[:5], *ending])

    events = wire.respond_stream()

    assert deltas(events) == "The fee is 5."
    assert (events[-1]["type"], events[-1]["code"]) == ("error", "upstream_error")
    assert message in events[-1]["message"]
    assert_gapless(events)
    assert (wire.events[0].outcome, wire.events[0].delivered) == (Outcome.UPSTREAM_FAILED, "The fee is 5.")


def test_a_failure_that_the_upstream_reports_repeats_no_unchecked_text(wire):
    sent = response_events(["The fee is 5. It is wr"])
    error = {"code": "server_error", "message": "overloaded"}
    failed = {**sent[-1]["response"], "status": "failed", "error": error}
    will_stream(wire, [*sent[:5], {"type": "response.failed", "response": failed}])

    events = wire.respond_stream()

    assert (events[-1]["type"], events[-1]["response"]["error"]) == ("response.failed", error)
    assert events[-1]["response"]["output"][0]["content"][0]["text"] == deltas(events) == "The fee is 5."
    assert_gapless(events)


def test_an_error_event_of_the_upstream_passes_through(wire):
    will_stream(wire, [*response_events("")[:2], {"type": "error", "code": "x", "message": "no", "param": None}])

    events = wire.respond_stream()

    assert (events[-1]["type"], events[-1]["message"], events[-1]["sequence_number"]) == ("error", "no", 2)


def test_before_the_first_byte_a_failure_is_a_502(wire):
    wire.upstream.will_stream(b": nothing\n\n")

    assert wire.respond(stream=True).status_code == 502


def test_an_upstreams_own_incompleteness_stays(wire):
    extra = {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
    will_stream(wire, response_events(["The fee", " is 5. And"], **extra))

    final = wire.respond_stream()[-1]

    assert (final["type"], final["response"]["incomplete_details"]) == (
        "response.incomplete",
        extra["incomplete_details"],
    )


def test_numbers_go_on_from_where_the_upstream_begins(wire):
    sent = [{**one, "sequence_number": one["sequence_number"] + 7} for one in response_events(["It is", " wrong."])]
    will_stream(wire, sent)

    numbers = [one["sequence_number"] for one in wire.respond_stream()]

    assert numbers == list(range(7, 7 + len(numbers)))


def test_mode_off_relays_the_bytes(wire):
    sent = response_events("It is wrong.")
    will_stream(wire, sent)

    reply = wire.respond({"x-grounding-mode": "off"}, stream=True)

    assert reply.content == b"".join(map(typed_event, sent))
    assert reply.headers["x-grounding-coverage"] == "unguarded"


def test_a_guard_failure_mid_stream_is_incomplete_under_a_closed_policy_and_flagged_under_an_open_one(wire):
    wire.verifier.error = RuntimeError("out of memory")
    will_stream(wire, response_events("Hello! The fee is 5."))

    closed = wire.respond_stream()
    opened = wire.respond_stream({"x-grounding-policy": "open"})

    assert (closed[-1]["type"], deltas(closed)) == ("response.incomplete", f"Hello!\n\n{BLOCKED}")
    assert (opened[-1]["type"], deltas(opened)) == ("response.completed", "Hello! The fee is 5.")
    assert wire.events[1].action is Action.FLAG
