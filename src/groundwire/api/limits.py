"""Keeps over-large bodies out of our own API, whose framework would read them into memory whole."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from groundwire.api.errors import error_response
from groundwire.errors import GroundwireError, PayloadTooLarge


class _TooLarge(Exception):
    """More arrived than may."""


def refused(_: Scope, error: GroundwireError) -> ASGIApp:
    """Return the response to a request that is refused before it is read."""
    return error_response(error)


class LimitedBody:
    """An ASGI middleware that answers 413 to a body of more than `max_bytes`; the wire has its own limit.

    `refuse` makes the answer from the request's scope and the error.
    """

    def __init__(
        self, app: ASGIApp, max_bytes: int, refuse: Callable[[Scope, GroundwireError], ASGIApp] = refused
    ) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on while it is small enough."""
        if scope["type"] != "http" or scope["path"].startswith("/v1/"):
            await self._app(scope, receive, send)
            return
        body = _Counted(receive, send, self._max_bytes)
        if _declared(scope) > self._max_bytes:
            body.is_over = True
        else:
            with suppress(_TooLarge):
                await self._app(scope, body.receive, body.send)
        if body.is_over and not body.has_started:
            limit = f"More than {self._max_bytes / 1e6:g} MB can't be sent at once"
            error = PayloadTooLarge(f"{limit}; send less, or raise server.max_upload_mb.")
            await self._refuse(scope, error)(scope, receive, send)


class _Counted:
    """One exchange whose request body is counted; once it is too long, the application's own reply is held back."""

    def __init__(self, receive: Receive, send: Send, max_bytes: int) -> None:
        self.is_over = False
        self.has_started = False
        self._receive = receive
        self._send = send
        self._left = max_bytes

    async def receive(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            self.is_over = True
            raise _TooLarge
        return message

    async def send(self, message: Message) -> None:
        if self.is_over and not self.has_started:
            return
        self.has_started = True
        await self._send(message)


def _declared(scope: Scope) -> int:
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    return int(lengths[0]) if lengths and lengths[0].isdigit() else 0
