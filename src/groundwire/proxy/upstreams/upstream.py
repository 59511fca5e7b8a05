"""The model servers: one pooled client each, whose errors are told apart by phase."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from types import TracebackType

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from groundwire.errors import NotFound, UpstreamError
from groundwire.proxy.exchange import Headers
from groundwire.proxy.headers import forwarded, returned
from groundwire.proxy.upstreams.dialects import AUTHORIZATION, CREDENTIALS, Dialect, OpenAIDialect
from groundwire.proxy.upstreams.phases import ANSWERING, SENDING, explained

logger = logging.getLogger(__name__)

# How long an idle connection is kept, in seconds: less than most servers keep theirs.
_KEEP_IDLE_S = 15.0
_MAX_REPLY_BYTES = 64 * 1024 * 1024
_TOO_MANY_REQUESTS = 429
# Only what depends on nothing that one server alone holds or knows; vectors of another model would be no use.
_REPLACEABLE = frozenset(("/chat/completions", "/completions", "/responses"))


@dataclass(frozen=True, slots=True)
class UpstreamAddress:
    """Where a model server is and how it is spoken to; times in seconds.

    `base_url` is what comes before the dialect's paths: for OpenAI's up to and including `/v1`. `answer_timeout_s` is
    for the first byte of a reply, `read_timeout_s` for each further one; without the former the latter is for both.
    `proxy` is the URL of an HTTP proxy on the way, and may hold its user and password.
    """

    name: str
    base_url: str
    dialect: Dialect = field(default_factory=OpenAIDialect)
    api_key: str | None = field(default=None, repr=False)
    models: tuple[str, ...] = ("*",)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    connect_timeout_s: float = 5.0
    answer_timeout_s: float | None = None
    read_timeout_s: float = 120.0
    proxy: str | None = field(default=None, repr=False)
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
    """An upstream's response, its body unread; an async context manager that lets go of the connection.

    `upstream` is the name of the one that answered; `silence_s` is the longest wait for a piece of the body.
    """

    def __init__(self, upstream: str, response: httpx.Response, silence_s: float | None = None) -> None:
        self.upstream = upstream
        self.status = response.status_code
        self._response = response
        self._silence_s = silence_s

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
    def is_turned_away(self) -> bool:
        """Whether the server is busy or broken, so that another one may do better."""
        return self.status >= 500 or self.status == _TOO_MANY_REQUESTS

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
        async for piece in self._timed(self._response.aiter_bytes()):
            yield piece

    async def raw_pieces(self) -> AsyncIterator[bytes]:
        """Yield the body as it arrives, byte for byte; raises UpstreamError and UpstreamTimeout."""
        async for piece in self._timed(self._response.aiter_raw()):
            yield piece

    async def _timed(self, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        with explained(self.upstream, SENDING):
            while True:
                async with asyncio.timeout(self._silence_s):
                    piece = await anext(pieces, None)
                if piece is None:
                    return
                yield piece


class Upstream:
    """One model server, and the one that steps in for it."""

    def __init__(self, address: UpstreamAddress) -> None:
        self.name = address.name
        self.fallback: Upstream | None = None
        self._address = address
        self._base = address.base_url.rstrip("/")
        self._transport = AiohttpTransport(client=self._open_session)
        # Plain values once, because this is looked up for every request.
        longest_s = max(address.read_timeout_s, address.answer_timeout_s or 0)
        self._timeouts = {"connect": address.connect_timeout_s, "read": longest_s}
        self._silence_s = address.read_timeout_s if longest_s > address.read_timeout_s else None
        self._own_headers = _own_headers(address)

    def serves(self, model: str) -> bool:
        """Whether one of its patterns matches the model's name."""
        return any(fnmatchcase(model, pattern) for pattern in self._address.models)

    async def open(self, call: Call, *, is_compressed: bool = False) -> UpstreamReply:
        """Send a request and return the reply as soon as its headers are there.

        With `is_compressed` the client's `accept-encoding` goes on and the body may come compressed. Where the server
        can't be reached, does not answer in time, or answers with 429 or 5xx, its fallback is asked for the answer.
        Raises UpstreamError and UpstreamTimeout, which name each upstream and the phase, and BadRequest.
        """
        if self.fallback is None or call.path not in _REPLACEABLE:
            return await self.attempt(call, is_compressed=is_compressed)
        try:
            reply = await self.attempt(call, is_compressed=is_compressed)
        except UpstreamError as error:
            return await _second_choice(self.fallback, call, error, is_compressed=is_compressed)
        if not reply.is_turned_away:
            return reply
        return await _better_reply(reply, self.fallback, call, is_compressed=is_compressed)

    async def attempt(self, call: Call, *, is_compressed: bool = False) -> UpstreamReply:
        """Send a request to this very server; raises UpstreamError, UpstreamTimeout and BadRequest."""
        request = httpx.Request(
            call.method,
            self._base + self._address.dialect.target(call.path, call.query.decode("latin-1"), call.body),
            headers=self._headers(call, is_compressed=is_compressed),
            content=call.body,
            extensions={"timeout": self._timeouts},
        )
        with explained(self.name, ANSWERING):
            async with asyncio.timeout(self._address.answer_timeout_s):
                response = await self._transport.handle_async_request(request)
        return UpstreamReply(self.name, response, self._silence_s)

    async def close(self) -> None:
        """Close all connections."""
        await self._transport.aclose()

    def _headers(self, call: Call, *, is_compressed: bool) -> Headers:
        drop = {name for name, _ in self._own_headers}
        if self._address.api_key:
            drop |= CREDENTIALS
        elif not call.keeps_authorization:
            drop.add(AUTHORIZATION)
        if not is_compressed:
            drop.add(b"accept-encoding")
        theirs = self._address.dialect.translated(forwarded(call.headers, drop=drop))
        return [*theirs, *self._own_headers, *([] if is_compressed else [(b"accept-encoding", b"identity")])]

    def _open_session(self) -> aiohttp.ClientSession:
        """Called once, on the running loop; no cookies are kept, for one client's must not reach another."""
        connector = aiohttp.TCPConnector(
            limit=self._address.max_connections, keepalive_timeout=_KEEP_IDLE_S, ssl=self._transport.ssl_context
        )
        return aiohttp.ClientSession(
            connector=connector,
            proxy=self._address.proxy,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        )


class Upstreams:
    """The model servers by the models they serve."""

    def __init__(self, upstreams: Sequence[Upstream], fallbacks: Mapping[str, str] | None = None) -> None:
        """`fallbacks` tells by name which upstream steps in for which; they must not run in a circle."""
        self._upstreams = tuple(upstreams)
        by_name = {upstream.name: upstream for upstream in upstreams}
        for name, other in (fallbacks or {}).items():
            by_name[name].fallback = by_name[other]

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
        headers.append(address.dialect.key_header(address.api_key))
    return headers


def for_another(call: Call) -> Call:
    """Return the call without the client's own key, which is for the upstream that is asked first and for no other."""
    headers = [(name, value) for name, value in call.headers if name not in CREDENTIALS]
    return replace(call, headers=headers, keeps_authorization=False)


async def _second_choice(fallback: Upstream, call: Call, error: UpstreamError, *, is_compressed: bool) -> UpstreamReply:
    try:
        return await fallback.open(for_another(call), is_compressed=is_compressed)
    except UpstreamError as second:
        raise type(second)(f"{error.message} {second.message}") from second


async def _better_reply(
    refusal: UpstreamReply, fallback: Upstream, call: Call, *, is_compressed: bool
) -> UpstreamReply:
    """Return the fallback's answer, or the first one's refusal where that is all there is."""
    try:
        reply = await fallback.open(for_another(call), is_compressed=is_compressed)
    except UpstreamError as error:
        logger.warning("The upstream %r answered with %d. %s", refusal.upstream, refusal.status, error.message)
        return refusal
    except BaseException:
        await refusal.close()
        raise
    better, worse = (reply, refusal) if reply.is_ok else (refusal, reply)
    await worse.close()
    return better
