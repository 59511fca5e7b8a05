"""Wrappers that count what passes through: requests, upstream calls, events."""

from __future__ import annotations

import time
from collections.abc import Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from groundwire.domain import Event, Failure
from groundwire.errors import UpstreamError, UpstreamTimeout
from groundwire.metrics import Metrics
from groundwire.protocols import EventStore
from groundwire.proxy.upstreams.upstream import Call, Upstream, UpstreamAddress, UpstreamReply

_WIRE = frozenset(f"/v1/{route}" for route in ("chat/completions", "responses", "completions", "embeddings", "models"))


class MeasuredApp:
    """An ASGI middleware that counts requests by route and status."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and count it when it is over."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path, started, status = scope["path"], time.perf_counter(), None

        async def counted_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, counted_send)
        except Exception:
            status = status or 500
            raise
        finally:
            self._metrics.request(_endpoint(path, scope), status, time.perf_counter() - started)


class MeasuredEvents:
    """An event store that counts the answers whose events pass."""

    def __init__(self, store: EventStore, metrics: Metrics) -> None:
        self._store = store
        self._metrics = metrics

    async def append(self, events: Sequence[Event]) -> None:
        """Store and count; answers count even when their events can't be stored."""
        started = time.perf_counter()
        try:
            await self._store.append(events)
        except Exception:
            self._metrics.failed(Failure.EVENT_STORE)
            raise
        finally:
            self._metrics.stored(events, time.perf_counter() - started)


class MeasuredUpstream(Upstream):
    """An upstream whose answers are counted and timed."""

    def __init__(self, address: UpstreamAddress, metrics: Metrics) -> None:
        super().__init__(address)
        self._metrics = metrics

    async def attempt(self, call: Call, *, is_compressed: bool = False) -> UpstreamReply:
        """Send a request; see Upstream.attempt."""
        started, status = time.perf_counter(), "left"
        try:
            reply = await super().attempt(call, is_compressed=is_compressed)
            status = str(reply.status)
            return reply
        except UpstreamTimeout:
            status = "timeout"
            raise
        except UpstreamError:
            status = "unreachable"
            raise
        finally:
            self._metrics.upstream(self.name, status, time.perf_counter() - started)


def _endpoint(path: str, scope: Scope) -> str:
    """A name from a short list: a client must not be able to fill the memory with names of its own."""
    if path.startswith("/v1/"):
        return path if path in _WIRE else "/v1/*"
    route = getattr(scope.get("route"), "path", None)
    return route if isinstance(route, str) else "other"
