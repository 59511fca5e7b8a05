"""`/v1/responses` of the demonstration model: always one message with one text; nothing is stored."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from typing import Annotated

from pydantic import BaseModel, Field

from groundwire.demo.model.texts import Content, ModelRequest, answered, count_tokens, pieces, text_of
from groundwire.proxy.jsontext import JsonObject, encode
from groundwire.proxy.upstreams.sse import encode_event


class Item(BaseModel):
    """Something that was said; of calls and other items, which have no role, nothing is read."""

    role: str = ""
    content: Content = None


class ResponseRequest(ModelRequest):
    """A request for a response."""

    input: str | Annotated[list[Item], Field(min_length=1)]
    instructions: str | None = None
    previous_response_id: str | None = None
    metadata: dict[str, str] | None = None

    @property
    def items(self) -> list[Item]:
        """The input as items; a text is what the user said."""
        return [Item(role="user", content=self.input)] if isinstance(self.input, str) else self.input

    @property
    def question(self) -> str:
        """The last thing the user said."""
        return next((text_of(item.content) for item in reversed(self.items) if item.role == "user"), "")


class ResponseReply:
    """The reply to one request, in both of its forms."""

    def __init__(self, request: ResponseRequest) -> None:
        self._request = request
        self._answer = answered(request.instructions or "", request.question)
        self._id, self._message_id = f"resp_{secrets.token_hex(16)}", f"msg_{secrets.token_hex(16)}"
        self._created_at = int(time.time())

    def whole(self) -> JsonObject:
        """Return the reply that comes at once."""
        return self._response("completed", [self._message("completed", [_part(self._answer)])], self._usage())

    def stream(self) -> Iterator[bytes]:
        """Yield the events of the stream."""
        for number, (kind, values) in enumerate(self._events()):
            yield encode_event(encode({"type": kind, **values, "sequence_number": number}), kind)

    def _events(self) -> Iterator[tuple[str, JsonObject]]:
        begun = self._response("in_progress", [], None)
        yield "response.created", {"response": begun}
        yield "response.in_progress", {"response": begun}
        yield "response.output_item.added", {"output_index": 0, "item": self._message("in_progress", [])}
        yield from self._text_events()
        done = self._message("completed", [_part(self._answer)])
        yield "response.output_item.done", {"output_index": 0, "item": done}
        yield "response.completed", {"response": self.whole()}

    def _text_events(self) -> Iterator[tuple[str, JsonObject]]:
        at: JsonObject = {"item_id": self._message_id, "output_index": 0, "content_index": 0}
        yield "response.content_part.added", {**at, "part": _part("")}
        for piece in pieces(self._answer):
            yield "response.output_text.delta", {**at, "delta": piece, "logprobs": []}
        yield "response.output_text.done", {**at, "text": self._answer, "logprobs": []}
        yield "response.content_part.done", {**at, "part": _part(self._answer)}

    def _response(self, status: str, output: list[JsonObject], usage: JsonObject | None) -> JsonObject:
        request = self._request
        return {
            "id": self._id,
            "object": "response",
            "created_at": self._created_at,
            "status": status,
            "error": None,
            "incomplete_details": None,
            "instructions": request.instructions,
            "metadata": request.metadata or {},
            "model": request.model,
            "output": output,
            "parallel_tool_calls": True,
            "previous_response_id": request.previous_response_id,
            "temperature": 1.0,
            "tool_choice": "auto",
            "tools": [],
            "top_p": 1.0,
            "usage": usage,
        }

    def _message(self, status: str, content: list[JsonObject]) -> JsonObject:
        ident = self._message_id
        return {"id": ident, "type": "message", "status": status, "role": "assistant", "content": content}

    def _usage(self) -> JsonObject:
        texts = [text_of(item.content) for item in self._request.items]
        asked, said = count_tokens(self._request.instructions or "", *texts), count_tokens(self._answer)
        return {
            "input_tokens": asked,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": said,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": asked + said,
        }


def _part(text: str) -> JsonObject:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
