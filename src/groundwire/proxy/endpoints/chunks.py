"""One chunk of a stream of choices, taken apart: its text, and what is beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from groundwire.errors import UpstreamError
from groundwire.proxy.endpoints.shapes import CHAT, ChoiceShape
from groundwire.proxy.jsontext import JsonObject, is_object
from groundwire.proxy.upstreams.sse import encode_event
from groundwire.proxy.wire import is_content, text_parts

# What of a choice is read; all else is a note beside it, such as a content filter's.
_READ = frozenset(("index", "delta", "text", "logprobs", "finish_reason"))


@dataclass(frozen=True, slots=True)
class ChoicePart:
    """What one chunk says about one choice, taken apart."""

    index: int
    text: str
    rest: JsonObject
    finish_reason: str | None
    values: JsonObject

    @property
    def passes_on(self) -> bool:
        """Whether there is something in it besides text that the client should have at once."""
        notes = any(value for name, value in self.values.items() if name not in _READ)
        is_more = bool(self.rest) or (notes and not self.text)
        return any(self.rest.values()) or (is_more and self.finish_reason is None)


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk; `envelope` is all of it but the choices."""

    data: str
    envelope: JsonObject
    parts: tuple[ChoicePart, ...]
    has_usage: bool
    is_error: bool

    def encoded(self) -> bytes:
        """Return the chunk as it came."""
        return encode_event(self.data)


def parse_chunk(data: str, upstream: str, shape: ChoiceShape = CHAT) -> Chunk:
    """Read one event's data; raises UpstreamError when it is no chunk of such a stream."""
    try:
        values: object = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UpstreamError(f"The upstream {upstream!r} sent an event that is not valid JSON.") from error
    if not is_object(values):
        raise UpstreamError(f"The upstream {upstream!r} sent an event that is not a JSON object.")
    choices = values.pop("choices", None) or []
    if not isinstance(choices, list):
        raise UpstreamError(f"The upstream {upstream!r} sent a chunk whose `choices` are no list.")
    parts = tuple(_part(choice, shape, upstream) for choice in choices)
    return Chunk(data, values, parts, bool(values.get("usage")), bool(values.get("error")) and not parts)


def _part(choice: object, shape: ChoiceShape, upstream: str) -> ChoicePart:
    delta = shape.delta(choice) if is_object(choice) else None
    # Text outside of the place for it would pass by the check, so a server that puts it there is refused.
    if not is_object(choice) or delta is None:
        raise UpstreamError(f"The upstream {upstream!r} sent a chunk whose choice has no `{shape.piece}`.")
    if not is_content(delta.get("content")):
        raise UpstreamError(f"The upstream {upstream!r} sent content that is neither text nor parts.")
    index, reason = choice.get("index"), choice.get("finish_reason")
    return ChoicePart(
        index=index if isinstance(index, int) else 0,
        text="".join(text_parts(delta.get("content"))),
        rest=_without_text(delta),
        finish_reason=reason if isinstance(reason, str) else None,
        values=choice,
    )


def _without_text(delta: JsonObject) -> JsonObject:
    content = delta.get("content")
    if not content:
        return dict(delta)
    rest = {name: value for name, value in delta.items() if name != "content"}
    if isinstance(content, list):
        others = [part for part in content if not (is_object(part) and isinstance(part.get("text"), str))]
        return {**rest, "content": others} if others else rest
    return rest
