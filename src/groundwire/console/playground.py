"""What the playground has beside the check: a wire to chat over, and examples to try."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Response
from starlette.types import Receive, Scope, Send

from groundwire.proxy.callers import Caller
from groundwire.proxy.routes import PREFIX, WireApp

# Cookies and tokens of the console stay here; an upstream that wants a key gets the one of the settings.
_PASSED_ON = frozenset((b"accept", b"content-length", b"content-type", b"transfer-encoding", b"user-agent"))


@dataclass(frozen=True, slots=True)
class Example:
    """A question and an answer to it that is worth a check."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Playground:
    """The parts of the playground; without a wire there is nothing to chat with."""

    wire: WireApp | None = None
    examples: Sequence[Example] = ()


class WireReply(Response):
    """The reply of the wire to the request, as if it had come there under `path` (below `/v1`) from this caller.

    It is sent as it arrives, streams included, and with the wire's own errors.
    """

    def __init__(self, wire: WireApp, caller: Caller, path: str) -> None:
        super().__init__()
        self._wire = wire.admitting(caller)
        self._path = PREFIX + path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, without what belongs to the console."""
        headers = [(name, value) for name, value in scope["headers"] if name in _PASSED_ON]
        place = {"path": self._path, "raw_path": self._path.encode(), "root_path": "", "query_string": b""}
        await self._wire({**scope, **place, "headers": headers}, receive, send)
