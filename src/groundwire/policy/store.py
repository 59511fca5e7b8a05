"""The versions of policies in the database; every change is one transaction, and none overwrites another's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime

from pydantic import ValidationError
from sqlalchemy import Connection, RowMapping, insert, select, update
from sqlalchemy.exc import IntegrityError

from groundwire.errors import BadRequest, Conflict, NotFound
from groundwire.policy.policy import policy_version
from groundwire.policy.versions import Author, Histories, PolicyHistory, PolicyVersion, VersionState
from groundwire.settings import PolicySettings
from groundwire.storage.database import Database
from groundwire.storage.schema import policy_versions as table

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_FILE = Author("groundwire.yaml")
_UNDECIDED = frozenset((VersionState.DRAFT, VersionState.SHADOW))


class PolicyStore:
    """Proposes versions, decides on them, and tells their history; blocking.

    Whoever changes a policy says which `state` of its history they have seen; where somebody else was faster, Conflict
    is raised and nothing is changed.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self._engine = database.engine

    def histories(self) -> Histories:
        """Return the history of every policy that has one, by name."""
        with self._engine.connect() as connection:
            return _histories(connection)

    def history(self, policy: str) -> PolicyHistory:
        """Return the history of one policy, empty where there is none."""
        with self._engine.connect() as connection:
            return _history(connection, policy)

    def applied(self) -> dict[str, PolicyVersion]:
        """Return the versions in force instead of the file's, by the name of their policy."""
        statement = select(table).where(table.c.state == VersionState.APPLIED.value).order_by(table.c.number)
        with self._engine.connect() as connection:
            return {row["policy"]: _version(row) for row in connection.execute(statement).mappings()}

    def note_file(self, policies: Mapping[str, PolicySettings]) -> None:
        """Keep what the settings file says, so that the version an event names can always be looked up."""
        for name, settings in sorted(policies.items()):
            # Another process that has just noted the same was faster.
            with suppress(IntegrityError), self._engine.begin() as connection:
                _lock(connection, name)
                history = _history(connection, name)
                if all(each.version != policy_version(settings) for each in history.versions):
                    _add(connection, history, settings, _FILE, VersionState.FILE)

    def propose(
        self,
        policy: str,
        settings: PolicySettings,
        author: Author,
        seen: str,
        state: VersionState = VersionState.DRAFT,
    ) -> PolicyVersion:
        """Add a version as a draft, or in shadow at once; raises BadRequest for an impossible name, and Conflict."""
        if not _NAME.fullmatch(policy):
            allowed = "1 to 64 letters, digits, '.', '_' and '-', beginning with a letter or digit"
            raise BadRequest(f"{policy[:80]!r} can't name a policy; use {allowed}.", param="policy")
        try:
            with self._engine.begin() as connection:
                history = _seen(connection, policy, seen)
                if state is VersionState.SHADOW:
                    _require_no_shadow(history)
                return _add(connection, history, settings, author, state)
        except IntegrityError as error:
            raise _changed(policy) from error

    def shadow(self, policy: str, number: int, by: str, seen: str) -> PolicyVersion:
        """Try a draft beside the policy in force; raises NotFound and Conflict."""
        with self._engine.begin() as connection:
            history = _seen(connection, policy, seen)
            version = _found(history, number)
            if version.state is not VersionState.DRAFT:
                raise Conflict(f"Version {number} is {version.state.value}; only a draft can be put in shadow.")
            _require_no_shadow(history)
            return _decide(connection, version, VersionState.SHADOW, by)

    def apply(self, policy: str, number: int, by: str, seen: str) -> PolicyVersion:
        """Put a version in force; raises NotFound and Conflict.

        An older one is restored as a new version with its settings, so that the history stays as it was.
        """
        with self._engine.begin() as connection:
            history = _seen(connection, policy, seen)
            version = _found(history, number)
            if version.state is VersionState.APPLIED:
                raise Conflict(f"Version {number} of policy {policy!r} is in force already.")
            if version.settings is None:
                raise Conflict(f"Version {number} can't be read by this Groundwire, so it can't be put in force.")
            if history.applied:
                _decide(connection, history.applied, VersionState.REPLACED, by)
            if version.state in _UNDECIDED:
                return _decide(connection, version, VersionState.APPLIED, by)
            author = Author(by, f"restores version {number}")
            restored = _add(connection, history, version.settings, author, VersionState.DRAFT)
            return _decide(connection, restored, VersionState.APPLIED, by)

    def withdraw(self, policy: str, number: int, by: str, seen: str) -> PolicyVersion:
        """Give up a proposal, or take the version in force back, so that the file's counts again.

        Raises NotFound and Conflict.
        """
        with self._engine.begin() as connection:
            version = _found(_seen(connection, policy, seen), number)
            if version.state is VersionState.APPLIED:
                return _decide(connection, version, VersionState.REPLACED, by)
            if version.state not in _UNDECIDED:
                raise Conflict(f"Version {number} of policy {policy!r} is {version.state.value} already.")
            return _decide(connection, version, VersionState.WITHDRAWN, by)


def _seen(connection: Connection, policy: str, seen: str) -> PolicyHistory:
    """Return the history, locked; raises Conflict where it is not the one that was seen."""
    _lock(connection, policy)
    history = _history(connection, policy)
    if history.state != seen:
        raise _changed(policy, history)
    return history


def _lock(connection: Connection, policy: str) -> None:
    # A write comes first, so that two admins queue instead of both reading the same state.
    connection.execute(update(table).where(table.c.policy == policy).values(policy=policy))


def _changed(policy: str, history: PolicyHistory | None = None) -> Conflict:
    who = _last_change(history) if history else ""
    return Conflict(
        f"Policy {policy!r} was changed meanwhile{who}; look at it again. Nothing was changed.", param="seen"
    )


def _last_change(history: PolicyHistory) -> str:
    changes = [(each.decided_at or each.created_at, each.decided_by or each.author, each) for each in history.versions]
    if not changes:
        return ""
    when, who, version = max(changes, key=lambda change: (change[0], change[2].number))
    return f" (version {version.number}, {version.state.value} by {who} at {when.isoformat(timespec='seconds')})"


def _require_no_shadow(history: PolicyHistory) -> None:
    if history.shadow:
        raise Conflict(f"Version {history.shadow.number} of policy {history.name!r} is in shadow; withdraw it first.")


def _found(history: PolicyHistory, number: int) -> PolicyVersion:
    if found := history.find(number):
        return found
    raise NotFound(f"Policy {history.name!r:.100} has no version {number}.", param="number")


def _add(
    connection: Connection, history: PolicyHistory, settings: PolicySettings, author: Author, state: VersionState
) -> PolicyVersion:
    now = datetime.now(UTC)
    is_decided = state is VersionState.SHADOW
    version = PolicyVersion(
        policy=history.name,
        number=history.next_number,
        created_at=now,
        author=author.name,
        note=author.note,
        version=policy_version(settings),
        settings=settings,
        state=state,
        decided_at=now if is_decided else None,
        decided_by=author.name if is_decided else None,
    )
    names = ("policy", "number", "created_at", "author", "note", "version", "decided_at", "decided_by")
    row = {name: getattr(version, name) for name in names}
    stored = settings.model_dump(mode="json")
    connection.execute(insert(table).values(**row, settings=stored, state=state.value))
    return version


def _decide(connection: Connection, version: PolicyVersion, state: VersionState, by: str) -> PolicyVersion:
    own = (table.c.policy == version.policy, table.c.number == version.number)
    values = {"state": state.value, "decided_at": datetime.now(UTC), "decided_by": by}
    connection.execute(update(table).where(*own).values(**values))
    return _version(connection.execute(select(table).where(*own)).mappings().one())


def _history(connection: Connection, policy: str) -> PolicyHistory:
    statement = select(table).where(table.c.policy == policy).order_by(table.c.number.desc())
    return PolicyHistory(policy, tuple(map(_version, connection.execute(statement).mappings())))


def _histories(connection: Connection) -> dict[str, PolicyHistory]:
    found: dict[str, list[PolicyVersion]] = {}
    for row in connection.execute(select(table).order_by(table.c.policy, table.c.number.desc())).mappings():
        found.setdefault(row["policy"], []).append(_version(row))
    return {name: PolicyHistory(name, tuple(versions)) for name, versions in found.items()}


def _version(row: RowMapping) -> PolicyVersion:
    names = ("policy", "number", "created_at", "author", "note", "version", "decided_at", "decided_by")
    return PolicyVersion(
        **{name: row[name] for name in names}, state=VersionState(row["state"]), settings=_settings(row["settings"])
    )


def _settings(values: object) -> PolicySettings | None:
    try:
        return PolicySettings.model_validate(values)
    except ValidationError:
        return None
