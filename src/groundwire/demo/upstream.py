"""A model server that speaks OpenAI's chat, responses and completions; one small ASGI application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Protocol

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse

from groundwire.demo.model.chat import ChatRequest, chat_reply
from groundwire.demo.model.completions import CompletionRequest, completion_reply
from groundwire.demo.model.responses import ResponseReply, ResponseRequest
from groundwire.proxy.jsontext import JsonObject

MODEL = "demo"
# About the pace of a hosted model, in seconds a word.
_PACE_S = 0.02
_CARD: JsonObject = {"id": MODEL, "object": "model", "created": 0, "owned_by": "groundwire"}


class Reply(Protocol):
    """The reply to one request, in both of its forms."""

    def whole(self) -> JsonObject:
        """Return the reply that comes at once."""
        ...

    def stream(self) -> Iterator[bytes]:
        """Yield the events of the stream, about one a word."""
        ...


def create_upstream(pace_s: float = _PACE_S) -> FastAPI:
    """Return the model server; a stream takes `pace_s` seconds a word."""
    app = FastAPI(openapi_url=None)
    app.add_exception_handler(RequestValidationError, _refused)

    @app.get("/v1/models")
    async def models() -> JsonObject:
        return {"object": "list", "data": [_CARD]}

    @app.get("/v1/models/{name}")
    async def model(name: str) -> Response:
        return JSONResponse(_CARD) if name == MODEL else _error(f"There is no model {name!r}.", "model", 404)

    @app.post("/v1/chat/completions")
    async def chat(request: ChatRequest) -> Response:
        return _answer(chat_reply(request), pace_s if request.stream else None)

    @app.post("/v1/responses")
    async def respond(request: ResponseRequest) -> Response:
        return _answer(ResponseReply(request), pace_s if request.stream else None)

    @app.post("/v1/completions")
    async def complete(request: CompletionRequest) -> Response:
        return _answer(completion_reply(request), pace_s if request.stream else None)

    return app


def _answer(reply: Reply, pace_s: float | None) -> Response:
    """Send a reply, as a stream where it has a pace."""
    if pace_s is None:
        return JSONResponse(reply.whole())
    return StreamingResponse(_paced(reply.stream(), pace_s), media_type="text/event-stream")


async def _paced(events: Iterable[bytes], pace_s: float) -> AsyncIterator[bytes]:
    for event in events:
        yield event
        await asyncio.sleep(pace_s)


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problem = error.errors()[0]
    # Of the body as a whole, its name is all that there is.
    where = ".".join(map(str, problem["loc"][1:] or problem["loc"]))
    return _error(f"{where}: {problem['msg']}", where, 400)


def _error(message: str, param: str, status: int) -> Response:
    body = {"message": message, "type": "invalid_request_error", "param": param, "code": None}
    return JSONResponse({"error": body}, status)
