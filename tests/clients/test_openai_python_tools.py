"""The `openai` package for Python with tools whose arguments are checked."""

import openai
import pytest

from client_contract import MESSAGE
from fakes import Scripted, chunk, response, response_events, typed_event
from tool_calls import INPUT, MESSAGES, RIGHT, WRONG, call, call_chunks, call_deltas, function_events, function_item
from tool_calls import message as with_calls

FLAGGED, BLOCKED = ({"x-grounding-policy": name} for name in ("tools", "strict tools"))
PARAMETERS = {
    "type": "object",
    "properties": {"amount": {"type": "number"}, "order_id": {"type": "string"}},
    "required": ["amount", "order_id"],
    "additionalProperties": False,
}
FUNCTION = {"name": "issue_refund", "description": "Pay money back.", "strict": True, "parameters": PARAMETERS}
CHAT = {
    "model": "gpt-4o",
    "messages": [MESSAGES[0], MESSAGES[2]],
    "tools": [{"type": "function", "function": FUNCTION}],
}
RESPONSES = {"model": "gpt-4o", "input": INPUT, "tools": [{"type": "function", **FUNCTION}]}
PIECES = [WRONG[:5], WRONG[5:14], WRONG[14:]]


@pytest.fixture
def client(wire):
    with openai.OpenAI(base_url=wire.url, api_key="none", max_retries=0) as client:
        yield client


def will_stream(wire, arguments=WRONG, pieces=PIECES):
    deltas = [{"content": "I refund it."}, *call_deltas(call(arguments), pieces)]
    wire.upstream.will_stream(*call_chunks(*deltas), chunk({}, None), "[DONE]")


def put_together(stream):
    """Return the text, the arguments by name, the last reason and the verdicts of a stream."""
    text, names, arguments, reason, grounding = "", [], "", None, None
    for part in stream:
        grounding = getattr(part, "grounding", None) or grounding
        for choice in part.choices:
            text += choice.delta.content or ""
            reason = choice.finish_reason or reason
            for piece in choice.delta.tool_calls or ():
                names += [piece.function.name] if piece.function.name else []
                arguments += piece.function.arguments or ""
    return text, names, arguments, reason, grounding


def test_a_call_with_its_verdicts(client, wire):
    wire.upstream.will_say(with_calls(call(RIGHT)))

    reply = client.chat.completions.create(**CHAT, extra_headers=BLOCKED)

    [made] = reply.choices[0].message.tool_calls
    assert (made.function.name, made.function.arguments) == ("issue_refund", RIGHT)
    assert [claim["label"] for claim in reply.grounding["claims"]] == ["supported", "supported"]
    assert reply.grounding["coverage"] == {"checked": 2, "skipped": []}


def test_a_wrong_call_is_flagged(client, wire):
    wire.upstream.will_say(with_calls(call(WRONG)))

    reply = client.chat.completions.create(**CHAT, extra_headers=FLAGGED)

    assert reply.choices[0].message.tool_calls[0].function.arguments == WRONG
    assert reply.grounding["action"] == "flag"
    assert reply.grounding["claims"][0]["target"] == "tool_calls[0].function.arguments.amount"


def test_a_blocked_call_is_a_message(client, wire):
    wire.upstream.will_say(with_calls(call(WRONG)))

    [choice] = client.chat.completions.create(**CHAT, extra_headers=BLOCKED).choices

    assert (choice.message.tool_calls, choice.message.content) == (None, MESSAGE)
    assert choice.finish_reason == "content_filter"


def test_a_streamed_call_is_put_together(client, wire):
    will_stream(wire)

    said = put_together(client.chat.completions.create(**CHAT, stream=True, extra_headers=FLAGGED))

    assert said[:4] == ("I refund it.", ["issue_refund"], WRONG, "tool_calls")
    assert said[4]["action"] == "flag"


def test_a_blocked_stream_has_no_call(client, wire):
    will_stream(wire)

    said = put_together(client.chat.completions.create(**CHAT, stream=True, extra_headers=BLOCKED))

    assert said[:4] == (f"I refund it.\n\n{MESSAGE}", [], "", "content_filter")
    assert said[4]["action"] == "block"


def test_the_stream_helper_parses_the_arguments(client, wire):
    will_stream(wire, RIGHT, [RIGHT[:7], RIGHT[7:]])

    with client.chat.completions.stream(**CHAT, extra_headers=BLOCKED) as stream:
        [made] = stream.get_final_completion().choices[0].message.tool_calls

    assert made.function.parsed_arguments == {"amount": 45.0, "order_id": "A-17"}


def test_a_call_of_a_response(client, wire):
    wire.upstream.will(Scripted([response(function_item(WRONG))]))

    flagged = client.responses.create(**RESPONSES, extra_headers=FLAGGED)
    blocked = client.responses.create(**RESPONSES, extra_headers=BLOCKED)

    assert flagged.output[0].arguments == WRONG
    assert [claim["label"] for claim in flagged.grounding["claims"]] == ["contradicted", "supported"]
    assert (blocked.status, blocked.incomplete_details.reason) == ("incomplete", "content_filter")
    assert [item.type for item in blocked.output] == ["message"]
    assert blocked.output_text == MESSAGE


def test_the_stream_helper_for_responses_puts_the_call_together(client, wire):
    wire.upstream.will_stream(*map(typed_event, function_events(PIECES)))

    with client.responses.stream(**RESPONSES, extra_headers=FLAGGED) as stream:
        [made] = stream.get_final_response().output

    assert (made.type, made.arguments, made.parsed_arguments) == (
        "function_call",
        WRONG,
        {"amount": 54.0, "order_id": "A-17"},
    )


def test_the_stream_helper_for_responses_sees_a_message_instead(client, wire):
    wire.upstream.will_stream(*map(typed_event, function_events(PIECES)))

    with client.responses.stream(**RESPONSES, extra_headers=BLOCKED) as stream:
        events = list(stream)

    assert [event.delta for event in events if event.type == "response.output_text.delta"] == [MESSAGE]
    assert not [event for event in events if event.type.startswith("response.function_call_arguments")]
    final = events[-1].response
    assert (final.status, final.output_text, [item.type for item in final.output]) == (
        "incomplete",
        MESSAGE,
        ["message"],
    )


def test_what_comes_behind_a_call_is_put_together_too(client, wire):
    items = [function_item(RIGHT), "I refund it.", function_item("{}", "look_up", 2)]
    wire.upstream.will_stream(*map(typed_event, response_events(*items)))

    with client.responses.stream(**RESPONSES, extra_headers=BLOCKED) as stream:
        final = stream.get_final_response()

    assert [item.type for item in final.output] == ["function_call", "message", "function_call"]
    assert final.output_text == "I refund it."
