"""The event store over a database: append durably, find, count, forget."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from types import TracebackType

from sqlalchemy import Connection, delete, func, select

from groundwire.domain import Event
from groundwire.errors import NotFound
from groundwire.events.counting import Scope, read_counts
from groundwire.events.escaping import escape, unescape
from groundwire.events.feed import LiveFeed
from groundwire.events.filters import EventFilter, EventPage, Page, condition, cursor_after, older_than
from groundwire.events.rows import event_from
from groundwire.events.statistics import GroupBy, HourCount, Statistics, grouped, tally
from groundwire.events.writing import GroupWriter, WritingLimits
from groundwire.storage.database import Database
from groundwire.storage.schema import events

_FORGET_AT_ONCE = 500
_EXCERPT_CHARS = 500
_NEWEST_FIRST = (events.c.created_at.desc(), events.c.id.desc())


class SqlEventStore:
    """Keeps the events in SQLite or PostgreSQL; an async context manager that stores what waits before it closes."""

    def __init__(self, database: Database, limits: WritingLimits | None = None) -> None:
        self._database = database
        self.feed = LiveFeed(database)
        self._writer = GroupWriter(database.engine, limits or WritingLimits())

    async def __aenter__(self) -> SqlEventStore:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def waiting(self) -> int:
        """How many events wait to be stored."""
        return self._writer.size

    async def append(self, events: Sequence[Event]) -> None:
        """Return once the events are durable, all or none of them; raises EventStoreError when they can't be kept."""
        await self._writer.write(events)

    async def close(self) -> None:
        """Store what still waits, then accept nothing more; who listens to the feed is told that it ends."""
        await self.feed.end()
        await self._writer.close()

    async def get(self, event_id: str) -> Event:
        """Return one event; raises NotFound."""
        chosen = select(events).where(events.c.id == escape(event_id))

        def read(connection: Connection) -> Event | None:
            row = connection.execute(chosen).mappings().first()
            return event_from(row) if row else None

        if (found := await self._database.read(read)) is None:
            raise NotFound(f"No event {event_id!r:.100}.", param="event_id")
        return found

    async def questions(self, event_ids: Collection[str]) -> dict[str, str]:
        """Return the first 500 characters of what was asked, by event; an event that is not stored has no entry."""
        asked = func.substr(events.c.question["asked"].as_string(), 1, _EXCERPT_CHARS).label("asked")
        chosen = select(events.c.id, asked).where(events.c.id.in_([escape(event_id) for event_id in event_ids]))

        def read(connection: Connection) -> dict[str, str]:
            return {row["id"]: unescape(row["asked"] or "") for row in connection.execute(chosen).mappings()}

        return await self._database.read(read)

    async def find(self, wanted: EventFilter, page: Page) -> EventPage:
        """Return a page of the events that match, newest first; raises BadRequest for a bad cursor.

        Pages neither overlap nor skip when events arrive in between.
        """
        chosen = select(events.c.id).where(condition(wanted))
        if page.cursor:
            chosen = chosen.where(older_than(page.cursor))
        # Ids first: the large columns are then read for the events of the page alone.
        chosen = chosen.order_by(*_NEWEST_FIRST).limit(page.limit + 1)

        def read(connection: Connection) -> EventPage:
            ids: list[str] = list(connection.execute(chosen).scalars())
            shown = select(events).where(events.c.id.in_(ids[: page.limit])).order_by(*_NEWEST_FIRST)
            found = [event_from(row) for row in connection.execute(shown).mappings()]
            return EventPage(tuple(found), cursor_after(found[-1]) if len(ids) > page.limit else None)

        return await self._database.read(read)

    async def count(self, wanted: EventFilter) -> int:
        """Return how many events match."""
        counted = select(func.count()).select_from(events).where(condition(wanted))
        return await self._database.read(lambda connection: connection.execute(counted).scalar_one())

    async def statistics(
        self,
        since: datetime,
        until: datetime,
        *,
        group_by: GroupBy = GroupBy.DAY,
        models: Sequence[str] = (),
        policies: Sequence[str] = (),
        apps: Sequence[str] = (),
    ) -> Statistics:
        """Return the numbers from `since` to `until`, both widened to whole hours.

        They come from hourly counts, so the time taken does not grow with the number of events.
        """
        scope = Scope(since, until, models, policies, apps)
        counts = await read_counts(self._database, scope, [group_by])
        return Statistics(scope.start, scope.end, group_by, tally(counts), grouped(counts, group_by))

    async def counts(self, since: datetime, until: datetime, parts: Collection[GroupBy]) -> list[HourCount]:
        """Return the counts from `since` to `until`, both widened to whole hours, told apart by these parts."""
        return await read_counts(self._database, Scope(since, until), parts)

    async def forget(self, before: datetime) -> int:
        """Delete the events made before that time, with their claims; return how many. The hourly counts stay.

        Few at a time, so that no answer waits long for its own event.
        """
        old = select(events.c.id).where(events.c.created_at < before).limit(_FORGET_AT_ONCE)
        forgetting = delete(events).where(events.c.id.in_(old))
        forgotten = 0
        while True:
            removed = await self._database.write(lambda connection: connection.execute(forgetting).rowcount)
            forgotten += removed
            if removed < _FORGET_AT_ONCE:
                return forgotten
