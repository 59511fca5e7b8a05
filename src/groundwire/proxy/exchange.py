"""The client's side of one exchange on raw ASGI: its request, whether it is still there, and what it is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from starlette.types import Receive, Scope, Send

from groundwire.errors import BadRequest, GroundwireError, GuardUnavailable, PayloadTooLarge
from groundwire.proxy.jsontext import encode

Headers = list[tuple[bytes, bytes]]
T = TypeVar("T")


class ClientLeft(Exception):
    """The client closed its connection before it had its answer."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole response."""

    status: int
    body: bytes
    headers: Headers = field(default_factory=list)


def json_reply(value: object, status: int = 200, headers: Iterable[tuple[bytes, bytes]] = ()) -> Reply:
    """Return a reply of JSON."""
    return Reply(status, encode(value).encode(), [(b"content-type", b"application/json"), *headers])


def error_body(error: GroundwireError) -> dict[str, dict[str, str | None]]:
    """Return an error in OpenAI's shape."""
    return {"error": {"message": error.message, "type": error.type, "param": error.param, "code": error.code}}


def error_reply(error: GroundwireError) -> Reply:
    """Return the response to an error; a guard outage says when to come back."""
    retry = (b"retry-after", str(GuardUnavailable.retry_after_s).encode())
    return json_reply(error_body(error), error.status, [retry] if isinstance(error, GuardUnavailable) else [])


class Client:
    """One request of one client: read it once, then answer it."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.method: str = scope["method"]
        self.query: bytes = scope.get("query_string", b"")
        self.raw_headers: Headers = list(scope["headers"])
        self.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in self.raw_headers}
        self.has_left = False
        self.has_started = False
        self._receive = receive
        self._send = send
        self._leaving: asyncio.Task[None] | None = None

    async def body(self, max_bytes: int) -> bytes:
        """Return the whole request body; raises PayloadTooLarge, and ClientLeft when it breaks off."""
        if self._declared_length() > max_bytes:
            raise _too_large(max_bytes)
        pieces, size = [], 0
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self.has_left = True
                raise ClientLeft
            pieces.append(message.get("body", b""))
            size += len(pieces[-1])
            if size > max_bytes:
                raise _too_large(max_bytes)
            if not message.get("more_body"):
                return b"".join(pieces)

    async def until_left(self) -> None:
        """Return when the client has closed its connection; the body must have been read."""
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.has_left = True

    async def waits_for(self, work: Awaitable[T]) -> T:
        """Return the result of the work, or cancel it and raise ClientLeft when the client goes first."""
        task = asyncio.ensure_future(work)
        self._leaving = self._leaving or asyncio.create_task(self.until_left())
        try:
            await asyncio.wait((task, self._leaving), return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise ClientLeft
            return task.result()
        finally:
            task.cancel()

    def forget(self) -> None:
        """Stop watching whether the client leaves."""
        if self._leaving:
            self._leaving.cancel()

    async def answer(self, reply: Reply) -> None:
        """Send a whole response."""
        length = (b"content-length", str(len(reply.body)).encode())
        await self.start(reply.status, [*reply.headers, length])
        await self.end(reply.body)

    async def start(self, status: int, headers: Headers) -> None:
        """Send status and headers."""
        self.has_started = True
        await self._send({"type": "http.response.start", "status": status, "headers": headers})

    async def write(self, data: bytes) -> None:
        """Send a piece of the body."""
        await self._send({"type": "http.response.body", "body": data, "more_body": True})

    async def end(self, data: bytes = b"") -> None:
        """Send the last piece of the body."""
        await self._send({"type": "http.response.body", "body": data})

    def _declared_length(self) -> int:
        value = self.headers.get("content-length", "0")
        if not value.isdecimal():
            raise BadRequest(f"The header content-length must be a number, not {value!r}.")
        return int(value)


def _too_large(max_bytes: int) -> PayloadTooLarge:
    return PayloadTooLarge(f"The request body is larger than {max_bytes} bytes, the limit of `server.max_body_mb`.")
