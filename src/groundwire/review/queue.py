"""The answers that wait for a reviewer, worst first, none shown to two people at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, Update, and_, func, or_, select, update

from groundwire.domain import Action, Label
from groundwire.errors import Conflict, NotFound
from groundwire.events.escaping import escape, unescape
from groundwire.review.filters import Place, QueueFilter
from groundwire.storage.database import Database
from groundwire.storage.schema import events, review_items

LEASE = timedelta(minutes=10)
_EXCERPT_CHARS = 500


@dataclass(frozen=True, slots=True)
class QueueItem:
    """An answer that waits; `question` and `answer` are cut after 500 characters.

    `priority` (0 to 40) is higher for worse answers. `times` is how often it was given and judged the same. `leased_to`
    is who has it on the screen until `leased_until`.
    """

    event_id: str
    priority: float
    created_at: datetime
    policy: str
    model: str
    app: str
    label: Label
    action: Action
    question: str
    answer: str
    times: int = 1
    leased_to: str | None = None
    leased_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A piece of the queue, worst first; `next_cursor` is None on the last one."""

    items: tuple[QueueItem, ...]
    next_cursor: str | None


class ReviewQueue:
    """Hands out answers to review; a lease of `lease` keeps each with one person, and ends by itself."""

    def __init__(self, database: Database, lease: timedelta = LEASE) -> None:
        self._database = database
        self._lease = lease

    async def page(self, wanted: QueueFilter, limit: int = 50, cursor: str | None = None) -> QueuePage:
        """Return a page of what waits; raises BadRequest for a bad cursor."""
        chosen = select(review_items.c.event_id).where(_IS_OPEN, wanted.condition())
        if cursor is not None:
            chosen = chosen.where(_behind(Place.read(cursor)))
        # Ids first: the texts are then read for the items of the page alone.
        chosen = chosen.order_by(*_WORST_FIRST).limit(limit + 1)

        def read(connection: Connection) -> QueuePage:
            ids: list[str] = list(connection.execute(chosen).scalars())
            items = _items(connection, ids[:limit])
            last = items[-1] if len(ids) > limit and items else None
            return QueuePage(items, Place(last.priority, last.event_id).cursor() if last else None)

        return await self._database.read(read)

    async def counts(self, wanted: QueueFilter) -> Mapping[Label, int]:
        """Return how many answers wait, by label."""
        statement = select(review_items.c.label, func.count().label("waiting")).where(_IS_OPEN, wanted.condition())
        grouped = statement.group_by(review_items.c.label)
        rows = await self._database.read(lambda connection: connection.execute(grouped).mappings().all())
        found: dict[str, int] = {row["label"]: row["waiting"] for row in rows}
        return {label: found.get(label.value, 0) for label in Label}

    async def next(self, reviewer: str, wanted: QueueFilter, skip: Sequence[str] = ()) -> QueueItem | None:
        """Lease the worst answer that nobody else has and that is not in `skip`; None where there is none."""
        chosen = (
            select(review_items.c.event_id)
            .where(
                _is_free(reviewer), wanted.condition(), review_items.c.event_id.not_in([escape(one) for one in skip])
            )
            .order_by(*_WORST_FIRST)
            .limit(1)
            # Where rows are locked one by one, what another one is being given is passed over.
            .with_for_update(skip_locked=True)
            .scalar_subquery()
        )
        leasing = self._leasing(reviewer).where(review_items.c.event_id == chosen).returning(review_items.c.event_id)

        def lease(connection: Connection) -> QueueItem | None:
            event_id = connection.execute(leasing).scalar_one_or_none()
            return None if event_id is None else _items(connection, [event_id])[0]

        return await self._database.write(lease)

    async def hold(self, event_id: str, reviewer: str) -> datetime:
        """Take or extend the lease of one answer and return its end; raises NotFound, and Conflict with who has it."""
        leasing = self._leasing(reviewer).where(review_items.c.event_id == escape(event_id), _is_free(reviewer))
        leasing = leasing.returning(review_items.c.leased_until)

        def lease(connection: Connection) -> datetime:
            until: datetime | None = connection.execute(leasing).scalar_one_or_none()
            if until is None:
                raise _why_not(connection, event_id)
            return until

        return await self._database.write(lease)

    async def release(self, event_id: str, reviewer: str) -> None:
        """Give an answer back, where this person had it."""
        mine = and_(review_items.c.event_id == escape(event_id), review_items.c.leased_to == escape(reviewer))
        releasing = update(review_items).where(mine).values(leased_to=None, leased_until=None)
        await self._database.write(lambda connection: connection.execute(releasing))

    def _leasing(self, reviewer: str) -> Update:
        until = datetime.now(UTC) + self._lease
        return update(review_items).values(leased_to=escape(reviewer), leased_until=until)


_IS_OPEN: ColumnElement[bool] = review_items.c.state == "open"
# Of equally bad ones the newest first; the whole order runs along the index.
_WORST_FIRST = (review_items.c.priority.desc(), review_items.c.event_id.desc())


def _is_free(reviewer: str) -> ColumnElement[bool]:
    until = review_items.c.leased_until
    is_unleased = or_(until.is_(None), until < datetime.now(UTC), review_items.c.leased_to == escape(reviewer))
    return and_(_IS_OPEN, is_unleased)


def _behind(place: Place) -> ColumnElement[bool]:
    priority, event_id = review_items.c.priority, review_items.c.event_id
    # The first part alone says no more than the rest, but lets the index be entered in the right place.
    return and_(priority <= place.priority, or_(priority < place.priority, event_id < place.event_id))


def _why_not(connection: Connection, event_id: str) -> NotFound | Conflict:
    """Why nobody can have the lease of this answer now."""
    chosen = select(review_items).where(review_items.c.event_id == escape(event_id))
    row = connection.execute(chosen).mappings().first()
    if row is None:
        return NotFound(f"{event_id!r:.100} does not wait for a review.", param="event_id")
    if row["state"] != "open":
        return Conflict("This answer is decided already.", param="event_id")
    return Conflict(f"{unescape(row['leased_to'])!r} is looking at this answer right now.", param="event_id")


def _items(connection: Connection, ids: Sequence[str]) -> tuple[QueueItem, ...]:
    return tuple(_item(row) for row in connection.execute(_shown(ids)).mappings())


def _shown(ids: Sequence[str]) -> Select[tuple[object, ...]]:
    asked, answer = events.c.question["asked"].as_string(), events.c.report["answer"].as_string()
    texts = (func.substr(asked, 1, _EXCERPT_CHARS).label("question"), func.substr(answer, 1, _EXCERPT_CHARS))
    return (
        select(review_items, events.c.created_at, events.c.action, texts[0], texts[1].label("answer"))
        .join(events, events.c.id == review_items.c.event_id)
        .where(review_items.c.event_id.in_(ids))
        .order_by(*_WORST_FIRST)
    )


def _item(row: RowMapping) -> QueueItem:
    return QueueItem(
        event_id=row["event_id"],
        priority=row["priority"],
        created_at=row["created_at"],
        policy=row["policy"],
        model=unescape(row["model"]),
        app=row["app"],
        label=Label(row["label"]),
        action=Action(row["action"]),
        question=unescape(row["question"] or ""),
        answer=unescape(row["answer"] or ""),
        times=row["times"],
        leased_to=None if row["leased_to"] is None else unescape(row["leased_to"]),
        leased_until=row["leased_until"],
    )
