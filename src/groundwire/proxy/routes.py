"""Everything under `/v1`, as a raw ASGI application: the framework's routing would cost more than the relay."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import unquote

from starlette.types import Receive, Scope, Send

from groundwire.errors import BadRequest, GroundwireError
from groundwire.proxy.callers import Caller, Gate
from groundwire.proxy.exchange import Client, ClientLeft, error_reply
from groundwire.proxy.passthrough import Passthrough
from groundwire.proxy.upstreams.upstream import Call

logger = logging.getLogger(__name__)

PREFIX = "/v1"
Handler = Callable[[Client, Caller, Call], Awaitable[None]]


class WireApp:
    """Sends each request to the handler of its route, and every other one through unchecked.

    `handlers` maps a path below `/v1`, in lower case, to what answers a POST on it. Another spelling of such a path
    (escapes, doubled slashes, capitals), which an upstream might take for the same, is answered by it too.
    """

    def __init__(
        self, gate: Gate, handlers: Mapping[str, Handler], passthrough: Passthrough, *, max_body_bytes: int
    ) -> None:
        self._gate = gate
        self._handlers = handlers
        self._passthrough = passthrough
        self._max_body_bytes = max_body_bytes

    def admitting(self, caller: Caller) -> WireApp:
        """Return the same wire without its gate, for requests of a caller who was let in elsewhere."""
        return WireApp(_Admitted(caller), self._handlers, self._passthrough, max_body_bytes=self._max_body_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; whatever goes wrong becomes an error in OpenAI's shape."""
        if scope["type"] != "http":
            # What passes over a websocket can't be checked.
            await send({"type": "websocket.close", "code": 1008})
            return
        client = Client(scope, receive, send)
        try:
            await self._serve(client, _path(scope))
        except ClientLeft:
            logger.info("The client left before it had its answer")
        except GroundwireError as error:
            await _report(client, error)
        except Exception:
            logger.exception("A request failed")
            await _report(client, GroundwireError("Something broke on our side; the log has the details."))
        finally:
            client.forget()

    async def _serve(self, client: Client, path: str) -> None:
        caller = await self._gate.admit(client.headers)
        body = await client.body(self._max_body_bytes)
        call = Call(client.method, path, client.raw_headers, body, client.query, caller.owns_authorization)
        route = _route(path)
        handler = self._handlers.get(route) if client.method == "POST" else None
        if handler:
            await handler(client, caller, replace(call, path=route))
        else:
            await self._passthrough.handle(client, call)


@dataclass(frozen=True, slots=True)
class _Admitted:
    """A gate that somebody has passed already."""

    caller: Caller

    async def admit(self, headers: Mapping[str, str]) -> Caller:
        return self.caller


def _path(scope: Scope) -> str:
    """Return the path below `/v1` as it was sent, escapes included; raises BadRequest for one that climbs out of it."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    path = raw.decode("latin-1").partition("?")[0].partition(PREFIX)[2]
    if {".", ".."} & set(unquote(path).replace("\\", "/").split("/")):
        raise BadRequest(f"The path {path!r} is not allowed.")
    return path.rstrip("/")


def _route(path: str) -> str:
    return "/" + "/".join(part for part in unquote(path).lower().split("/") if part)


async def _report(client: Client, error: GroundwireError) -> None:
    """Answer with the error; a response that has begun is broken off instead, so that nobody takes it as whole."""
    if client.has_left:
        return
    if client.has_started:
        logger.warning("A response was broken off: %s", error.message)
        return
    if error.status >= 500:
        logger.warning("%s: %s", type(error).__name__, error.message)
    await client.answer(error_reply(error))
