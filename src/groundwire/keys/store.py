"""The keys in the database, and a copy in memory that requests are compared with."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import secrets
import string
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from groundwire.errors import GuardUnavailable, NotFound
from groundwire.keys.roles import Role
from groundwire.storage.database import Database
from groundwire.storage.schema import keys

logger = logging.getLogger(__name__)

KEY_PREFIX = "gw_"
_SIGNS = string.ascii_letters + string.digits
# 40 signs of 62 are 238 random bits. A plain SHA-256 is enough for them: nobody can guess such a key, so a slow hash,
# made for passwords that people choose, would only slow down every request.
_RANDOM_SIGNS = 40
_START_SIGNS = 16
_NOTE_USES_EVERY_S = 60.0


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """What is known of a key; the key itself is not."""

    id: str
    name: str
    role: Role
    created_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    @property
    def is_active(self) -> bool:
        """Whether the key still opens anything."""
        return self.revoked_at is None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made: the only time that `key` can be read."""

    key: str = field(repr=False)
    record: KeyRecord


@dataclass(frozen=True, slots=True)
class _Copy:
    """The active keys as the database had them at `read_at` (monotonic seconds).

    They are found by the start of their digest; the whole digest is then compared in constant time.
    """

    by_start: Mapping[str, tuple[str, KeyRecord]]
    has_keys: bool
    read_at: float


class KeyStore:
    """Makes, lists, revokes and recognises keys; an async context manager.

    Requests are compared with a copy in memory that is at most `refresh_s` seconds old: so long a key that another
    process revoked still works.
    """

    def __init__(self, database: Database, *, refresh_s: float = 5.0) -> None:
        self._database = database
        self._refresh_s = refresh_s
        self._copy: _Copy | None = None
        self._reading = asyncio.Lock()
        self._uses: dict[str, datetime] = {}
        self._noted_at = time.monotonic()
        self._noting: asyncio.Task[None] | None = None

    async def __aenter__(self) -> KeyStore:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def create(self, role: Role, name: str) -> NewKey:
        """Make a key `gw_<role>_<random>`; only its digest is stored, so it can't be shown again."""
        key = f"{KEY_PREFIX}{role.value}_{''.join(secrets.choice(_SIGNS) for _ in range(_RANDOM_SIGNS))}"
        record = KeyRecord(f"key_{secrets.token_hex(8)}", name, role, datetime.now(UTC))
        row = {"id": record.id, "name": name, "role": role.value, "created_at": record.created_at}
        adding = insert(keys).values(**row, digest=_digest(key))
        await self._database.write(lambda connection: connection.execute(adding))
        await self._refresh()
        return NewKey(key, record)

    async def all(self) -> list[KeyRecord]:
        """Return every key that was ever made, oldest first."""
        chosen = select(keys).order_by(keys.c.created_at, keys.c.id)
        rows = await self._database.read(lambda connection: connection.execute(chosen).mappings().all())
        return [_record(row) for row in rows]

    async def revoke(self, key_id: str) -> KeyRecord:
        """Make a key useless for good; raises NotFound. A second time changes nothing."""
        revoking = update(keys).where(keys.c.id == key_id, keys.c.revoked_at.is_(None))

        def revoke(connection: Connection) -> RowMapping | None:
            connection.execute(revoking.values(revoked_at=datetime.now(UTC)))
            return connection.execute(select(keys).where(keys.c.id == key_id)).mappings().first()

        if (row := await self._database.write(revoke)) is None:
            raise NotFound(f"No key {key_id!r:.100}.", param="key_id")
        await self._refresh()
        return _record(row)

    async def has_keys(self) -> bool:
        """Whether any key was ever made; revoking the last one locks the door instead of opening it."""
        return (await self._current()).has_keys

    async def authenticate(self, presented: str) -> KeyRecord | None:
        """Return the record of an active key, None for anything else; raises GuardUnavailable."""
        digest = _digest(presented)
        copy = await self._current()
        digest_and_record = copy.by_start.get(digest[:_START_SIGNS])
        if digest_and_record is None or not hmac.compare_digest(digest_and_record[0], digest):
            return None
        record = digest_and_record[1]
        self._uses[record.id] = datetime.now(UTC)
        self._start_noting()
        return record

    async def close(self) -> None:
        """Note the last uses that are not noted yet."""
        if self._noting:
            await asyncio.wait([self._noting])
        await self._note_uses()

    async def _current(self) -> _Copy:
        if copy := self._fresh_copy():
            return copy
        async with self._reading:
            if copy := self._fresh_copy():
                return copy
            return await self._read()

    def _fresh_copy(self) -> _Copy | None:
        is_fresh = self._copy and time.monotonic() - self._copy.read_at < self._refresh_s
        return self._copy if is_fresh else None

    async def _refresh(self) -> None:
        # A read that began before the change must not be the last to be kept, hence the lock.
        async with self._reading:
            await self._read()

    async def _read(self) -> _Copy:
        read_at = time.monotonic()
        try:
            rows = await self._database.read(lambda connection: connection.execute(select(keys)).mappings().all())
        except SQLAlchemyError as error:
            raise GuardUnavailable("The keys can't be read, so nobody can be let in.") from error
        active = {row["digest"]: _record(row) for row in rows if row["revoked_at"] is None}
        by_start = {digest[:_START_SIGNS]: (digest, record) for digest, record in active.items()}
        self._copy = _Copy(by_start, bool(rows), read_at)
        return self._copy

    def _start_noting(self) -> None:
        is_running = self._noting and not self._noting.done()
        if is_running or time.monotonic() - self._noted_at < _NOTE_USES_EVERY_S:
            return
        self._noted_at = time.monotonic()
        self._noting = asyncio.create_task(self._note_uses())

    async def _note_uses(self) -> None:
        uses, self._uses = self._uses, {}
        if not uses:
            return
        statement = update(keys).where(keys.c.id == bindparam("key_id")).values(last_used_at=bindparam("used_at"))
        values = [{"key_id": key_id, "used_at": used_at} for key_id, used_at in sorted(uses.items())]
        try:
            await self._database.write(lambda connection: connection.execute(statement, values))
        except SQLAlchemyError as error:
            # It is a convenience for the admin; a request must not fail for it.
            logger.warning("The last uses of %d keys could not be noted: %s", len(uses), type(error).__name__)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _record(row: RowMapping) -> KeyRecord:
    times = (row["created_at"], row["last_used_at"], row["revoked_at"])
    return KeyRecord(row["id"], row["name"], Role(row["role"]), *times)
