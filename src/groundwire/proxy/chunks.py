"""The chunks of a chat stream: what in them is text to check, and what passes on at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from groundwire.domain import Mode
from groundwire.errors import UpstreamError
from groundwire.proxy.answering import CheckedAnswer, RequestChecks
from groundwire.proxy.completion import CONTENT_FILTER, LOGPROBS_DROPPED, unchecked_fields
from groundwire.proxy.inspection import Inspection
from groundwire.proxy.jsontext import JsonObject, encode, is_object
from groundwire.proxy.sse import encode_event
from groundwire.proxy.wire import is_content, text_parts


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
        return any(self.rest.values()) or (bool(self.rest) and self.finish_reason is None)


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


def parse_chunk(data: str, upstream: str) -> Chunk:
    """Read one event's data; raises UpstreamError when it is no chunk of a chat stream."""
    try:
        values: object = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UpstreamError(f"The upstream {upstream!r} sent an event that is not valid JSON.") from error
    if not is_object(values):
        raise UpstreamError(f"The upstream {upstream!r} sent an event that is not a JSON object.")
    choices = values.pop("choices", None) or []
    if not isinstance(choices, list):
        raise UpstreamError(f"The upstream {upstream!r} sent a chunk whose `choices` are no list.")
    parts = tuple(_part(choice, upstream) for choice in choices)
    return Chunk(data, values, parts, bool(values.get("usage")), bool(values.get("error")) and not parts)


def _part(choice: object, upstream: str) -> ChoicePart:
    delta = choice.get("delta") if is_object(choice) else None
    # Text outside of `delta` would pass by the check, so a server that puts it there is refused.
    is_readable = is_object(choice) and (delta is None or is_object(delta))
    if not is_object(choice) or not is_readable or choice.get("message") or choice.get("text"):
        raise UpstreamError(f"The upstream {upstream!r} sent a chunk whose choice has no `delta`.")
    delta = delta if is_object(delta) else {}
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


@dataclass(slots=True, eq=False)
class ChoiceStream:
    """One choice of a stream: what was read of it, and how far its answer has come."""

    index: int
    inspection: Inspection
    mode: Mode
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    is_closed: bool = False
    is_finished: bool = False
    has_released: bool = False
    finish_reason: str | None = None
    _envelope: JsonObject = field(default_factory=dict)
    _values: JsonObject = field(default_factory=dict)
    _usage: JsonObject = field(default_factory=dict)
    _logprobs: list[object] = field(default_factory=list)
    _half: str = ""

    @property
    def is_blocked(self) -> bool:
        """Whether nothing more of this choice may leave."""
        return self.mode is Mode.ENFORCE and self.inspection.delivery.is_blocked

    def take(self, part: ChoicePart, envelope: JsonObject) -> Iterator[bytes]:
        """Take what a chunk says; yield what passes on at once."""
        self._envelope = {name: value for name, value in envelope.items() if name != "usage" or not value}
        self._usage = {"usage": envelope["usage"]} if envelope.get("usage") else {}
        self._values = {name: value for name, value in part.values.items() if name not in _WRITTEN_ANEW}
        for entry in unchecked_fields(part.rest):
            self.inspection.skip(entry.what, entry.why)
        yield from self._at_once(part)
        self._keep_logprobs(part)
        if text := self._whole(part.text):
            self.inspection.feed(text)
        if part.finish_reason is not None:
            self.finish_reason = part.finish_reason
            self.close()
        elif self.inspection.is_waiting:
            self.wake.set()

    def _at_once(self, part: ChoicePart) -> Iterator[bytes]:
        if self.is_blocked:
            return
        if self.mode is Mode.SHADOW and part.text:
            yield self._encoded({**part.rest, "content": part.text}, _logprobs_of(part.values))
        elif part.passes_on:
            yield self._encoded(part.rest)

    def close(self) -> None:
        """Say that the answer is complete."""
        if not self.is_closed:
            self.is_closed = True
            self.inspection.close()
            self.wake.set()

    def release(self, text: str) -> bytes:
        """Return the chunk for text that may leave."""
        self.has_released = True
        return self._encoded({"content": text})

    def concluded(self, checks: RequestChecks) -> CheckedAnswer:
        """Return what the check of this choice has come to."""
        checked = checks.conclude(self.inspection, self.index)
        is_dropped = self._logprobs and checked.is_changed
        return checked.with_skipped([LOGPROBS_DROPPED] if is_dropped else [])

    def finish(self, checked: CheckedAnswer, grounding: JsonObject, top: JsonObject) -> bytes:
        """Return the last chunk; `grounding` goes into the choice and `top` into the chunk."""
        choice: JsonObject = {"finish_reason": CONTENT_FILTER if checked.is_blocked else self.finish_reason}
        if self._logprobs and self.mode is Mode.ENFORCE and not checked.is_changed:
            choice["logprobs"] = {"content": self._logprobs}
        return self._encoded({}, choice | grounding, self._usage | top)

    def _keep_logprobs(self, part: ChoicePart) -> None:
        logprobs = part.values.get("logprobs")
        tokens = logprobs.get("content") if is_object(logprobs) else None
        if isinstance(tokens, list):
            self._logprobs += tokens

    def _whole(self, text: str) -> str:
        """Hold back half of a character that two chunks share."""
        text = self._half + text
        self._half = text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""
        text = text[: len(text) - len(self._half)]
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if not text.isascii() else text

    def _encoded(self, delta: JsonObject, choice: JsonObject | None = None, top: JsonObject | None = None) -> bytes:
        """Return a chunk in the upstream's envelope; `choice` and `top` add to the choice and to the chunk."""
        blank = {"logprobs": None} if "logprobs" in self._values else {}
        values = {"index": self.index, "delta": delta, **self._values, **blank, "finish_reason": None}
        return encode_event(encode({**self._envelope, "choices": [values | (choice or {})], **(top or {})}))


_WRITTEN_ANEW = frozenset(("index", "delta", "finish_reason"))


def _logprobs_of(choice: JsonObject) -> JsonObject:
    return {"logprobs": choice["logprobs"]} if "logprobs" in choice else {}
