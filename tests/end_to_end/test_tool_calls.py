"""What a client sees of tool calls whose arguments are checked, on each endpoint that has them."""

import json

import pytest

from fakes import (
    RESPONSE_USAGE,
    USAGE,
    Die,
    Scripted,
    chunk,
    completion,
    event,
    response,
    response_events,
    text_of,
    typed_event,
    usage_chunk,
)
from groundwire.policy.policy import BLOCKED_MESSAGE
from tool_calls import (
    INPUT,
    MESSAGES,
    RIGHT,
    TARGET,
    WRONG,
    call,
    call_chunks,
    call_deltas,
    calls_in,
    function_events,
    function_item,
    message,
)

FLAGGED, BLOCKED, SHADOW = ({"x-grounding-policy": name} for name in ("tools", "strict tools", "tools in shadow"))
TOOL_RESULT = "tool result says amount 45.0, the call says 54.0"


def ask(wire, headers, **body):
    return wire.ask(headers, messages=MESSAGES, **body)


def ask_stream(wire, headers, **body):
    return wire.ask_stream(headers, messages=MESSAGES, **body)


def will_stream(wire, *choices):
    wire.upstream.will_stream(*(one for chunks in choices for one in chunks), "[DONE]")


def without_grounding(text):
    """Return what a client got besides the verdicts, which quote the arguments."""
    found = json.loads(text)
    found.pop("grounding", None)
    for choice in found.get("choices", ()):
        choice.pop("grounding", None)
    return json.dumps(found)


def sent_calls(events):
    """Return everything that was streamed, the verdicts aside."""
    return "".join(without_grounding(json.dumps(one)) for one in events if isinstance(one, dict))


def test_a_call_that_the_evidence_carries_is_delivered_as_it_is(wire):
    wire.upstream.will_say(message(call(RIGHT)))

    reply = ask(wire, FLAGGED)

    assert reply.content.startswith(completion(message(call(RIGHT)))[:-1])
    grounding = reply.json()["grounding"]
    assert (grounding["action"], grounding["label"], grounding["groundedness"]) == ("allow", "supported", 1.0)
    assert grounding["coverage"] == {"checked": 2, "skipped": []}
    assert [(one["text"], one["target"]) for one in grounding["claims"]] == [
        ("The amount of issue refund is 45.00", f"{TARGET}.amount"),
        ("The order id of issue refund is A-17", f"{TARGET}.order_id"),
    ]
    assert [RIGHT[one["start"] : one["end"]] for one in grounding["claims"]] == ["45.00", "A-17"]
    [first], [second] = (one["evidence"] for one in grounding["claims"])
    assert (first["source"], first["quote"], first["document_id"]) == (
        "tool_results",
        '"amount": 45.0',
        "tool_results:1",
    )
    assert second["quote"] == '"order_id": "A-17"'


def test_a_wrong_argument_is_flagged_and_delivered(wire):
    wire.upstream.will_say(message(call(WRONG)))

    reply = ask(wire, FLAGGED)

    assert reply.json()["choices"][0] | {"logprobs": None} == {
        "index": 0,
        "message": message(call(WRONG)),
        "logprobs": None,
        "finish_reason": "stop",
    }
    grounding = reply.json()["grounding"]
    assert (grounding["action"], grounding["label"]) == ("flag", "contradicted")
    assert grounding["claims"][0]["reason"] == TOOL_RESULT
    assert "correction" not in grounding["claims"][0]


def test_a_blocked_call_is_not_in_the_reply(wire):
    wire.upstream.will_say(message(call(WRONG), call("{}", "look_up", 1), content="I refund it."))

    reply = ask(wire, BLOCKED)

    [choice] = reply.json()["choices"]
    assert choice["message"] == {"role": "assistant", "content": BLOCKED_MESSAGE}
    assert choice["finish_reason"] == "content_filter"
    assert reply.json()["usage"] == USAGE
    assert reply.headers["x-grounding-action"] == "block"
    assert "54.0" not in without_grounding(reply.text)


@pytest.mark.parametrize("is_stream", [False, True], ids=["whole", "stream"])
def test_a_blocked_text_takes_its_calls_with_it(wire, is_stream):
    policy = {"x-grounding-policy": "strict with tools"}
    wire.upstream.will_say(message(call(RIGHT), content="It is wrong."))
    reply = None if is_stream else ask(wire, policy).json()
    will_stream(wire, call_chunks({"content": "It is wrong."}, *call_deltas(call(RIGHT), [RIGHT])))
    events = ask_stream(wire, policy) if is_stream else []

    said = text_of(events) if is_stream else reply["choices"][0]["message"]["content"]
    calls = calls_in(events) if is_stream else reply["choices"][0]["message"].get("tool_calls", [])
    assert (said, calls) == (BLOCKED_MESSAGE, [])
    if not is_stream:
        assert reply["grounding"]["coverage"] == {
            "checked": 1,
            "skipped": [{"what": TARGET, "why": "not checked, because the answer was blocked before"}],
        }


def test_the_stream_of_a_call_ends_up_like_the_whole_reply(wire):
    will_stream(wire, call_chunks(*call_deltas(call(RIGHT), ['{"amount": 4', '5.00, "order', '_id": "A-17"}'])))
    events = ask_stream(wire, FLAGGED)
    wire.upstream.will_say(message(call(RIGHT)))
    whole = ask(wire, FLAGGED).json()

    assert calls_in(events) == whole["choices"][0]["message"]["tool_calls"]
    assert events[-2]["choices"][0]["finish_reason"] == "tool_calls"
    assert events[-2]["grounding"]["claims"] == whole["grounding"]["claims"]
    assert events[-2]["grounding"]["coverage"] == whole["grounding"]["coverage"]


def test_no_byte_of_a_blocked_call_is_streamed(wire):
    pieces = ['{"amount":', " 54.0, ", '"order_id": "A-17"}']
    will_stream(wire, call_chunks({"content": "I refund it. "}, *call_deltas(call(WRONG), pieces)))

    events = ask_stream(wire, BLOCKED)

    assert calls_in(events) == []
    assert text_of(events) == f"I refund it.\n\n{BLOCKED_MESSAGE}"
    assert events[-2]["choices"][0]["finish_reason"] == "content_filter"
    assert events[-2]["grounding"]["action"] == "block"
    sent = sent_calls(events)
    assert not [piece for piece in ("issue_refund", "amount", "54.0", "A-17", "c0") if piece in sent]


def test_other_tools_and_text_go_on_while_a_call_is_held(wire):
    held, other = list(call_deltas(call(RIGHT), [RIGHT])), list(call_deltas(call("{}", "look_up", 1), ["{", "}"], 1))
    deltas = [held[0], other[0], held[1], {"content": "I refund it. So"}, *other[1:]]
    will_stream(wire, call_chunks(*deltas))

    events = ask_stream(wire, FLAGGED)

    sent = [one["choices"][0]["delta"] for one in events[:-1]]
    assert sent[1:4] == other
    assert [delta for delta in sent if delta.get("tool_calls")][-2:] == held
    assert calls_in(events) == [call(RIGHT), call("{}", "look_up", 1)]
    assert events[-2]["grounding"]["coverage"]["skipped"] == [
        {"what": "tool_calls[1].function.arguments", "why": "not checked"}
    ]


def test_each_choice_has_its_own_verdicts(wire):
    wire.upstream.will_say(message(call(RIGHT)), message(call(WRONG)), "The fee is 5.")
    whole = ask(wire, BLOCKED, n=3).json()
    streams = [call_chunks(*call_deltas(call(one), [one]), index=place) for place, one in enumerate((RIGHT, WRONG))]
    will_stream(wire, *streams, [chunk({"content": "The fee is 5."}, "stop", 2)])
    events = ask_stream(wire, BLOCKED, n=3)

    assert [one["message"].get("tool_calls") for one in whole["choices"]] == [[call(RIGHT)], None, None]
    assert [one["grounding"]["action"] for one in whole["choices"]] == ["allow", "block", "allow"]
    assert whole["grounding"]["action"] == "block"
    assert [calls_in(events, place) for place in range(3)] == [[call(RIGHT)], [], []]
    assert [text_of(events, place) for place in range(3)] == ["", BLOCKED_MESSAGE, "The fee is 5."]


@pytest.mark.parametrize("policy", [FLAGGED, BLOCKED], ids=["flag", "block"])
def test_the_single_call_of_old_is_checked_too(wire, policy):
    function = {"name": "issue_refund", "arguments": WRONG}
    wire.upstream.will_say({"role": "assistant", "content": None, "function_call": function})
    whole = ask(wire, policy).json()
    pieces = [{"function_call": {"name": "issue_refund", "arguments": ""}}, {"function_call": {"arguments": WRONG}}]
    will_stream(wire, [*(chunk(piece) for piece in pieces), chunk({}, "function_call")])
    events = ask_stream(wire, policy)

    said = [one["choices"][0]["delta"].get("function_call") for one in events[:-1]]
    is_blocked = policy is BLOCKED
    assert whole["choices"][0]["message"].get("function_call") == (None if is_blocked else function)
    assert [one for one in said if one] == ([] if is_blocked else [one["function_call"] for one in pieces])
    for grounding in (whole["grounding"], events[-2]["grounding"]):
        assert [one["target"] for one in grounding["claims"]] == [
            "function_call.arguments.amount",
            "function_call.arguments.order_id",
        ]
    assert events[-2]["choices"][0]["finish_reason"] == ("content_filter" if is_blocked else "function_call")


def test_shadow_delivers_at_once_and_records(wire):
    will_stream(wire, call_chunks(*call_deltas(call(WRONG), ['{"amount": 54.0, ', '"order_id": "A-17"}'])))

    events = ask_stream(wire, SHADOW)

    assert calls_in(events) == [call(WRONG)]
    assert [one["choices"][0]["finish_reason"] for one in events[:-1]][-2:] == [None, "tool_calls"]
    assert (events[-2]["grounding"]["action"], events[-2]["grounding"]["mode"]) == ("flag", "shadow")


@pytest.mark.parametrize("arguments", ['{"amount": 54.0', "[" * 5_000, "54 dollars"], ids=["cut", "deep", "no JSON"])
def test_arguments_that_are_no_json_are_unverified(wire, arguments):
    wire.upstream.will_say(message(call(arguments)))

    reply = ask(wire, BLOCKED)

    grounding = reply.json()["grounding"]
    assert (reply.status_code, grounding["action"], grounding["label"]) == (200, "flag", "unverified")
    assert grounding["coverage"] == {
        "checked": 0,
        "skipped": [{"what": TARGET, "why": "not checked, because the arguments are no valid JSON"}],
    }
    assert [(one["text"], one["target"]) for one in grounding["claims"]] == [(arguments, TARGET)]


@pytest.mark.parametrize("arguments", ["", "{}", " "])
def test_a_call_without_arguments_states_nothing(wire, arguments):
    wire.upstream.will_say(message(call(arguments)))

    reply = ask(wire, BLOCKED).json()

    assert (reply["grounding"]["action"], reply["grounding"]["claims"]) == ("allow", [])
    assert reply["choices"][0]["message"]["tool_calls"] == [call(arguments)]


def test_arguments_that_are_left_out_are_in_the_coverage(wire):
    wire.upstream.will_say(message(call('{"amount": 45.0, "express": true, "reason": "late", "note": null}')))

    skipped = ask(wire, FLAGGED).json()["grounding"]["coverage"]["skipped"]

    assert [(entry["what"].removeprefix(TARGET), entry["why"]) for entry in skipped] == [
        (".express", "not among the arguments that the policy names"),
        (".reason", "not among the arguments that the policy names"),
    ]


@pytest.mark.parametrize("path", ["/chat/completions", "/responses"])
def test_a_value_that_the_tool_lists_is_no_claim(wire, path):
    parameters = {"properties": {"order_id": {"enum": ["A-17", "all"]}}}
    function = {"name": "issue_refund", "parameters": parameters}
    arguments = '{"order_id": "all"}'
    is_chat = path == "/chat/completions"
    body = completion(message(call(arguments))) if is_chat else response(function_item(arguments))
    wire.upstream.will(Scripted([body]))
    tool = {"type": "function", "function": function} if is_chat else {"type": "function", **function}

    asked = {"model": "m", "messages": MESSAGES, "input": INPUT, "tools": [tool]}
    grounding = wire.send("POST", path, json=asked, headers=BLOCKED).json()["grounding"]

    assert (grounding["action"], grounding["claims"]) == ("allow", [])
    assert [entry["why"] for entry in grounding["coverage"]["skipped"]] == [
        "not checked, because the tool lists its values"
    ]


def test_longer_texts_are_checked_like_answers(wire):
    arguments = json.dumps({"note": "Hello! The fee is 5 dollars.\nIt is wrong."})
    wire.upstream.will_say(message(call(arguments)))

    grounding = ask(wire, FLAGGED).json()["grounding"]

    assert [(one["text"], one["label"], one["target"]) for one in grounding["claims"]] == [
        ("The fee is 5 dollars.", "supported", f"{TARGET}.note"),
        ("It is wrong.", "contradicted", f"{TARGET}.note"),
    ]
    assert [arguments[one["start"] : one["end"]] for one in grounding["claims"]] == [
        "The fee is 5 dollars.",
        "It is wrong.",
    ]
    assert grounding["action"] == "flag"


def test_the_event_keeps_the_call_and_its_verdicts(wire):
    wire.upstream.will_say(message(call(WRONG), content="I refund it."))
    ask(wire, FLAGGED)
    wire.upstream.will_say(message(call(WRONG)))
    ask(wire, BLOCKED)

    flagged, blocked = wire.events
    assert flagged.delivered == f"I refund it.\nissue_refund({WRONG})"
    assert blocked.delivered == BLOCKED_MESSAGE
    assert [(one.target, one.name, one.arguments) for one in blocked.report.calls] == [(TARGET, "issue_refund", WRONG)]
    assert [one.claim.target for one in blocked.report.verdicts] == [f"{TARGET}.amount", f"{TARGET}.order_id"]


def test_a_check_that_breaks_is_an_outage(wire):
    wire.verifier.error = RuntimeError("out of memory")
    unheard = '{"note": "B-9"}'
    wire.upstream.will_say(message(call(unheard)))
    whole = ask(wire, FLAGGED)
    will_stream(wire, call_chunks(*call_deltas(call(unheard), [unheard])))
    events = ask_stream(wire, FLAGGED)

    assert (whole.status_code, whole.json()["error"]["code"]) == (503, "guard_unavailable")
    assert (calls_in(events), text_of(events)) == ([], BLOCKED_MESSAGE)


def test_a_stream_that_breaks_off_delivers_nothing_of_the_call(wire):
    deltas = call_chunks(*call_deltas(call(RIGHT), ['{"amount": 45.0']))[:-1]
    wire.upstream.will(Scripted([*map(event, deltas), Die()], headers={"content-type": "text/event-stream"}))

    reply = ask(wire, FLAGGED, stream=True)

    assert "closed the connection" in reply.text
    assert "issue_refund" not in reply.text


def test_arguments_do_not_leave_before_their_tool_is_named(wire):
    nameless = {"index": 0, "id": "c0", "type": "function", "function": {"arguments": WRONG}}
    named = {"index": 0, "function": {"name": "issue_refund"}}
    will_stream(wire, call_chunks({"tool_calls": [nameless]}, {"tool_calls": [named]}))

    assert calls_in(ask_stream(wire, BLOCKED)) == []


def test_a_name_in_two_pieces_is_one_name(wire):
    first = {"index": 0, "id": "c0", "type": "function", "function": {"name": "issue_", "arguments": ""}}
    rest = {"index": 0, "function": {"name": "refund", "arguments": WRONG}}
    will_stream(wire, call_chunks({"tool_calls": [first]}, {"tool_calls": [rest]}))

    assert "54.0" not in sent_calls(ask_stream(wire, BLOCKED))


def test_a_tool_that_is_named_after_its_arguments_ends_the_stream(wire):
    first = {"index": 0, "id": "c0", "type": "function", "function": {"name": "issue_", "arguments": "{}"}}
    rest = {"index": 0, "function": {"name": "refund", "arguments": ""}}
    will_stream(wire, call_chunks({"tool_calls": [first]}, {"tool_calls": [rest]}))

    assert "after arguments" in ask_stream(wire, BLOCKED)[-1]["error"]["message"]


def test_the_usage_comes_behind_the_call(wire):
    will_stream(wire, call_chunks(*call_deltas(call(RIGHT), [RIGHT])), [usage_chunk()])

    events = ask_stream(wire, FLAGGED, stream_options={"include_usage": True})

    assert (calls_in(events), events[-2]["usage"]) == ([call(RIGHT)], USAGE)
    assert events[-3]["grounding"]["claims"]


def test_a_custom_call_is_named_as_not_checked(wire):
    custom = {"id": "c0", "type": "custom", "custom": {"name": "issue_refund", "input": "54"}}
    wire.upstream.will_say(message(custom))

    reply = ask(wire, BLOCKED).json()

    assert reply["choices"][0]["message"]["tool_calls"] == [custom]
    assert reply["grounding"]["coverage"]["skipped"] == [
        {"what": "tool_calls[0]", "why": "not checked, because it is no function's"}
    ]


def test_with_json_asked_for_a_call_is_checked_all_the_same(wire):
    wire.upstream.will_say(message(call(WRONG)), message(call(WRONG), content='{"fee": "It is 5."}'))

    reply = ask(wire, BLOCKED, response_format={"type": "json_object"}).json()

    assert [one["message"] for one in reply["choices"]] == [{"role": "assistant", "content": BLOCKED_MESSAGE}] * 2


def respond(wire, headers, *items):
    wire.upstream.will(Scripted([response(*items)]))
    return wire.respond(headers, input=INPUT).json()


def respond_stream(wire, headers, events):
    wire.upstream.will_stream(*map(typed_event, events))
    return wire.respond_stream(headers, input=INPUT)


def test_a_call_of_a_response_is_flagged_and_delivered(wire):
    reply = respond(wire, FLAGGED, "I refund it.", function_item(WRONG, place=1), {"type": "reasoning", "id": "r"})

    called = reply["output"][1]
    assert {name: value for name, value in called.items() if name != "grounding"} == function_item(WRONG, place=1)
    assert (reply["status"], reply["grounding"]["action"]) == ("completed", "flag")
    assert reply["grounding"] == called["grounding"]
    assert [one["target"] for one in called["grounding"]["claims"]] == [
        "output[1].arguments.amount",
        "output[1].arguments.order_id",
    ]
    assert called["grounding"]["coverage"]["skipped"] == [
        {"what": "output[2] of type 'reasoning'", "why": "not checked"}
    ]
    assert reply["output"][0]["content"][0]["grounding"]["action"] == "allow"
    assert [event.delivered for event in wire.events] == ["I refund it.", f"issue_refund({WRONG})"]


def test_a_blocked_call_of_a_response_is_a_message_instead(wire):
    reply = respond(wire, BLOCKED, function_item(WRONG), function_item("{}", "look_up", 1))

    assert (reply["status"], reply["incomplete_details"]) == ("incomplete", {"reason": "content_filter"})
    [said, other] = reply["output"]
    assert (said["type"], said["status"], said["content"][0]["text"]) == ("message", "incomplete", BLOCKED_MESSAGE)
    assert other == function_item("{}", "look_up", 1)
    assert reply["usage"] == RESPONSE_USAGE
    assert "54.0" not in without_grounding(json.dumps(reply))


@pytest.mark.parametrize(("policy", "arguments"), [(FLAGGED, WRONG), (BLOCKED, RIGHT), (SHADOW, WRONG)])
def test_a_streamed_call_of_a_response_comes_as_it_was_sent(wire, policy, arguments):
    sent = function_events([arguments[:9], arguments[9:]])

    events = respond_stream(wire, policy, sent)

    assert [without_grounding(json.dumps(one)) for one in events[:-1]] == [json.dumps(one) for one in sent[:-1]]
    final = events[-1]["response"]
    assert (final["output"], final["status"]) == ([function_item(arguments)], "completed")
    assert final["grounding"]["action"] == ("allow" if arguments == RIGHT else "flag")


def test_arguments_that_come_before_their_pieces_are_taken_away(wire):
    sent = function_events([RIGHT[:9], RIGHT[9:]])
    opening = sent[1]["item"]
    sent[1]["item"] = {**opening, "arguments": RIGHT}

    events = respond_stream(wire, BLOCKED, sent)

    assert events[1]["item"] == opening
    assert "".join(one.get("delta", "") for one in events) == RIGHT


def test_no_byte_of_a_blocked_call_of_a_response_is_streamed(wire):
    events = respond_stream(wire, BLOCKED, function_events([WRONG[:9], WRONG[9:]]))

    assert [one["sequence_number"] for one in events] == list(range(len(events)))
    assert [one["type"].removeprefix("response.") for one in events] == [
        "created",
        "output_item.added",
        "content_part.added",
        "output_text.delta",
        "output_text.done",
        "content_part.done",
        "output_item.done",
        "incomplete",
    ]
    final = events[-1]["response"]
    assert events[-2]["item"] == final["output"][0]
    assert final["output"][0]["content"][0]["text"] == BLOCKED_MESSAGE
    assert (final["status"], final["incomplete_details"]) == ("incomplete", {"reason": "content_filter"})
    final.pop("grounding")
    sent = json.dumps(events)
    assert not [piece for piece in ("issue_refund", "amount", "54.0", "A-17") if piece in sent]


def test_what_comes_behind_a_held_call_keeps_its_place(wire):
    items = ["I refund it.", function_item(WRONG, place=1), "The fee is 5.", function_item("{}", "look_up", 3)]
    sent = response_events(*items)

    events = respond_stream(wire, BLOCKED, sent)

    added = [one["output_index"] for one in events if one["type"] == "response.output_item.added"]
    assert added == [0, 1, 2, 3]
    texts = [one["delta"] for one in events if one["type"] == "response.output_text.delta"]
    assert texts == ["I refund it.", BLOCKED_MESSAGE, "The fee is 5."]
    kinds = [one["type"] for one in events if one.get("output_index") == 2]
    assert kinds == [one["type"] for one in sent if one.get("output_index") == 2]
    assert [item["type"] for item in events[-1]["response"]["output"]] == [
        "message",
        "message",
        "message",
        "function_call",
    ]
    assert events[-1]["response"] == {**respond(wire, BLOCKED, *items)} | {
        "grounding": events[-1]["response"]["grounding"],
        "output": events[-1]["response"]["output"],
    }


def tell_the_name_late(events):
    events[1]["item"]["name"] = "look_up"


@pytest.mark.parametrize(
    "change",
    [
        lambda events: events[2].update(delta="{}"),
        lambda events: events[4].update(arguments="{}"),
        lambda events: events[5]["item"].update(arguments="{}"),
        lambda events: events[6]["response"]["output"][0].update(arguments="{}"),
        lambda events: events[5]["item"].update(name="look_up"),
        tell_the_name_late,
        lambda events: events.pop(1),
        lambda events: events[2].update(type="response.output_text.delta"),
        lambda events: (events.pop(5), events[-1]["response"].update(output=[])),
    ],
    ids=["delta", "done", "item", "final", "other name", "late name", "no opening", "as text", "no end"],
)
def test_a_call_that_contradicts_itself_ends_the_stream(wire, change):
    sent = function_events([WRONG[:9], WRONG[9:]])
    change(sent)

    wire.upstream.will_stream(*map(typed_event, sent))
    reply = wire.respond(BLOCKED, input=INPUT, stream=True)

    # Where nothing was sent yet, the error is the whole reply.
    assert "upstream_error" in reply.text
    assert "The upstream 'fake' " in reply.text
    assert "response.incomplete" not in reply.text
    assert "response.completed" not in reply.text
    # Until the name is told, it is another tool's call.
    assert "54.0" not in reply.text or change is tell_the_name_late


def test_a_failed_response_has_nothing_of_the_call(wire):
    sent = function_events([WRONG])
    failed = {"type": "response.failed", "response": {**sent[-1]["response"], "status": "failed"}}

    events = respond_stream(wire, BLOCKED, [*sent[:-1], failed])

    assert events[-1]["type"] == "response.failed"
    assert "54.0" not in json.dumps(events)


def test_broken_arguments_of_a_response_are_unverified(wire):
    reply = respond(wire, BLOCKED, function_item('{"amount": 54'))

    assert (reply["grounding"]["label"], reply["grounding"]["action"]) == ("unverified", "flag")
