"""Sums over the hourly counts, told apart by what is asked for and no more."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, literal_column, select

from groundwire.domain import Action, Label
from groundwire.events.escaping import escape, unescape
from groundwire.events.rows import HOUR_COUNTS, hour_of, stored_model
from groundwire.events.statistics import GroupBy, HourCount
from groundwire.storage.database import Database
from groundwire.storage.schema import event_hours

_COLUMNS = {
    GroupBy.HOUR: "hour",
    GroupBy.DAY: "hour",
    GroupBy.APP: "app",
    GroupBy.MODEL: "model",
    GroupBy.POLICY: "policy",
}

# The day of an hour in UTC, summed up by the database: days are a twenty-fourth of the rows.
_DAY: Mapping[str, ColumnElement[Any]] = {
    "sqlite": literal_column("date(hour)"),
    "postgresql": literal_column("date_trunc('day', hour AT TIME ZONE 'UTC')"),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """Which answers: from `since` to `until`, widened to whole hours; of these models, policies and apps, or any."""

    since: datetime
    until: datetime
    models: Sequence[str] = ()
    policies: Sequence[str] = ()
    apps: Sequence[str] = ()

    @property
    def start(self) -> datetime:
        """The first hour."""
        return hour_of(self.since)

    @property
    def end(self) -> datetime:
        """The hour that is no longer part of it."""
        return hour_of(self.until + timedelta(hours=1) - timedelta(microseconds=1))

    def condition(self) -> list[ColumnElement[bool]]:
        """Return what an hourly count must be like."""
        within = [event_hours.c.hour >= self.start, event_hours.c.hour < self.end]
        if self.models:
            within.append(event_hours.c.model.in_(map(stored_model, self.models)))
        if self.policies:
            within.append(event_hours.c.policy.in_(map(escape, self.policies)))
        if self.apps:
            within.append(event_hours.c.app.in_(self.apps))
        return within


async def read_counts(database: Database, scope: Scope, parts: Collection[GroupBy]) -> list[HourCount]:
    """Return the counts by action and label and by these parts; the fields of other parts are empty.

    With days and without hours, `hour` is the beginning of a day in UTC.
    The time taken does not grow with the number of events.
    """
    columns = sorted({_COLUMNS[part] for part in parts})
    is_by_day = GroupBy.DAY in parts and GroupBy.HOUR not in parts
    hour = _DAY[database.engine.dialect.name] if is_by_day else event_hours.c.hour
    summed = _summed(scope, columns, hour)

    def read(connection: Connection) -> list[HourCount]:
        return [_hour_count(row, columns, scope.start) for row in connection.execute(summed)]

    return await database.read(read)


def _summed(scope: Scope, columns: Sequence[str], hour: ColumnElement[Any]) -> Select[tuple[object, ...]]:
    key = [hour if name == "hour" else event_hours.c[name] for name in (*columns, "action", "label")]
    sums = [func.sum(event_hours.c[name]).label(name) for name in HOUR_COUNTS]
    return select(*key, *sums).where(*scope.condition()).group_by(*key)


def _hour_count(row: Row[Any], columns: Sequence[str], start: datetime) -> HourCount:
    # Thousands of rows are usual, and places in a row are read much faster than names.
    key, (action, label, answers, *claims) = dict(zip(columns, row, strict=False)), row[len(columns) :]
    return HourCount(
        hour=_moment(key.get("hour", start)),
        app=key.get("app", ""),
        model=unescape(key.get("model", "")),
        policy=key.get("policy", ""),
        action=Action(action),
        label=Label(label),
        answers=int(answers),
        claims={name: int(count) for name, count in zip(Label, claims, strict=True)},
    )


def _moment(value: datetime | str) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
