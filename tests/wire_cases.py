"""Each case on the wire: what is asked and what the upstream sends. `wire_recordings.py` has what the client gets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from fakes import (
    USAGE,
    chunk,
    completion,
    event,
    response,
    response_events,
    text_chunk,
    text_completion,
    typed_event,
    usage_chunk,
)
from groundwire.policy.policy import BLOCKED_MESSAGE
from tool_calls import INPUT, RIGHT, WRONG, call, call_deltas, function_item, message
from tool_calls import MESSAGES as MESSAGES_SO_FAR

FIRST, OTHER = "The fee is 5.", "The limit is 9."
CHAT, COMPLETIONS, RESPONSES = "chat/completions", "completions", "responses"
ONE, TWO, MESSAGES, TOOLS, JSON = "n 1", "n 2", "2 messages", "tools", "JSON"
CHECKED, REWORDED = "checked tool", "reworded"
# Plain completions have no tools, and responses no `n`: there, two messages of one response stand for it.
KINDS = {
    CHAT: (ONE, TWO, TOOLS, JSON, CHECKED, REWORDED),
    COMPLETIONS: (ONE, TWO, JSON, REWORDED),
    RESPONSES: (ONE, MESSAGES, TOOLS, JSON, CHECKED, REWORDED),
}


@dataclass(frozen=True)
class Case:
    """What happens: `claim` follows a supported one in the answer, and the policy decides. `is_down`: the guard is.

    `arguments` are those of a tool call that is checked; `words` is what the model says when it is asked for others.
    """

    name: str
    claim: str = "It is wrong."
    policy: str = "default"
    is_down: bool = False
    block_status: int = 200
    arguments: str = ""
    words: str = ""

    @property
    def answer(self) -> str:
        """What the upstream writes."""
        return f"{FIRST} {self.claim}"


CASES = [
    Case("allow", "So is 6."),
    Case("flag", "It is perhaps 9."),
    Case("rewrite"),
    Case("block", policy="strict"),
    Case("block, `block_status: 400`", policy="strict", block_status=400),
    Case("shadow", policy="shadow"),
    Case("guard fails, policy open", policy="open", is_down=True),
    Case("guard fails, policy closed", is_down=True),
]
_SUPPORTED, _STUCK = "So is 6.", "It is wrong and stuck."
# Cases that only such an exchange has.
CASES_OF = {
    CHECKED: [
        Case("the call is right", _SUPPORTED, "strict tools", arguments=RIGHT),
        Case("the call is wrong, flag", _SUPPORTED, "tools", arguments=WRONG),
        Case("the call is wrong, block", _SUPPORTED, "strict tools", arguments=WRONG),
        Case("the call is wrong, shadow", _SUPPORTED, "tools in shadow", arguments=WRONG),
    ],
    REWORDED: [
        Case("the model's other words hold", _STUCK, "rewording", words="It is 5 euros."),
        Case("the model's other words are wrong too", _STUCK, "rewording", words="It is wrong as well."),
    ],
}


@dataclass(frozen=True)
class Wait:
    """The upstream goes on when the client has read this text so many times."""

    text: str
    times: int = 1


@dataclass(frozen=True)
class Asked:
    """One case on one endpoint, whole or streamed."""

    endpoint: str
    kind: str
    is_stream: bool
    case: Case

    @property
    def texts(self) -> list[str]:
        """What the upstream says, one text a choice or a message; where there are two, the second is the case's."""
        if self.kind == JSON:
            return [json.dumps({"fee": FIRST, "note": self.case.claim})]
        if self.kind in (TWO, MESSAGES):
            return [f"{FIRST} So is 6.", f"{OTHER} {self.case.claim}"]
        return [self.case.answer]

    @property
    def body(self) -> bytes:
        """The request's body."""
        asks = _AFTER_A_TOOL if self.kind == CHECKED else _ASKS
        values = {"model": "m", **asks[self.endpoint], **_OPTIONS.get((self.endpoint, self.kind), {})}
        if self.is_stream:
            values["stream"] = True
            if self.endpoint != RESPONSES:
                values["stream_options"] = {"include_usage": True}
        return json.dumps(values).encode()

    @property
    def sent(self) -> list[bytes | Wait]:
        """The body of the upstream's reply, in pieces."""
        return list(_STREAMED[self.endpoint](self)) if self.is_stream else [_WHOLE[self.endpoint](self)]


_ASKS = {
    CHAT: {"messages": [{"role": "user", "content": "What is the fee?"}]},
    COMPLETIONS: {"prompt": "What is the fee?"},
    RESPONSES: {"input": "What is the fee?"},
}
_AFTER_A_TOOL = {CHAT: {"messages": MESSAGES_SO_FAR}, RESPONSES: {"input": INPUT}}
_TEXT = {"type": "string", "maxLength": 40}
_SCHEMA = {"type": "object", "properties": {"fee": _TEXT, "note": _TEXT}, "required": ["fee", "note"]}
_FORMAT = {"name": "fees", "schema": _SCHEMA}
_OPTIONS = {
    (CHAT, TWO): {"n": 2},
    (COMPLETIONS, TWO): {"n": 2},
    (CHAT, TOOLS): {"tools": [{"type": "function", "function": {"name": "pay"}}]},
    (RESPONSES, TOOLS): {"tools": [{"type": "function", "name": "pay"}]},
    (CHAT, CHECKED): {"tools": [{"type": "function", "function": {"name": "issue_refund"}}]},
    (RESPONSES, CHECKED): {"tools": [{"type": "function", "name": "issue_refund"}]},
    (CHAT, JSON): {"response_format": {"type": "json_schema", "json_schema": _FORMAT}},
    (COMPLETIONS, JSON): {"response_format": {"type": "json_schema", "json_schema": _FORMAT}},
    (RESPONSES, JSON): {"text": {"format": {"type": "json_schema", **_FORMAT}}},
}
_PAYMENT = '{"amount": 5}'


def every() -> list[Asked]:
    """Return each case on each endpoint that it exists on."""
    return [
        Asked(endpoint, kind, is_stream, case)
        for endpoint, kinds in KINDS.items()
        for kind in kinds
        for is_stream in (False, True)
        for case in CASES_OF.get(kind, CASES)
    ]


def _pieces(asked: Asked, place: int) -> tuple[str, str]:
    """Cut a text behind its first claim, where the next one has begun, so that the first one can leave; JSON can't."""
    text = asked.texts[place]
    at = 10 if asked.kind == JSON else text.index(". ") + 4
    return text[:at], text[at:]


def _wait(asked: Asked, place: int) -> Iterator[Wait]:
    """Until the first claim has left, or the message of a guard that is down, once a text; JSON is held."""
    if asked.kind == JSON:
        return
    if asked.case.is_down and asked.case.policy == "default":
        yield Wait(BLOCKED_MESSAGE, place + 1)
    else:
        yield Wait(OTHER if place else FIRST)


def _whole_chat(asked: Asked) -> bytes:
    if asked.kind not in (TOOLS, CHECKED):
        return completion(*asked.texts)
    called = call(asked.case.arguments) if asked.kind == CHECKED else call(_PAYMENT, "pay")
    return completion(message(called, content=asked.texts[0])).replace(b'"stop"', b'"tool_calls"')


def _streamed_chat(asked: Asked) -> Iterator[bytes | Wait]:
    places = range(len(asked.texts))
    for place in places:
        yield event(chunk({"role": "assistant", "content": ""}, index=place))
    for place in places:
        yield event(chunk({"content": _pieces(asked, place)[0]}, index=place))
        yield from _wait(asked, place)
    for place in places:
        yield event(chunk({"content": _pieces(asked, place)[1]}, index=place))
    for delta in _call_deltas(asked):
        yield event(chunk(delta))
    for place in places:
        yield event(chunk({}, "tool_calls" if asked.kind in (TOOLS, CHECKED) else "stop", index=place))
    yield event(usage_chunk())
    yield event("[DONE]")


def _call_deltas(asked: Asked) -> Iterator[dict]:
    if asked.kind == TOOLS:
        yield from call_deltas(call(_PAYMENT, "pay"), [_PAYMENT])
    if asked.kind == CHECKED:
        arguments = asked.case.arguments
        yield from call_deltas(call(arguments), [arguments[:14], arguments[14:]])


def _streamed_completions(asked: Asked) -> Iterator[bytes | Wait]:
    places = range(len(asked.texts))
    for place in places:
        yield event(text_chunk(_pieces(asked, place)[0], index=place))
        yield from _wait(asked, place)
    for place in places:
        yield event(text_chunk(_pieces(asked, place)[1], "stop", index=place))
    yield event({**text_chunk(""), "choices": [], "usage": USAGE})
    yield event("[DONE]")


def _items(asked: Asked) -> list[str | dict]:
    if asked.kind == CHECKED:
        return [*asked.texts, function_item(asked.case.arguments, place=1)]
    return [*asked.texts, function_item(_PAYMENT, "pay", 1)] if asked.kind == TOOLS else list(asked.texts)


def _streamed_response(asked: Asked) -> Iterator[bytes | Wait]:
    items = [_pieces(asked, place) if isinstance(item, str) else item for place, item in enumerate(_items(asked))]
    seen: set[int] = set()
    for values in response_events(*items):
        yield typed_event(values)
        place = values.get("output_index")
        if values["type"] == "response.output_text.delta" and place not in seen:
            seen.add(place)
            yield from _wait(asked, place)


_WHOLE = {
    CHAT: _whole_chat,
    COMPLETIONS: lambda asked: text_completion(*asked.texts),
    RESPONSES: lambda asked: response(*_items(asked)),
}
_STREAMED = {CHAT: _streamed_chat, COMPLETIONS: _streamed_completions, RESPONSES: _streamed_response}
