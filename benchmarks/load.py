"""Sends requests over keep-alive connections in a closed loop and times them; bare sockets, to cost little itself."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Target:
    """What is asked where."""

    url: str
    body: dict[str, object] | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def request(self) -> bytes:
        """Return the bytes of the request."""
        address = urlsplit(self.url)
        body = json.dumps(self.body).encode() if self.body is not None else b""
        lines = [f"{'POST' if body else 'GET'} {address.path} HTTP/1.1", f"host: {address.netloc}"]
        lines += [f"content-length: {len(body)}", "content-type: application/json"] if body else []
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass
class Timing:
    """One reply: seconds since the request to each piece of text in it, and to its end."""

    total_s: float
    status: int
    body: bytes
    pieces: list[tuple[float, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The answer that a stream put together."""
        return "".join(text for _, text in self.pieces)

    def time_to(self, chars: int) -> float:
        """Return the seconds until so many characters of the stream's text had arrived."""
        length = 0
        for at_s, text in self.pieces:
            length += len(text)
            if length >= chars:
                return at_s
        return self.total_s


@dataclass(frozen=True)
class Run:
    """The replies of one run and how long it took, in seconds."""

    timings: Sequence[Timing]
    wall_s: float

    def ms(self, percentile: float) -> float:
        """Return a percentile (0 to 100) of the total time in milliseconds."""
        return percentile_of([timing.total_s for timing in self.timings], percentile) * 1e3

    @property
    def rate(self) -> float:
        """Replies a second."""
        return len(self.timings) / self.wall_s

    @property
    def errors(self) -> int:
        """Replies with a status other than 200."""
        return sum(timing.status != 200 for timing in self.timings)


def percentile_of(values: Sequence[float], percentile: float) -> float:
    """Return the value below which that share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(percentile / 100 * (len(ordered) - 1)))]


async def run(target: Target, *, count: int, connections: int = 1, max_s: float = 30.0) -> Run:
    """Send `count` requests over so many connections, or fewer when the time is up."""
    left, until = [count], time.perf_counter() + max_s
    started = time.perf_counter()
    timings = await asyncio.gather(*(_connection(target, left, until) for _ in range(connections)))
    return Run([timing for each in timings for timing in each], time.perf_counter() - started)


async def _connection(target: Target, left: list[int], until: float) -> list[Timing]:
    address, request = urlsplit(target.url), target.request()
    reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=2**24)
    timings = []
    while left[0] > 0 and time.perf_counter() < until:
        left[0] -= 1
        writer.write(request)
        timings.append(await _reply(reader))
    writer.close()
    return timings


async def _reply(reader: asyncio.StreamReader) -> Timing:
    started = time.perf_counter()
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status = int(head.split(" ", 2)[1])
    if "transfer-encoding: chunked" in head:
        return await _chunked(reader, started, status)
    length = int(head.partition("content-length:")[2].partition("\r\n")[0] or 0)
    body = await reader.readexactly(length)
    return Timing(time.perf_counter() - started, status, body)


async def _chunked(reader: asyncio.StreamReader, started: float, status: int) -> Timing:
    pieces: list[tuple[float, str]] = []
    body, rest = b"", b""
    while size := int(await reader.readline(), 16):
        data = (await reader.readexactly(size + 2))[:-2]
        at_s = time.perf_counter() - started
        body += data
        *events, rest = (rest + data).split(b"\n\n")
        pieces += [(at_s, text) for event in events if (text := _text_of(event))]
    await reader.readline()
    return Timing(time.perf_counter() - started, status, body, pieces)


def _text_of(event: bytes) -> str:
    if not event.startswith(b"data: {"):
        return ""
    choices = json.loads(event[6:]).get("choices") or [{}]
    return str(choices[0].get("delta", {}).get("content") or "")
