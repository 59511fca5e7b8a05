"""Sums over the hourly counts, told apart by what is asked for and no more."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, RowMapping, Select, func, select

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

    The time taken does not grow with the number of events.
    """
    columns = sorted({_COLUMNS[part] for part in parts})
    async with database.asynchronous.connect() as connection:
        rows = (await connection.execute(_summed(scope, columns))).mappings()
        return [_hour_count(row, scope.start) for row in rows]


def _summed(scope: Scope, columns: Sequence[str]) -> Select[tuple[object, ...]]:
    key = [event_hours.c[name] for name in (*columns, "action", "label")]
    sums = [func.sum(event_hours.c[name]).label(name) for name in HOUR_COUNTS]
    return select(*key, *sums).where(*scope.condition()).group_by(*key)


def _hour_count(row: RowMapping, start: datetime) -> HourCount:
    return HourCount(
        hour=row.get("hour", start),
        app=row.get("app", ""),
        model=unescape(row.get("model", "")),
        policy=row.get("policy", ""),
        action=Action(row["action"]),
        label=Label(row["label"]),
        answers=int(row["answers"]),
        claims={label: int(row[label.value]) for label in Label},
    )
