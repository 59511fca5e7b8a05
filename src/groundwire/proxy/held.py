"""One text of a stream: held until its claims have verdicts, and how the endpoint's stream around it is spoken."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from groundwire.domain import Mode
from groundwire.errors import GroundwireError
from groundwire.proxy.answering import CheckedAnswer
from groundwire.proxy.checks.inspection import Inspection
from groundwire.proxy.jsontext import JsonObject
from groundwire.proxy.upstreams.sse import ServerEvent


@dataclass(slots=True, eq=False)
class HeldText:
    """The text of one choice, or of one part of an output: how far it has come."""

    index: int
    inspection: Inspection
    mode: Mode
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    is_closed: bool = False
    is_finished: bool = False
    has_released: bool = False
    _half: str = ""
    # Where the text begins whose claim has not come to its end, and since when it is held.
    _from: int | None = None
    _since: float = 0.0

    @property
    def is_blocked(self) -> bool:
        """Whether nothing more of this text may leave."""
        return self.mode is Mode.ENFORCE and self.inspection.delivery.is_blocked

    def whole(self, text: str) -> str:
        """Return the text as far as its characters are complete: two events may share one."""
        text = self._half + text
        self._half = text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""
        return _joined(text[: len(text) - len(self._half)])

    def feed(self, text: str) -> None:
        """Take more whole characters; the check starts when a claim is complete."""
        if text:
            self.inspection.feed(text)
        if self.inspection.held_from != self._from:
            self._from, self._since = self.inspection.held_from, time.monotonic()
        if self.inspection.is_waiting:
            self.wake.set()

    async def until_due(self, limit_s: float) -> None:
        """Wait until something is to be decided; a claim that does not come to its end within the limit is."""
        while True:
            held_s = 0.0 if self._from is None else time.monotonic() - self._since
            if held_s >= limit_s:
                self.inspection.expire()
                self.feed("")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(limit_s - held_s):
                    await self.wake.wait()
                    self.wake.clear()
                    return

    def complete(self, text: str) -> bool:
        """Take the text as a whole, and close; False when it does not begin with what has come, or comes too late."""
        text, so_far = _joined(text), self.inspection.answer
        if not text.startswith(so_far) or (self.is_closed and text != so_far):
            return False
        self._half = ""
        self.feed(text[len(so_far) :])
        self.close()
        return True

    def close(self) -> None:
        """Say that the text is complete."""
        if not self.is_closed:
            self.is_closed = True
            self.inspection.close()
            self.wake.set()


def _joined(text: str) -> str:
    """Return the text with halves of a character put together, and replaced where one is missing."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


Opener = Callable[[int], HeldText]


class Frames(Protocol):
    """How one endpoint's stream is read and written; it opens a text with the opener that it was made with.

    `has_ended` says that the upstream declared its end, `is_whole` that the stream lacks nothing if it stops here, and
    `has_failed` that the upstream reported an error, which `reported` returns for the client.
    """

    usage: dict[str, int]
    reply_id: str
    has_ended: bool
    has_failed: bool

    @property
    def is_whole(self) -> bool:
        """Whether every text is complete, so that a stream without its usual end is complete too."""
        ...

    def take(self, event: ServerEvent) -> Iterator[bytes]:
        """Take an event and yield what passes on at once; raises UpstreamError for what can't be read."""
        ...

    def release(self, held: HeldText, text: str) -> bytes:
        """Return the frame for text that may leave."""
        ...

    def concluded(self, held: HeldText, checked: CheckedAnswer) -> CheckedAnswer:
        """Return the outcome of a text's check with what the endpoint has to say about it."""
        ...

    def finish(self, held: HeldText, checked: CheckedAnswer, own: JsonObject, top: JsonObject) -> bytes:
        """Return the last frame of a text; `own` belongs to it, `top` to the reply as a whole."""
        ...

    def ending(self) -> bytes:
        """Return the last frames of a stream that is complete."""
        ...

    def reported(self) -> bytes:
        """Return the upstream's own report of its failure, as the last frame."""
        ...

    def failure(self, error: GroundwireError) -> bytes:
        """Return the last frame of a stream that breaks off."""
        ...
