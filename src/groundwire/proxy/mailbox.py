"""What the tasks of a stream tell each other, in one order."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from groundwire.errors import GroundwireError
from groundwire.proxy.answering import CheckedAnswer
from groundwire.proxy.held import HeldText
from groundwire.proxy.upstreams.sse import ServerEvent

# How many messages may wait: a client that reads slowly thereby slows the reading of its upstream.
_WAITING = 64


@dataclass(frozen=True, slots=True)
class Arrived:
    """The upstream sent these events."""

    events: Sequence[ServerEvent]


@dataclass(frozen=True, slots=True)
class Released:
    """This much of a text may leave."""

    held: HeldText
    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """A text is decided and recorded; `text` is its last."""

    held: HeldText
    text: str
    checked: CheckedAnswer


@dataclass(frozen=True, slots=True)
class Ended:
    """The upstream's stream is over, by itself or by an error."""

    error: GroundwireError | None = None


@dataclass(frozen=True, slots=True)
class Broken:
    """A text can't go on, because of a mistake of ours."""

    held: HeldText


class Left:
    """The client is gone."""


Message = Arrived | Released | Finished | Broken | Ended | Left


class Mailbox:
    """Messages from many tasks to one, first come, first served."""

    def __init__(self) -> None:
        self._messages: asyncio.Queue[Message] = asyncio.Queue(_WAITING)

    async def put(self, message: Message) -> None:
        """Leave a message; waits while the box is full."""
        await self._messages.put(message)

    async def take(self, timeout_s: float) -> Message | None:
        """Return the next message, or None when there is none for that long (seconds)."""
        try:
            async with asyncio.timeout(timeout_s):
                return await self._messages.get()
        except TimeoutError:
            return None
