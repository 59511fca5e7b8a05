"""The events of the Responses API's streams, as they are read and as they are written: numbered without gaps."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from groundwire.errors import UpstreamError
from groundwire.proxy.jsontext import JsonObject, Path, encode, is_object, replace
from groundwire.proxy.upstreams.sse import ServerEvent, encode_event

# Where a text is: the place of its item in the output, and its own place in the item's content.
Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class OutputEvent:
    """One event: its text as it came, and what that says; `edits` are due where it waits for its turn."""

    type: str
    data: str
    values: JsonObject
    edits: tuple[tuple[Path, object], ...] | None = None

    def child(self, name: str) -> JsonObject:
        """Return an object in it, an empty one where there is none."""
        value = self.values.get(name)
        return value if is_object(value) else {}

    def place(self, name: str) -> int:
        """Return a number in it, 0 where there is none."""
        value = self.values.get(name)
        return value if isinstance(value, int) else 0

    @property
    def key(self) -> Key:
        """The text that it is about."""
        return self.place("output_index"), self.place("content_index")


class EventNumbers:
    """Reads and writes the events of one stream, which are numbered anew from the upstream's first number."""

    def __init__(self, upstream: str) -> None:
        self._upstream = upstream
        self._next: int | None = None

    def read(self, event: ServerEvent) -> OutputEvent:
        """Read an event; raises UpstreamError."""
        try:
            values: object = json.loads(event.data)
        except (ValueError, RecursionError) as error:
            raise UpstreamError(f"The upstream {self._upstream!r} sent an event that is not valid JSON.") from error
        if not is_object(values):
            raise UpstreamError(f"The upstream {self._upstream!r} sent an event that is not a JSON object.")
        kind, number = values.get("type"), values.get("sequence_number")
        if self._next is None:
            self._next = number if isinstance(number, int) else 0
        return OutputEvent(kind if isinstance(kind, str) else event.type, event.data, values)

    def framed(self, event: OutputEvent, edits: Iterable[tuple[Path, object]] = (), kind: str = "") -> bytes:
        """Return the event with its number in our stream; what is not edited keeps its bytes."""
        number, kind = self._numbered(), kind or event.type
        edits = list(edits)
        if event.values.get("sequence_number") != number:
            edits.append((("sequence_number",), number))
        if kind != event.type:
            edits.append((("type",), kind))
        return encode_event(replace(event.data, edits), kind)

    def written(self, values: JsonObject) -> bytes:
        """Return an event of our own."""
        return encode_event(encode({**values, "sequence_number": self._numbered()}), str(values["type"]))

    def _numbered(self) -> int:
        number = self._next or 0
        self._next = number + 1
        return number
