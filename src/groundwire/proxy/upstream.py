"""The model servers: one pooled client each, whose errors are told apart by phase."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from types import TracebackType

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from groundwire.errors import NotFound, UpstreamError, UpstreamTimeout
from groundwire.proxy.exchange import Headers
from groundwire.proxy.headers import forwarded, returned

# How long an idle connection is kept, in seconds: less than most servers keep theirs.
_KEEP_IDLE_S = 15.0
_MAX_REPLY_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class UpstreamAddress:
    """Where a model server is and how it is spoken to; times in seconds, `base_url` up to and including `/v1`."""

    name: str
    base_url: str
    api_key: str | None = field(default=None, repr=False)
    models: tuple[str, ...] = ("*",)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    connect_timeout_s: float = 5.0
    read_timeout_s: float = 120.0
    max_connections: int = 1000


@dataclass(frozen=True, slots=True)
class Call:
    """One request to an upstream: `path` follows the base URL, `headers` are the client's."""

    method: str
    path: str
    headers: Headers
    body: bytes = b""
    query: bytes = b""
    keeps_authorization: bool = True


class UpstreamReply:
    """An upstream's response, its body unread; an async context manager that lets go of the connection."""

    def __init__(self, upstream: str, response: httpx.Response) -> None:
        self.upstream = upstream
        self.status = response.status_code
        self._response = response

    async def __aenter__(self) -> UpstreamReply:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of the connection; an upstream that is still writing is cut off."""
        await self._response.aclose()

    @property
    def is_ok(self) -> bool:
        """Whether the status says success."""
        return self.status < 300

    @property
    def content_type(self) -> str:
        """The media type, in lower case and without parameters."""
        value: str = self._response.headers.get("content-type", "")
        return value.partition(";")[0].strip().lower()

    def headers(self, *, drop: Sequence[bytes] = ()) -> Headers:
        """Return the headers that go on to the client."""
        return returned(self._response.headers.raw, drop=drop)

    @property
    def length(self) -> bytes | None:
        """The declared length of the raw body, where there is one."""
        length: str | None = self._response.headers.get("content-length")
        return length.encode() if length else None

    async def read(self) -> bytes:
        """Return the whole body, decompressed; raises UpstreamError and UpstreamTimeout."""
        pieces, size = [], 0
        async for piece in self.pieces():
            pieces.append(piece)
            size += len(piece)
            if size > _MAX_REPLY_BYTES:
                raise UpstreamError(f"The upstream {self.upstream!r} sent more than {_MAX_REPLY_BYTES} bytes.")
        return b"".join(pieces)

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the body as it arrives, decompressed; raises UpstreamError and UpstreamTimeout."""
        with _translated(self.upstream, "sending its reply"):
            async for piece in self._response.aiter_bytes():
                yield piece

    async def raw_pieces(self) -> AsyncIterator[bytes]:
        """Yield the body as it arrives, byte for byte; raises UpstreamError and UpstreamTimeout."""
        with _translated(self.upstream, "sending its reply"):
            async for piece in self._response.aiter_raw():
                yield piece


class Upstream:
    """One model server."""

    def __init__(self, address: UpstreamAddress) -> None:
        self.name = address.name
        self._address = address
        self._base = address.base_url.rstrip("/")
        self._transport = AiohttpTransport(client=self._open_session)
        # Plain values once, because this is looked up for every request.
        self._timeouts = {"connect": address.connect_timeout_s, "read": address.read_timeout_s}
        self._own_headers = _own_headers(address)

    def serves(self, model: str) -> bool:
        """Whether one of its patterns matches the model's name."""
        return any(fnmatchcase(model, pattern) for pattern in self._address.models)

    async def open(self, call: Call, *, is_compressed: bool = False) -> UpstreamReply:
        """Send a request and return the reply as soon as its headers are there.

        With `is_compressed` the client's `accept-encoding` goes on and the body may come compressed. Raises
        UpstreamError and UpstreamTimeout, which name the upstream and the phase.
        """
        request = httpx.Request(
            call.method,
            self._url(call),
            headers=self._headers(call, is_compressed=is_compressed),
            content=call.body,
            extensions={"timeout": self._timeouts},
        )
        with _translated(self.name, "answering"):
            return UpstreamReply(self.name, await self._transport.handle_async_request(request))

    async def close(self) -> None:
        """Close all connections."""
        await self._transport.aclose()

    def _url(self, call: Call) -> str:
        query = f"?{call.query.decode('latin-1')}" if call.query else ""
        return f"{self._base}{call.path}{query}"

    def _headers(self, call: Call, *, is_compressed: bool) -> Headers:
        drop = {name for name, _ in self._own_headers}
        if not call.keeps_authorization:
            drop.add(b"authorization")
        if is_compressed:
            return forwarded(call.headers, drop=drop) + self._own_headers
        drop.add(b"accept-encoding")
        return [*forwarded(call.headers, drop=drop), *self._own_headers, (b"accept-encoding", b"identity")]

    def _open_session(self) -> aiohttp.ClientSession:
        """Called once, on the running loop; no cookies are kept, for one client's must not reach another."""
        connector = aiohttp.TCPConnector(
            limit=self._address.max_connections, keepalive_timeout=_KEEP_IDLE_S, ssl=self._transport.ssl_context
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        )


class Upstreams:
    """The model servers by the models they serve."""

    def __init__(self, upstreams: Sequence[Upstream]) -> None:
        self._upstreams = tuple(upstreams)

    def __len__(self) -> int:
        return len(self._upstreams)

    def __iter__(self) -> Iterator[Upstream]:
        return iter(self._upstreams)

    @property
    def first(self) -> Upstream:
        """The one for requests that name no model."""
        return self._upstreams[0]

    def serving(self, model: str) -> Upstream:
        """Return the first upstream whose patterns match; raises NotFound."""
        for upstream in self._upstreams:
            if upstream.serves(model):
                return upstream
        raise NotFound(f"No upstream serves the model {model!r}; see `upstreams[].models`.", param="model")

    async def close(self) -> None:
        """Close all connections."""
        for upstream in self._upstreams:
            await upstream.close()


def _own_headers(address: UpstreamAddress) -> Headers:
    headers = [(name.lower().encode(), value.encode()) for name, value in address.headers.items()]
    if address.api_key:
        headers.append((b"authorization", f"Bearer {address.api_key}".encode()))
    return headers


@contextmanager
def _translated(upstream: str, phase: str) -> Iterator[None]:
    """Turn the client library's errors into ours; their texts are left out where they could quote a secret."""
    try:
        yield
    except (httpx.HTTPError, aiohttp.ClientError, TimeoutError, OSError) as error:
        raise _explained(upstream, phase, error) from error


def _explained(upstream: str, phase: str, error: Exception) -> UpstreamError:
    cause = error.__cause__ if isinstance(error, httpx.HTTPError) and error.__cause__ else error
    who = f"The upstream {upstream!r}"
    if isinstance(cause, aiohttp.ConnectionTimeoutError):
        return UpstreamTimeout(f"{who} did not accept a connection in time.")
    if isinstance(cause, TimeoutError):
        return UpstreamTimeout(f"{who} went silent while {phase}.")
    if isinstance(cause, aiohttp.ClientConnectorError):
        return UpstreamError(f"{who} can't be reached: {_reason(cause.os_error)}.")
    if isinstance(cause, aiohttp.ServerDisconnectedError | aiohttp.ClientPayloadError | ConnectionError):
        return UpstreamError(f"{who} closed the connection while {phase}.")
    return UpstreamError(f"{who} broke the protocol while {phase}: {type(cause).__name__}.")


def _reason(error: OSError) -> str:
    """The plain words for a failed connection; the library's own repeat the address."""
    if error.errno and error.errno > 0:
        return os.strerror(error.errno)
    return error.strerror or type(error).__name__
