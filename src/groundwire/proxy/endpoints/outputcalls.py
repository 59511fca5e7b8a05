"""The function calls of an output whose arguments are checked, and what stands in place of one that may not leave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from groundwire.domain import ToolCall
from groundwire.errors import UpstreamError
from groundwire.policy.tools import ToolRules
from groundwire.proxy.endpoints.outputevents import Key, OutputEvent
from groundwire.proxy.jsontext import JsonObject, encode

# In place of a place in the content: the key is that of a call.
CALL = -1
ARGUMENTS_DELTA, ARGUMENTS_DONE = "response.function_call_arguments.delta", "response.function_call_arguments.done"


def is_checked_call(item: JsonObject, rules: ToolRules) -> bool:
    """Whether an item is a function call whose arguments are checked."""
    return item.get("type") == "function_call" and rules.names(_text(item.get("name")))


def checked_calls(items: Sequence[JsonObject], rules: ToolRules) -> Iterator[tuple[Key, ToolCall]]:
    """Yield the checked calls of an output, each with its key."""
    for place, item in enumerate(items):
        if is_checked_call(item, rules):
            yield (place, CALL), call_of(item, place)


def call_of(item: JsonObject, place: int) -> ToolCall:
    """Return the call that an item is; `place` is the item's in the output."""
    return ToolCall(f"output[{place}].arguments", _text(item.get("name")), _text(item.get("arguments")))


def message_instead(item: JsonObject, text: str, own: JsonObject) -> JsonObject:
    """Return the message in place of a call that is blocked; `own` is its grounding."""
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    return {
        "id": item.get("id"),
        "type": "message",
        "status": "incomplete",
        "role": "assistant",
        "content": [part],
        **own,
    }


def events_instead(item: JsonObject, place: int, text: str, own: JsonObject) -> Iterator[JsonObject]:
    """Yield the events, without their numbers, of the message in place of a call that is blocked."""
    message = message_instead(item, text, own)
    [part] = message["content"] if isinstance(message["content"], list) else [{}]
    at = {"item_id": item.get("id"), "output_index": place, "content_index": 0}
    added = {**message_instead(item, text, {}), "status": "in_progress", "content": []}
    yield {"type": "response.output_item.added", "output_index": place, "item": added}
    yield {"type": "response.content_part.added", **at, "part": {**part, "text": ""}}
    yield {"type": "response.output_text.delta", **at, "delta": text, "logprobs": []}
    yield {"type": "response.output_text.done", **at, "text": text, "logprobs": []}
    yield {"type": "response.content_part.done", **at, "part": part}
    yield {"type": "response.output_item.done", "output_index": place, "item": message}


@dataclass(slots=True)
class StreamedCall:
    """A checked call of a stream: what of it has come."""

    place: int
    name: str
    upstream: str
    arguments: str | None = None
    item: JsonObject = field(default_factory=dict)
    is_replaced: bool = False
    _deltas: list[str] = field(default_factory=list)

    def take(self, event: OutputEvent) -> None:
        """Take an event about the arguments; raises UpstreamError where it contradicts the others."""
        if event.type == ARGUMENTS_DELTA:
            self._deltas.append(_text(event.values.get("delta")))
            self._agree(self.arguments is None)
        elif event.type == ARGUMENTS_DONE:
            self._told(_text(event.values.get("arguments")))
        else:
            # Whatever it says would pass by the check.
            who = f"The upstream {self.upstream!r}"
            raise UpstreamError(f"{who} sent an event of type {event.type!r} about a call of {self.name!r}.")

    def complete(self, item: JsonObject) -> ToolCall:
        """Take the item as a whole; raises UpstreamError where it is not what came before."""
        call = call_of(item, self.place)
        self._agree(call.name == self.name)
        self._told(call.arguments)
        self.item = item
        return call

    def _told(self, arguments: str) -> None:
        self._agree("".join(self._deltas) in {"", arguments} and self.arguments in {None, arguments})
        self.arguments = arguments

    def _agree(self, is_same: bool) -> None:
        if not is_same:
            who = f"The upstream {self.upstream!r}"
            raise UpstreamError(f"{who} sent other arguments of {self.name!r} than those that came in pieces.")


def _text(value: object) -> str:
    return value if isinstance(value, str) else encode(value) if value else ""
