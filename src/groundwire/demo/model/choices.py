"""Replies that are a list of choices, which chat and plain completions have in common."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, Field

from groundwire.demo.model.texts import ModelRequest, count_tokens, pieces
from groundwire.proxy.jsontext import JsonObject, encode
from groundwire.proxy.upstreams.sse import DONE, encode_event


class StreamOptions(BaseModel):
    """What a stream is to carry besides text."""

    include_usage: bool = False


class ChoicesRequest(ModelRequest):
    """A request for choices: `n` of them for each thing asked."""

    stream_options: StreamOptions | None = None
    n: int = Field(default=1, ge=1, le=16)

    @property
    def wants_usage(self) -> bool:
        """Whether a stream is to end with the token counts."""
        return bool(self.stream_options and self.stream_options.include_usage)


@dataclass(frozen=True, slots=True)
class ChoiceShape:
    """How one endpoint writes its replies: their names, and a choice's text as a whole, in a piece and around it."""

    prefix: str
    whole_object: str
    piece_object: str
    whole: Callable[[str], JsonObject]
    piece: Callable[[str], JsonObject]
    opening: Sequence[JsonObject]
    closing: JsonObject


class ChoicesReply:
    """The reply to one request, in both of its forms; each of `texts` is one choice."""

    def __init__(self, request: ChoicesRequest, shape: ChoiceShape, texts: Sequence[str], usage: JsonObject) -> None:
        self._shape = shape
        self._texts = texts
        self._usage = usage
        self._wants_usage = request.wants_usage
        ident = f"{shape.prefix}-{secrets.token_hex(12)}"
        self._base: JsonObject = {"id": ident, "created": int(time.time()), "model": request.model}

    def whole(self) -> JsonObject:
        """Return the reply that comes at once."""
        choices = [_choice(number, self._shape.whole(text), "stop") for number, text in enumerate(self._texts)]
        return {**self._base, "object": self._shape.whole_object, "choices": choices, "usage": self._usage}

    def stream(self) -> Iterator[bytes]:
        """Yield the events of the stream."""
        for number, text in enumerate(self._texts):
            for delta in (*self._shape.opening, *map(self._shape.piece, pieces(text))):
                yield self._event([_choice(number, delta, None)])
            yield self._event([_choice(number, self._shape.closing, "stop")])
        if self._wants_usage:
            yield self._event([], usage=self._usage)
        yield encode_event(DONE)

    def _event(self, choices: list[JsonObject], **extra: object) -> bytes:
        chunk = {**self._base, "object": self._shape.piece_object, "choices": choices, **extra}
        return encode_event(encode(chunk))


def usage_of(asked: int, texts: Sequence[str]) -> JsonObject:
    """Return the token counts of answers to so many tokens."""
    said = count_tokens(*texts)
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}


def _choice(number: int, text: JsonObject, finish: str | None) -> JsonObject:
    return {"index": number, **text, "logprobs": None, "finish_reason": finish}
