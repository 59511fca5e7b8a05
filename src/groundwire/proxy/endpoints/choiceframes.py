"""A stream of chunks with choices: what in them is text to check, and what passes on at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from groundwire.domain import Mode
from groundwire.errors import GroundwireError, UpstreamError
from groundwire.policy.tools import ToolRules
from groundwire.proxy.answering import CheckedAnswer
from groundwire.proxy.endpoints.chatcalls import StreamedCalls
from groundwire.proxy.endpoints.chunks import ChoicePart, parse_chunk
from groundwire.proxy.endpoints.completion import (
    CONTENT_FILTER,
    ECHO_SKIPPED,
    LOGPROBS_DROPPED,
    EchoOf,
    no_echo,
    unchecked_fields,
    usage_of,
)
from groundwire.proxy.endpoints.shapes import CHAT, ChoiceShape
from groundwire.proxy.exchange import error_body
from groundwire.proxy.held import HeldText, Opener
from groundwire.proxy.jsontext import JsonObject, encode, is_object
from groundwire.proxy.upstreams.sse import DONE, ServerEvent, encode_event


class ChoiceFrames:
    """Reads and writes a stream of chunks; see `Frames`."""

    def __init__(
        self,
        upstream: str,
        opener: Opener,
        shape: ChoiceShape = CHAT,
        echo_of: EchoOf = no_echo,
        rules: ToolRules | None = None,
    ) -> None:
        self.usage: dict[str, int] = {}
        self.reply_id = ""
        self.has_ended = False
        self.has_failed = False
        self._upstream = upstream
        self._open = opener
        self._shape = shape
        self._echo_of = echo_of
        self._rules = rules or ToolRules()
        self._choices: dict[int, ChoiceStream] = {}
        self._tail: list[bytes] = []
        self._report = b""

    @property
    def is_whole(self) -> bool:
        """Whether every choice that there is has come to its end."""
        held = [choice.held for choice in self._choices.values()]
        return bool(held) and all(one.is_closed or one.is_finished for one in held)

    def take(self, event: ServerEvent) -> Iterator[bytes]:
        """Take an event and yield what passes on at once; raises UpstreamError for what is no chunk."""
        if event.data == DONE:
            self._end()
            return
        chunk = parse_chunk(event.data, self._upstream, self._shape)
        if chunk.is_error:
            self._report, self.has_failed = chunk.encoded(), True
            return
        if chunk.has_usage:
            self.usage = usage_of(chunk.envelope)
        if not chunk.parts and chunk.has_usage:
            self._tail.append(chunk.encoded())
        elif not chunk.parts:
            yield chunk.encoded()
        for part in chunk.parts:
            choice = self._choices.get(part.index) or self._opened(part.index)
            if not choice.held.is_closed and not choice.held.is_finished:
                yield from choice.take(part, chunk.envelope)

    def release(self, held: HeldText, text: str) -> bytes:
        """Return the chunk for text that may leave."""
        return self._choices[held.index].encoded({"content": text})

    def concluded(self, held: HeldText, checked: CheckedAnswer) -> CheckedAnswer:
        """Return the outcome, which names token probabilities that are dropped."""
        is_dropped = self._choices[held.index].has_logprobs and checked.is_changed
        return checked.with_skipped([LOGPROBS_DROPPED] if is_dropped else [])

    def finish(self, held: HeldText, checked: CheckedAnswer, own: JsonObject, top: JsonObject) -> bytes:
        """Return the last chunk of a choice."""
        return self._choices[held.index].finish(checked, own, top)

    def ending(self) -> bytes:
        """Return the token counts, where they came by themselves, and the end."""
        return b"".join((*self._tail, encode_event(DONE)))

    def reported(self) -> bytes:
        """Return the upstream's error as it came."""
        return self._report

    def failure(self, error: GroundwireError) -> bytes:
        """Return the error as the last event."""
        return encode_event(encode(error_body(error)))

    def _opened(self, index: int) -> ChoiceStream:
        calls = StreamedCalls(self._rules, self._upstream)
        choice = ChoiceStream(self._open(index), calls, self._shape, self._echo_of(index))
        self._choices[index] = choice
        return choice

    def _end(self) -> None:
        if not self._choices:
            raise UpstreamError(f"The upstream {self._upstream!r} sent a completion without choices.")
        for choice in self._choices.values():
            choice.close()
        self.has_ended = True


@dataclass(slots=True, eq=False)
class ChoiceStream:
    """One choice of a stream: what was read of it, and what is written around its text.

    `echo` is what of the prompt it may still begin with.
    """

    held: HeldText
    calls: StreamedCalls
    shape: ChoiceShape = CHAT
    echo: str = ""
    finish_reason: str | None = None
    _envelope: JsonObject = field(default_factory=dict)
    _values: JsonObject = field(default_factory=dict)
    _usage: JsonObject = field(default_factory=dict)
    _logprobs: dict[str, list[object]] = field(default_factory=dict)
    _maybe_echo: str = ""

    @property
    def has_logprobs(self) -> bool:
        """Whether token probabilities came with the text."""
        return any(self._logprobs.values())

    def take(self, part: ChoicePart, envelope: JsonObject) -> Iterator[bytes]:
        """Take what a chunk says; yield what passes on at once."""
        # Notes of a content filter may come without a head of their own.
        if envelope.get("id") or not self._envelope:
            self._envelope = {name: value for name, value in envelope.items() if name != "usage" or not value}
        self._usage = {"usage": envelope["usage"]} if envelope.get("usage") else {}
        written_anew = ("index", "finish_reason", *self.shape.written({}))
        self._values = {name: value for name, value in part.values.items() if name not in written_anew}
        passing = self.calls.take(part.rest)
        for entry in (*unchecked_fields(part.rest), *self.calls.unheld(part.rest)):
            self.held.inspection.skip(entry.what, entry.why)
        yield from self._at_once(part if self.held.mode is Mode.SHADOW else replace(part, rest=passing))
        self._keep_logprobs(part)
        echo, text = self._apart(self.held.whole(part.text))
        if echo and self.held.mode is Mode.ENFORCE:
            yield self.encoded({"content": echo})
        self.held.feed(text)
        if part.finish_reason is not None:
            self.finish_reason = part.finish_reason
            self.close()

    def close(self) -> None:
        """Say that the choice is complete."""
        text, self._maybe_echo, self.echo = self._maybe_echo, "", ""
        if not self.held.is_closed:
            for call in self.calls.complete():
                self.held.inspection.calls.take(call)
            self.held.feed(text)
            self.held.close()

    def finish(self, checked: CheckedAnswer, grounding: JsonObject, top: JsonObject) -> bytes:
        """Return the calls that were held, and the last chunk, whose choice has `grounding`; `top` goes beside."""
        is_held = self.held.mode is Mode.ENFORCE and not checked.is_blocked
        calls = b"".join(map(self.encoded, self.calls.held() if is_held else ()))
        choice: JsonObject = {"finish_reason": CONTENT_FILTER if checked.is_blocked else self.finish_reason}
        if self.has_logprobs and self.held.mode is Mode.ENFORCE and not checked.is_changed:
            choice["logprobs"] = self._logprobs
        return calls + self.encoded({}, choice | grounding, self._usage | top)

    def encoded(self, delta: JsonObject, choice: JsonObject | None = None, top: JsonObject | None = None) -> bytes:
        """Return a chunk in the upstream's envelope; `choice` and `top` add to the choice and to the chunk."""
        blank = {"logprobs": None} if "logprobs" in self._values else {}
        around = {"index": self.held.index, **self.shape.written(delta), **self._values, **blank, "finish_reason": None}
        return encode_event(encode({**self._envelope, "choices": [around | (choice or {})], **(top or {})}))

    def _at_once(self, part: ChoicePart) -> Iterator[bytes]:
        if self.held.is_blocked:
            return
        if self.held.mode is Mode.SHADOW and part.text:
            yield self.encoded({**part.rest, "content": part.text}, _logprobs_of(part.values))
        elif part.passes_on:
            yield self.encoded(part.rest)

    def _apart(self, text: str) -> tuple[str, str]:
        """Return what of the text repeats the prompt, and what is to be checked; both wait until that is clear."""
        if not self.echo:
            return "", text
        seen = self._maybe_echo + text
        if self.echo.startswith(seen) and seen != self.echo:
            self._maybe_echo = seen
            return "", ""
        echo = self.echo if seen.startswith(self.echo) else ""
        self._maybe_echo = self.echo = ""
        if echo:
            self.held.inspection.skip(ECHO_SKIPPED.what, ECHO_SKIPPED.why)
        return echo, seen.removeprefix(echo)

    def _keep_logprobs(self, part: ChoicePart) -> None:
        logprobs = part.values.get("logprobs")
        for name, tokens in logprobs.items() if is_object(logprobs) else ():
            if isinstance(tokens, list):
                self._logprobs.setdefault(name, []).extend(tokens)


def _logprobs_of(choice: JsonObject) -> JsonObject:
    return {"logprobs": choice["logprobs"]} if "logprobs" in choice else {}
