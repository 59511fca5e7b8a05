"""What goes wrong between us and an upstream, said as: which upstream, in which phase, and why."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import httpx

from groundwire.errors import UpstreamError, UpstreamTimeout

ANSWERING, SENDING = "answering", "sending its reply"


@contextmanager
def explained(upstream: str, phase: str) -> Iterator[None]:
    """Turn the client library's errors into ours; their texts are left out where they could quote a secret."""
    try:
        yield
    except (httpx.HTTPError, aiohttp.ClientError, TimeoutError, OSError) as error:
        raise _explanation(upstream, phase, error) from error


def _explanation(upstream: str, phase: str, error: Exception) -> UpstreamError:
    cause = error.__cause__ if isinstance(error, httpx.HTTPError) and error.__cause__ else error
    who = f"The upstream {upstream!r}"
    if isinstance(cause, aiohttp.ConnectionTimeoutError):
        return UpstreamTimeout(f"{who} did not accept a connection in time.")
    if isinstance(cause, TimeoutError):
        return UpstreamTimeout(f"{who} went silent while {phase}.")
    if isinstance(cause, aiohttp.ClientProxyConnectionError):
        return UpstreamError(f"{who} can't be reached, for its proxy can't: {_reason(cause.os_error)}.")
    if isinstance(cause, aiohttp.ClientHttpProxyError):
        return UpstreamError(f"{who} can't be reached, for its proxy refused with status {cause.status}.")
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
