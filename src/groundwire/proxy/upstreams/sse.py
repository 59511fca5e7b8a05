"""Reads server-sent events out of bytes, however these were cut into packets (WHATWG HTML, section 9.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from groundwire.errors import UpstreamError

MAX_EVENT_BYTES = 16 * 1024 * 1024
DONE = "[DONE]"

_LINE_END = re.compile(rb"\r\n|\n|\r")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event: its data, lines joined by a newline, and its type when one was named."""

    data: str
    type: str = ""


class EventParser:
    """Takes bytes in pieces of any size and returns the events that are complete.

    Comments, ids and retry times are passed over. Raises UpstreamError for an event beyond `MAX_EVENT_BYTES`.
    """

    def __init__(self, upstream: str) -> None:
        self._upstream = upstream
        self._rest = b""
        self._is_first = True
        self._data: list[str] = []
        self._type = ""

    def feed(self, piece: bytes) -> list[ServerEvent]:
        """Take more bytes; return the events they complete."""
        buffer = self._rest + piece
        if self._is_first:
            if len(buffer) < len(_BOM) and _BOM.startswith(buffer):
                self._rest = buffer
                return []
            buffer, self._is_first = buffer.removeprefix(_BOM), False
        # A carriage return at the very end may be half of a line end.
        held = buffer[-1:] if buffer.endswith(b"\r") else b""
        *lines, rest = _LINE_END.split(buffer[: len(buffer) - len(held)])
        self._rest = rest + held
        events = self._take(lines)
        if len(self._rest) + sum(map(len, self._data)) > MAX_EVENT_BYTES:
            raise UpstreamError(f"The upstream {self._upstream!r} sent an event of more than {MAX_EVENT_BYTES} bytes.")
        return events

    def close(self) -> list[ServerEvent]:
        """Return the last event, for servers that end without the blank line after it."""
        last = _LINE_END.split(self._rest)
        self._rest = b""
        return self._take([*last, b""])

    def _take(self, lines: list[bytes]) -> list[ServerEvent]:
        events = []
        for line in lines:
            if line:
                self._field(line)
            elif self._data:
                events.append(ServerEvent("\n".join(self._data), self._type))
            if not line:
                self._data, self._type = [], ""
        return events

    def _field(self, line: bytes) -> None:
        name, _, value = line.decode("utf-8", "replace").partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._type = value


def encode_event(data: str, type_name: str = "") -> bytes:
    """Return the bytes of one event."""
    head = f"event: {type_name}\n" if type_name else ""
    lines = "".join(f"data: {line}\n" for line in data.split("\n"))
    return f"{head}{lines}\n".encode()
