"""The users in the database."""

from __future__ import annotations

import secrets
import time
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, RowMapping, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from groundwire.errors import BadRequest, Conflict, GuardUnavailable, NotFound
from groundwire.keys.gate import LOCAL_NAME
from groundwire.keys.roles import Role
from groundwire.storage.database import Database
from groundwire.storage.schema import users

MAX_NAME_CHARS = 100


@dataclass(frozen=True, slots=True)
class User:
    """A person; `is_remote` where an identity provider and not a password tells who it is."""

    id: str
    name: str
    role: Role
    is_remote: bool
    created_at: datetime
    last_seen_at: datetime | None = None
    disabled_at: datetime | None = None


class UserStore:
    """Makes, lists, changes and finds users; users are disabled, never deleted, since reviews name them.

    Whether there are any is read anew at most every `refresh_s` seconds: so long nothing is known of the first user
    that another process made.
    """

    def __init__(self, database: Database, *, refresh_s: float = 5.0) -> None:
        self._database = database
        self._refresh_s = refresh_s
        self._has_users = False
        self._read_at: float | None = None

    async def create(
        self, name: str, role: Role, *, password_hash: str | None = None, subject: str | None = None
    ) -> User:
        """Make a user; raises BadRequest for a name or role that none can have, Conflict for a name that is taken."""
        name, role = proper_name(name), proper_role(role)
        user = User(f"user_{secrets.token_hex(8)}", name, role, subject is not None, datetime.now(UTC))
        row = {"id": user.id, "name": name, "role": role.value, "created_at": user.created_at}
        adding = insert(users).values(**row, password_hash=password_hash, subject=subject)
        try:
            await self._database.write(lambda connection: connection.execute(adding))
        except IntegrityError as error:
            raise Conflict(f"There is a user {name!r} already.", param="name") from error
        self._has_users = True
        return user

    async def all(self) -> list[User]:
        """Return all users by name, the disabled ones too."""
        chosen = select(users).order_by(users.c.name)
        rows = await self._database.read(lambda connection: connection.execute(chosen).mappings().all())
        return [_user(row) for row in rows]

    async def named(self, name: str) -> User:
        """Return a user by name; raises NotFound."""
        if found := await self.find(name):
            return found[0]
        raise NotFound(f"No user {name!r:.120}.", param="name")

    async def find(self, name: str) -> tuple[User, str | None] | None:
        """Return a user and what is kept of the password."""
        name = _normal(name)
        return await self._find(users.c.name == name) if name.isprintable() else None

    async def find_subject(self, subject: str) -> User | None:
        """Return the user whom an identity provider calls so (`issuer|subject`)."""
        found = await self._find(users.c.subject == subject)
        return found[0] if found else None

    async def change(self, user_id: str, **values: object) -> None:
        """Write columns of a user."""
        changing = update(users).where(users.c.id == user_id).values(**values)
        await self._database.write(lambda connection: connection.execute(changing))

    async def has_users(self) -> bool:
        """Whether a user was ever made; raises GuardUnavailable."""
        is_old = self._read_at is None or time.monotonic() - self._read_at >= self._refresh_s
        if not self._has_users and is_old:
            self._has_users = await self._any()
            self._read_at = time.monotonic()
        return self._has_users

    async def _any(self) -> bool:
        first = select(users.c.id).limit(1)
        try:
            return await self._database.read(lambda connection: connection.execute(first).first() is not None)
        except SQLAlchemyError as error:
            raise GuardUnavailable("The users can't be read, so nobody can be let in.") from error

    async def _find(self, condition: ColumnElement[bool]) -> tuple[User, str | None] | None:
        chosen = select(users).where(condition)
        row = await self._database.read(lambda connection: connection.execute(chosen).mappings().first())
        return (_user(row), row["password_hash"]) if row else None


def proper_name(name: str) -> str:
    """Return a name as it is kept, without space around it; raises BadRequest."""
    name = _normal(name)
    if not 1 <= len(name) <= MAX_NAME_CHARS:
        raise BadRequest(f"A name has 1 to {MAX_NAME_CHARS} characters, not {len(name)}.", param="name")
    if not name.isprintable():
        raise BadRequest(f"The name {name!r} holds signs that can't be shown.", param="name")
    if name == LOCAL_NAME:
        raise BadRequest(f"The name {name!r} stands for whoever is on this machine; choose another.", param="name")
    return name


def proper_role(role: Role) -> Role:
    """Return a role that users can have; raises BadRequest."""
    if role not in (Role.ANALYST, Role.ADMIN):
        raise BadRequest(f"A user has the role analyst or admin, not {role.value!r}.", param="role")
    return role


def _normal(name: str) -> str:
    return unicodedata.normalize("NFC", name.strip())


def _user(row: RowMapping) -> User:
    times = (row["created_at"], row["last_seen_at"], row["disabled_at"])
    return User(row["id"], row["name"], Role(row["role"]), row["subject"] is not None, *times)
