"""Tool calls for the tests: what was said before them, calls that the evidence carries and calls that it does not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from fakes import chunk, response_values

RESULT = '{"order_id": "A-17", "amount": 45.0, "total": 50.0}'
MESSAGES = [
    {"role": "user", "content": "Refund order A-17, please."},
    {"role": "assistant", "content": None, "tool_calls": []},
    {"role": "tool", "tool_call_id": "c0", "content": RESULT},
]
INPUT = [
    {"role": "user", "content": "Refund order A-17, please."},
    {"type": "function_call_output", "call_id": "c0", "output": RESULT},
]
RIGHT = '{"amount": 45.00, "order_id": "A-17"}'
WRONG = '{"amount": 54.0, "order_id": "A-17"}'
TARGET = "tool_calls[0].function.arguments"


def call(arguments: str, name: str = "issue_refund", number: int = 0) -> dict:
    """Return a call as a chat message has it."""
    return {"id": f"c{number}", "type": "function", "function": {"name": name, "arguments": arguments}}


def message(*calls: dict, content: str | None = None) -> dict:
    """Return a chat message with calls."""
    return {"role": "assistant", "content": content, "tool_calls": list(calls)}


def call_deltas(called: dict, pieces: Sequence[str], number: int = 0) -> Iterator[dict]:
    """Yield the deltas of a call whose arguments come in pieces, as OpenAI sends them."""
    function = called["function"]
    yield {"tool_calls": [{"index": number, **called, "function": {"name": function["name"], "arguments": ""}}]}
    for piece in pieces:
        yield {"tool_calls": [{"index": number, "function": {"arguments": piece}}]}


def call_chunks(*deltas: dict, index: int = 0) -> list[dict]:
    """Return the chunks of a choice that ends in tool calls, without the end of the stream."""
    opening = chunk({"role": "assistant", "content": None}, index=index)
    return [opening, *(chunk(delta, index=index) for delta in deltas), chunk({}, "tool_calls", index)]


def calls_in(events: Sequence[dict | str], index: int = 0) -> list[dict]:
    """Return the calls that a client puts together from a stream."""
    calls: dict[int, dict] = {}
    choices = [choice for one in events if isinstance(one, dict) for choice in one.get("choices", ())]
    for delta in (choice["delta"] for choice in choices if choice["index"] == index):
        for piece in delta.get("tool_calls") or ():
            own = calls.setdefault(
                piece["index"], {"id": None, "type": None, "function": {"name": "", "arguments": ""}}
            )
            own["id"], own["type"] = own["id"] or piece.get("id"), own["type"] or piece.get("type")
            for name, text in piece.get("function", {}).items():
                own["function"][name] += text
    return [calls[number] for number in sorted(calls)]


def function_item(arguments: str, name: str = "issue_refund", place: int = 0) -> dict:
    """Return a call as an output has it."""
    return {"id": f"fc_{place}", "type": "function_call", "status": "completed", "call_id": f"c{place}"} | {
        "name": name,
        "arguments": arguments,
    }


def function_events(pieces: Sequence[str], name: str = "issue_refund") -> list[dict]:
    """Return the whole stream of a response that is one call, its arguments in pieces."""
    item = function_item("".join(pieces), name)
    at = {"item_id": item["id"], "output_index": 0}
    final = response_values(item)
    events = [
        {"type": "response.created", "response": {**final, "status": "in_progress", "output": []}},
        {"type": "response.output_item.added", "output_index": 0, "item": {**item, "arguments": ""}},
        *({"type": "response.function_call_arguments.delta", **at, "delta": piece} for piece in pieces),
        {"type": "response.function_call_arguments.done", **at, "arguments": item["arguments"]},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": final},
    ]
    return [{**values, "sequence_number": number} for number, values in enumerate(events)]


def leaves_no_byte_of(arguments: str, sent: str) -> bool:
    """Whether none of the telling values of arguments is in what a client got, the grounding aside."""
    values = [str(value) for value in json.loads(arguments).values()]
    return not any(value in sent for value in values)
