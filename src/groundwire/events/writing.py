"""Writes events in groups: all that wait are committed together, so that one wait for the disk serves many answers."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, Insert, Table, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError

from groundwire.domain import Event
from groundwire.errors import EventStoreError
from groundwire.events.rows import (
    DAY_KEY,
    HOUR_COUNTS,
    HOUR_KEY,
    claim_rows,
    day_rows,
    event_row,
    hour_rows,
    review_rows,
    text_row,
)
from groundwire.storage.schema import claims, document_days, event_hours, event_texts, events, review_items

logger = logging.getLogger(__name__)

_MAX_GROUP = 256


@dataclass(frozen=True, slots=True)
class WritingLimits:
    """How many events may wait to be stored, and how long one may (seconds), before storing counts as failed."""

    max_waiting: int = 10_000
    max_wait_s: float = 15.0


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Events that one caller wants stored together, and how the caller learns that they are."""

    events: Sequence[Event]
    stored: asyncio.Future[None]


class GroupWriter:
    """Stores events from many callers at once; used from one event loop.

    While one group is being committed the next one gathers, so an idle store answers at once and a busy one commits
    more events at a time. No task runs while nothing waits.
    """

    def __init__(self, engine: Engine, limits: WritingLimits) -> None:
        self._engine = engine
        self._limits = limits
        self._waiting: deque[_Waiting] = deque()
        self._size = 0
        self._writer: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "event-writer")
        self._is_closed = False

    @property
    def size(self) -> int:
        """How many events wait to be stored."""
        return self._size

    async def write(self, group: Sequence[Event]) -> None:
        """Return once the events are durable, all or none of them; raises EventStoreError.

        After a wait that was too long the events may still be stored later on.
        """
        if not group:
            return
        self._admit(len(group))
        waiting = _Waiting(group, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._size += len(group)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_all())
        try:
            async with asyncio.timeout(self._limits.max_wait_s):
                await waiting.stored
        except TimeoutError as error:
            message = f"{len(group)} events were not stored within {self._limits.max_wait_s:g} s."
            raise EventStoreError(message) from error

    async def close(self) -> None:
        """Store what still waits, then accept nothing more."""
        self._is_closed = True
        if self._writer:
            await asyncio.wait([self._writer])
        self._thread.shutdown()

    def _admit(self, count: int) -> None:
        if self._is_closed:
            raise EventStoreError("The event store is closed.")
        if self._size and self._size + count > self._limits.max_waiting:
            raise EventStoreError(f"{self._size} events already wait to be stored; the database is too slow.")

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                await self._write_group(self._next_group())
        finally:
            # Only a cancelled writer leaves callers behind; they must not wait for ever.
            while self._waiting:
                self._settle(self._waiting.popleft(), EventStoreError("The event store was stopped."))

    def _next_group(self) -> list[_Waiting]:
        group = [self._waiting.popleft()]
        count = len(group[0].events)
        while self._waiting and count + len(self._waiting[0].events) <= _MAX_GROUP:
            group.append(self._waiting.popleft())
            count += len(group[-1].events)
        return group

    async def _write_group(self, group: Sequence[_Waiting]) -> None:
        try:
            await self._commit([event for waiting in group for event in waiting.events])
        except asyncio.CancelledError:
            self._settle_all(group, EventStoreError("The event store was stopped."))
            raise
        except OperationalError as error:
            # The database can't be written at all (locked, full, gone), so there is no use in trying one by one.
            self._settle_all(group, _failure(error))
        except Exception as error:
            if len(group) == 1:
                self._settle_all(group, _failure(error))
                return
            for waiting in group:
                await self._write_group([waiting])
        else:
            self._settle_all(group, None)

    async def _commit(self, group: Sequence[Event]) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._insert, group)

    def _insert(self, group: Sequence[Event]) -> None:
        with self._engine.begin() as connection:
            insert_events(connection, group)

    def _settle_all(self, group: Sequence[_Waiting], error: EventStoreError | None) -> None:
        for waiting in group:
            self._settle(waiting, error)

    def _settle(self, waiting: _Waiting, error: EventStoreError | None) -> None:
        self._size -= len(waiting.events)
        if waiting.stored.done():
            return
        if error:
            waiting.stored.set_exception(error)
        else:
            waiting.stored.set_result(None)


def insert_events(connection: Connection, group: Sequence[Event]) -> None:
    """Write events and all that is counted of them, inside the caller's transaction."""
    judged = [row for event in group for row in claim_rows(event)]
    # What refers to an event comes after it.
    for statement, rows in (
        (insert(events), [event_row(event) for event in group]),
        (insert(event_texts), [text_row(event) for event in group]),
        (insert(claims), judged),
        (_adding(connection, review_items, ("fingerprint",), ("times",)), review_rows(group)),
        (_adding(connection, event_hours, HOUR_KEY, HOUR_COUNTS), hour_rows(group)),
        (_adding(connection, document_days, DAY_KEY, ("claims",)), day_rows(group)),
    ):
        if rows:
            connection.execute(statement, rows)


def _adding(connection: Connection, table: Table, key: Sequence[str], counts: Sequence[str]) -> Insert:
    """An insert that adds its counts to the row of the same key where there is one."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table)
    sums = {name: table.c[name] + statement.excluded[name] for name in counts}
    adding: Insert = statement.on_conflict_do_update(index_elements=list(key), set_=sums)
    return adding


def _failure(error: Exception) -> EventStoreError:
    # The driver's message only: SQLAlchemy's own would repeat the stored texts.
    reason = str(getattr(error, "orig", None) or error)
    logger.warning("Events could not be stored: %s: %s", type(error).__name__, reason)
    failure = EventStoreError(f"The events could not be stored: {reason}")
    failure.__cause__ = error
    return failure
