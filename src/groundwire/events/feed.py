"""New events as they come, for whoever watches: one reader of the database serves all listeners."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Select, select
from sqlalchemy.exc import SQLAlchemyError

from groundwire.domain import Action, Event
from groundwire.errors import TooManyListeners
from groundwire.events.escaping import escape
from groundwire.events.identifiers import event_id_at
from groundwire.events.rows import event_from
from groundwire.storage.database import Database
from groundwire.storage.schema import events

logger = logging.getLogger(__name__)

MOST_MISSED = 50
# Another process may store an event a while after it gave it its id, and its clock may be a little off.
_LOOKED_BACK = timedelta(seconds=10)
_MOST_AT_ONCE = 200
_MOST_HELD = 100


class Listener:
    """What has come for one listener and was not taken yet; when it is slow, the oldest are dropped."""

    def __init__(self) -> None:
        self.is_open = True
        self._held: deque[Event] = deque(maxlen=_MOST_HELD)
        self._arrived = asyncio.Event()

    async def take(self, wait_s: float) -> Sequence[Event]:
        """Return what came, oldest first; nothing after a wait of `wait_s` seconds, or when the feed was closed."""
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._arrived.wait()
        self._arrived.clear()
        taken = tuple(self._held)
        self._held.clear()
        return taken

    def give(self, arrived: Sequence[Event]) -> None:
        """Hold events until they are taken."""
        self._held.extend(arrived)
        self._arrived.set()

    def close(self) -> None:
        """Let the listener know that nothing more comes."""
        self.is_open = False
        self._arrived.set()


class LiveFeed:
    """Tells listeners of new answers that were not simply allowed, whichever process stored them.

    While anyone listens the database is asked every `every_s` seconds for the ids of the last moments, and for more
    only when there is one that is new.
    """

    def __init__(self, database: Database, *, every_s: float = 0.5, max_listeners: int = 100) -> None:
        self._database = database
        self._every_s = every_s
        self._max_listeners = max_listeners
        self._listeners: set[Listener] = set()
        self._reading: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    @contextmanager
    def listening(self) -> Iterator[Listener]:
        """Listen from now on; raises TooManyListeners."""
        if len(self._listeners) >= self._max_listeners:
            raise TooManyListeners(f"{self._max_listeners} pages are watching already; close one, or try again later.")
        listener = Listener()
        self._listeners.add(listener)
        if self._closing.is_set():
            listener.close()
        elif self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read())
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    async def missed(self, after: str) -> list[Event]:
        """Return what was stored after the event of this id, oldest first, and the newest 50 at most."""

        def read(connection: Connection) -> list[Event]:
            return _events(connection, connection.execute(_ids(after).limit(MOST_MISSED)).scalars().all())

        return await self._database.read(read)

    def close(self) -> None:
        """Tell all listeners that nothing more comes: their open streams would keep a server from stopping."""
        self._closing.set()
        for listener in self._listeners:
            listener.close()

    async def end(self) -> None:
        """Close, and return when the database is left alone."""
        self.close()
        if self._reading:
            await self._reading

    async def _read(self) -> None:
        known: Collection[str] | None = None
        while self._listeners and not self._closing.is_set():
            try:
                known = await self._tell_fresh(known)
            except SQLAlchemyError as error:
                # Watching goes on when the database is back.
                logger.warning("New events could not be read: %s", type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), self._every_s)

    async def _tell_fresh(self, known: Collection[str] | None) -> Collection[str]:
        """Tell of recent events that are not known yet, if any were before; return the recent ones."""
        recent, arrived = await self._database.read(partial(_news, known))
        if arrived:
            for listener in self._listeners:
                listener.give(arrived)
        return recent


def _news(known: Collection[str] | None, connection: Connection) -> tuple[Collection[str], Sequence[Event]]:
    """The ids of recent events, and those events that are not known yet, if any were before."""
    after = event_id_at(datetime.now(UTC) - _LOOKED_BACK, 0)
    recent: frozenset[str] = frozenset(connection.execute(_ids(after).limit(_MOST_AT_ONCE)).scalars())
    fresh = recent.difference(recent if known is None else known)
    return recent, _events(connection, fresh) if fresh else []


def _events(connection: Connection, ids: Collection[str]) -> list[Event]:
    chosen = select(events).where(events.c.id.in_(ids)).order_by(events.c.id)
    return [event_from(row) for row in connection.execute(chosen).mappings()]


def _ids(after: str) -> Select[Any]:
    is_wanted = (events.c.action != Action.ALLOW.value, events.c.is_selftest.is_(False))
    return select(events.c.id).where(events.c.id > escape(after), *is_wanted).order_by(events.c.id.desc())
