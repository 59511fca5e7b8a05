"""A model server that speaks OpenAI's chat completions, streamed and whole; one small ASGI application."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import AsyncIterator, Iterator

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from groundwire.demo.answers import answer_to, reworded
from groundwire.policy.rewording import INSTRUCTIONS

MODEL = "demo"
_PIECE = re.compile(r"\s*\S+\s*?")
# About the pace of a hosted model, in seconds a word.
_PACE_S = 0.02


class StreamOptions(BaseModel):
    """What a stream is to carry besides text."""

    include_usage: bool = False


class Message(BaseModel):
    """One message; its other fields are passed over."""

    role: str
    content: str | list[dict[str, object]] | None = None

    @property
    def text(self) -> str:
        """Its text, from whichever form it came in."""
        if isinstance(self.content, list):
            return " ".join(str(part.get("text", "")) for part in self.content)
        return self.content or ""


class ChatRequest(BaseModel):
    """A request for a chat completion; fields the model has no use for are passed over."""

    model_config = ConfigDict(extra="ignore")

    model: str
    messages: list[Message] = Field(min_length=1)
    stream: bool = False
    stream_options: StreamOptions | None = None
    n: int = Field(default=1, ge=1, le=16)

    @property
    def question(self) -> str:
        """The last thing the user said."""
        return next((message.text for message in reversed(self.messages) if message.role == "user"), "")

    @property
    def asks_to_reword(self) -> bool:
        """Whether it is the proxy that asks, for other words in place of what the documents contradict."""
        return self.messages[0].text == INSTRUCTIONS


def create_upstream(pace_s: float = _PACE_S) -> FastAPI:
    """Return the model server; a stream takes `pace_s` seconds a word."""
    app = FastAPI(openapi_url=None)
    app.add_exception_handler(RequestValidationError, _refused)

    @app.get("/v1/models")
    async def models() -> dict[str, object]:
        return {"object": "list", "data": [{"id": MODEL, "object": "model", "created": 0, "owned_by": "groundwire"}]}

    @app.post("/v1/chat/completions")
    async def complete(request: ChatRequest) -> Response:
        completion = _Completion(request)
        if request.stream:
            return StreamingResponse(completion.stream(pace_s), media_type="text/event-stream")
        return JSONResponse(completion.whole())

    return app


class _Completion:
    """The reply to one request, in both of its forms."""

    def __init__(self, request: ChatRequest) -> None:
        self._request = request
        self._answer = (reworded if request.asks_to_reword else answer_to)(request.question)
        self._base = {"id": f"chatcmpl-{secrets.token_hex(12)}", "created": int(time.time()), "model": request.model}

    def whole(self) -> dict[str, object]:
        message = {"role": "assistant", "content": self._answer, "refusal": None}
        choices = [
            {"index": number, "message": message, "logprobs": None, "finish_reason": "stop"}
            for number in range(self._request.n)
        ]
        return {**self._base, "object": "chat.completion", "choices": choices, "usage": self._usage()}

    async def stream(self, pace_s: float) -> AsyncIterator[str]:
        for number in range(self._request.n):
            for delta, finish in self._deltas():
                choice = {"index": number, "delta": delta, "logprobs": None, "finish_reason": finish}
                yield self._event([choice])
                await asyncio.sleep(pace_s)
        if self._request.stream_options and self._request.stream_options.include_usage:
            yield self._event([], usage=self._usage())
        yield "data: [DONE]\n\n"

    def _deltas(self) -> Iterator[tuple[dict[str, str], str | None]]:
        yield {"role": "assistant", "content": ""}, None
        for piece in _pieces(self._answer):
            yield {"content": piece}, None
        yield {}, "stop"

    def _event(self, choices: list[dict[str, object]], **extra: object) -> str:
        chunk = {**self._base, "object": "chat.completion.chunk", "choices": choices, **extra}
        return f"data: {JSONResponse(chunk).body.decode()}\n\n"  # type: ignore[union-attr]

    def _usage(self) -> dict[str, int]:
        """Tokens are counted in words, which is near enough for a demonstration."""
        asked = sum(len(message.text.split()) for message in self._request.messages)
        answered = self._request.n * len(self._answer.split())
        return {"prompt_tokens": asked, "completion_tokens": answered, "total_tokens": asked + answered}


def _pieces(text: str) -> list[str]:
    """Words with the white space before them; together they are the text."""
    return re.findall(r"\s*\S+|\s+$", text)


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problem = error.errors()[0]
    # Of the body as a whole, its name is all that there is.
    where = ".".join(map(str, problem["loc"][1:] or problem["loc"]))
    body = {"message": f"{where}: {problem['msg']}", "type": "invalid_request_error", "param": where, "code": None}
    return JSONResponse({"error": body}, 400)
