"""A client that goes away in the middle of a reply."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from starlette.types import ASGIApp, Message


async def leave(app: ASGIApp, path: str, *, after: int, query: str = "") -> list[Message]:
    """Ask with GET, leave once `after` messages of the reply have come, and return all that were sent."""
    sent: list[Message] = []
    has_left = asyncio.Event()
    request = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> Message:
        for whole in request:
            return whole
        await has_left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)
        if len(sent) == after:
            has_left.set()

    async with asyncio.timeout(20):
        await app(_scope(path, query), receive, send)
    return sent


def is_whole(sent: Sequence[Message]) -> bool:
    """Whether a reply was sent to its end."""
    return sent[-1]["type"] == "http.response.body" and not sent[-1].get("more_body", False)


def _scope(path: str, query: str) -> Mapping[str, object]:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(b"host", b"localhost")],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
