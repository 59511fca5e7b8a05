"""Which headers cross the proxy: end-to-end ones do; hop-by-hop ones, cookies and our own do not."""

from __future__ import annotations

from collections.abc import Iterable

from groundwire.proxy.exchange import Headers

# RFC 9110, section 7.6.1, and what HTTP servers treat alike.
HOP_BY_HOP = frozenset(
    (
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    )
)
# Written anew on each side. Cookies belong to our console; `expect` is answered by the server.
_NOT_FORWARDED = HOP_BY_HOP | {b"host", b"content-length", b"cookie", b"expect"}
_NOT_RETURNED = HOP_BY_HOP | {b"content-length", b"set-cookie", b"server", b"date", b"alt-svc"}
_OURS = b"x-grounding-"


def forwarded(headers: Iterable[tuple[bytes, bytes]], *, drop: Iterable[bytes] = ()) -> Headers:
    """Return the request headers that go to the upstream, without those in `drop` (lower case)."""
    headers = list(headers)
    unwanted = _NOT_FORWARDED | _named_by_connection(headers) | set(drop)
    return [(name, value) for name, value in headers if name not in unwanted and not name.startswith(_OURS)]


def returned(headers: Iterable[tuple[bytes, bytes]], *, drop: Iterable[bytes] = ()) -> Headers:
    """Return the response headers that go to the client, names in lower case, without those in `drop`."""
    lowered = [(name.lower(), value) for name, value in headers]
    unwanted = _NOT_RETURNED | _named_by_connection(lowered) | set(drop)
    return [(name, value) for name, value in lowered if name not in unwanted and not name.startswith(_OURS)]


def _named_by_connection(headers: Headers) -> frozenset[bytes]:
    """A connection header may name further headers that end at this hop."""
    values = [value for name, value in headers if name == b"connection"]
    return frozenset(part.strip().lower() for value in values for part in value.split(b","))
