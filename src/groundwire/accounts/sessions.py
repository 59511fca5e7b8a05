"""The sessions in the database: who is signed in, for how long, and what proves it."""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, delete, insert, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from groundwire.errors import GuardUnavailable
from groundwire.keys.roles import Role
from groundwire.storage.database import Database
from groundwire.storage.schema import keys, sessions, users

logger = logging.getLogger(__name__)

_TOKEN_BYTES = 32
# Every request prolongs its session, but only now and then is that worth a write.
_NOTE_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in, as a user or with a key; unsafe requests must bring `csrf`."""

    name: str
    role: Role
    user_id: str | None
    key_id: str | None
    csrf: str = field(repr=False)


class SessionStore:
    """Opens, finds and ends sessions; only a digest of each token is stored.

    A session ends `idle` after its last request and in any case `longest` after its first; with its user, when that
    is disabled; with its key, when that is revoked.
    """

    def __init__(
        self,
        database: Database,
        *,
        idle: timedelta = timedelta(hours=12),
        longest: timedelta = timedelta(days=7),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._idle = min(idle, longest)
        self._longest = longest
        self._now = now

    async def open(self, *, user_id: str | None = None, key_id: str | None = None) -> str:
        """Open a session of a user or of a key and return its token, which can't be read again."""
        token, now = secrets.token_urlsafe(_TOKEN_BYTES), self._now()
        row = {"digest": _digest(token), "created_at": now, "expires_at": now + self._idle}

        def add(connection: Connection) -> None:
            connection.execute(delete(sessions).where(sessions.c.expires_at <= now))
            connection.execute(insert(sessions).values(**row, user_id=user_id, key_id=key_id))
            connection.execute(update(users).where(users.c.id == user_id).values(last_seen_at=now))

        await self._database.write(add)
        return token

    async def find(self, token: str, *, is_in_use: bool = True) -> Session | None:
        """Return the session of a token, prolonged where it is in use; None when it is over; raises GuardUnavailable.

        A page that was left open and asks by itself does not use it.
        """
        if not token:
            return None
        now, digest = self._now(), _digest(token)
        living = _living(digest, now, self._longest)
        try:
            row = await self._database.read(lambda connection: connection.execute(living).mappings().first())
        except SQLAlchemyError as error:
            raise GuardUnavailable("The sessions can't be read, so nobody can be let in.") from error
        if row is None:
            return None
        if is_in_use:
            await self._prolong(row, digest, now)
        return _session(row, token)

    async def end(self, token: str) -> None:
        """End one session; a second time changes nothing."""
        await self._delete(sessions.c.digest == _digest(token))

    async def end_all(self, user_id: str, *, but: str = "") -> None:
        """End all sessions of a user, except the one of the token `but`."""
        await self._delete(and_(sessions.c.user_id == user_id, sessions.c.digest != _digest(but)))

    async def _delete(self, condition: ColumnElement[bool]) -> None:
        await self._database.write(lambda connection: connection.execute(delete(sessions).where(condition)))

    async def _prolong(self, row: RowMapping, digest: str, now: datetime) -> None:
        until = min(now + self._idle, row["created_at"] + self._longest)
        if until - row["expires_at"] < _NOTE_AFTER:
            return

        def note(connection: Connection) -> None:
            connection.execute(update(sessions).where(sessions.c.digest == digest).values(expires_at=until))
            connection.execute(update(users).where(users.c.id == row["user_id"]).values(last_seen_at=now))

        try:
            await self._database.write(note)
        except SQLAlchemyError as error:
            # The session goes on all the same; the next request tries again.
            logger.warning("A session could not be prolonged: %s", type(error).__name__)


def csrf_token(token: str) -> str:
    """Return what forms and scripts of a session send along: known to its pages, and no way back to the token."""
    return hmac.new(token.encode("utf-8", "surrogatepass"), b"csrf", hashlib.sha256).hexdigest()


def _living(digest: str, now: datetime, longest: timedelta) -> Select[tuple[object, ...]]:
    owners = sessions.outerjoin(users, sessions.c.user_id == users.c.id).outerjoin(keys, sessions.c.key_id == keys.c.id)
    is_owned = or_(
        and_(users.c.id.is_not(None), users.c.disabled_at.is_(None)),
        and_(keys.c.id.is_not(None), keys.c.revoked_at.is_(None)),
    )
    is_in_time = and_(sessions.c.expires_at > now, sessions.c.created_at > now - longest)
    columns = (
        sessions,
        users.c.name.label("user_name"),
        users.c.role.label("user_role"),
        keys.c.name.label("key_name"),
        keys.c.role.label("key_role"),
    )
    return select(*columns).select_from(owners).where(sessions.c.digest == digest, is_in_time, is_owned)


def _session(row: RowMapping, token: str) -> Session:
    name, role = row["user_name"] or row["key_name"], row["user_role"] or row["key_role"]
    return Session(name, Role(role), row["user_id"], row["key_id"], csrf_token(token))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
