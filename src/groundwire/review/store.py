"""Keeps what people decided: one decision at a time on an answer, each with who and when, each undone at will."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, Insert, Select, and_, exists, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from groundwire.domain import Event
from groundwire.errors import BadRequest, Conflict, NotFound
from groundwire.events.escaping import escape, unescape
from groundwire.events.identifiers import new_review_id
from groundwire.events.rows import fingerprint
from groundwire.events.rows import review_row as item_row
from groundwire.review.filters import ReviewFilter
from groundwire.review.records import Decision, Judgement, Review, snapshot_of
from groundwire.review.rows import review_from, review_row
from groundwire.storage.database import Database
from groundwire.storage.schema import review_items, reviews


class AlreadyDecided(Conflict):
    """Somebody else decided on the answer meanwhile; the decision can be sent again as an addition."""

    code = "already_decided"


class ReviewStore:
    """Keeps reviews in SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def add(self, event: Event, decision: Decision, reviewer: str) -> Review:
        """Keep a decision and take the answer off the queue.

        Raises BadRequest for a place that the answer does not have, and AlreadyDecided where a decision of somebody
        else stands and this one is no addition.
        """
        review = _review(event, _checked(event, decision), reviewer)

        def decide(connection: Connection) -> None:
            _close_item(connection, event)
            if not decision.is_addition:
                _require_undecided(connection, review.fingerprint, reviewer)
            connection.execute(insert(reviews).values(review_row(review)))

        try:
            await self.database.write(decide)
        except IntegrityError as error:
            raise NotFound(f"No event {event.id!r:.100}.", param="event_id") from error
        return review

    async def undo(self, review_id: str, who: str) -> Review:
        """Take a decision back; raises NotFound. Without another one the answer waits again. Twice changes nothing."""
        taken_back = {"undone_at": datetime.now(UTC), "undone_by": escape(who)}
        undoing = update(reviews).where(_is_standing(review_id)).values(taken_back)

        def undo(connection: Connection) -> Review:
            if connection.execute(undoing).rowcount:
                _reopen_item(connection, review_id)
            return _get(connection, review_id)

        return await self.database.write(undo)

    async def get(self, review_id: str) -> Review:
        """Return one review, undone or not; raises NotFound."""
        return await self.database.read(lambda connection: _get(connection, review_id))

    async def of(self, event_ids: Sequence[str]) -> list[Review]:
        """Return all reviews of these events, oldest first, the undone ones too."""
        wanted = reviews.c.event_id.in_([escape(event_id) for event_id in event_ids])
        return await self._read(select(reviews).where(wanted).order_by(reviews.c.id))

    async def about(self, event: Event) -> list[Review]:
        """Return all reviews of an answer, oldest first, those too of the events that were the same."""
        return await self._read(
            select(reviews).where(reviews.c.fingerprint == fingerprint(event)).order_by(reviews.c.id)
        )

    async def find(self, wanted: ReviewFilter, limit: int, before: str | None = None) -> list[Review]:
        """Return at most `limit` reviews that match, newest first; only such that are older than the id `before`."""
        chosen = select(reviews).where(wanted.condition())
        if before is not None:
            chosen = chosen.where(reviews.c.id < before)
        return await self._read(chosen.order_by(reviews.c.id.desc()).limit(limit))

    async def all(self, wanted: ReviewFilter) -> list[Review]:
        """Return every review that matches, oldest first."""
        return await self._read(select(reviews).where(wanted.condition()).order_by(reviews.c.id))

    async def approve(self, review_id: str, document_id: str) -> bool:
        """Note which approved answer was made of a review; False where the review no longer stands."""
        statement = update(reviews).where(_is_standing(review_id)).values(approved_document_id=document_id)
        return bool(await self.database.write(lambda connection: connection.execute(statement).rowcount))

    async def _read(self, statement: Select[tuple[object, ...]]) -> list[Review]:
        return await self.database.read(lambda connection: _all(connection, statement))


def _get(connection: Connection, review_id: str) -> Review:
    found = _all(connection, select(reviews).where(reviews.c.id == escape(review_id)))
    if not found:
        raise NotFound(f"No review {review_id!r:.100}.", param="review_id")
    return found[0]


def _all(connection: Connection, statement: Select[tuple[object, ...]]) -> list[Review]:
    return [review_from(row) for row in connection.execute(statement).mappings()]


def _is_standing(review_id: str) -> ColumnElement[bool]:
    return and_(reviews.c.id == escape(review_id), reviews.c.undone_at.is_(None))


def _checked(event: Event, decision: Decision) -> Decision:
    """The decision as it can be kept; raises BadRequest."""
    answer, count = event.report.answer, len(event.report.verdicts)
    if decision.position is not None and not 0 <= decision.position < count:
        raise BadRequest(f"The answer has {count} claims, none at position {decision.position}.", param="position")
    if decision.span and not 0 <= decision.span[0] < decision.span[1] <= len(answer):
        raise BadRequest(f"{decision.span} is no part of the answer's {len(answer)} characters.", param="span")
    if decision.judgement is Judgement.MISSED and decision.span is None and decision.position is None:
        raise BadRequest("Say what was missed: a `span` of the answer or the `position` of a claim.", param="span")
    corrected = (decision.corrected or "").strip() or None
    return replace(decision, corrected=corrected, note=decision.note.strip(), is_addition=False)


def _review(event: Event, decision: Decision, reviewer: str) -> Review:
    return Review(
        id=new_review_id(),
        event_id=event.id,
        created_at=datetime.now(UTC),
        reviewer=reviewer,
        decision=decision,
        policy=event.policy,
        policy_version=event.policy_version,
        verifier=event.verifier,
        revision=event.report.revision,
        claims=snapshot_of(event),
        fingerprint=fingerprint(event),
    )


def _close_item(connection: Connection, event: Event) -> None:
    """Writing comes first: two who decide at once queue here, and the second sees what the first one decided."""
    connection.execute(_unless_there(connection, item_row(event)))
    done = {"state": "done", "leased_to": None, "leased_until": None}
    same = review_items.c.fingerprint == fingerprint(event)
    connection.execute(update(review_items).where(same).values(done))


def _require_undecided(connection: Connection, same: str, reviewer: str) -> None:
    of_others = and_(
        reviews.c.fingerprint == same, reviews.c.undone_at.is_(None), reviews.c.reviewer != escape(reviewer)
    )
    statement = select(reviews.c.reviewer, reviews.c.judgement, reviews.c.created_at).where(of_others)
    first = connection.execute(statement.order_by(reviews.c.id).limit(1)).first()
    if first is not None:
        when = first.created_at.isoformat(timespec="seconds")
        said = first.judgement.replace("_", " ")
        raise AlreadyDecided(
            f"Already decided by {unescape(first.reviewer)!r} at {when}: {said}. Send it as an addition to keep both.",
            param="is_addition",
        )


def _reopen_item(connection: Connection, review_id: str) -> None:
    same = select(reviews.c.fingerprint).where(reviews.c.id == escape(review_id)).scalar_subquery()
    standing = exists().where(reviews.c.fingerprint == review_items.c.fingerprint, reviews.c.undone_at.is_(None))
    connection.execute(update(review_items).where(review_items.c.fingerprint == same, ~standing).values(state="open"))


def _unless_there(connection: Connection, row: dict[str, object]) -> Insert:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement: Insert = dialect.insert(review_items).values(row).on_conflict_do_nothing()
    return statement
