"""The periods that the overview tells of; days are days in UTC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from groundwire.errors import BadRequest

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


class Span(StrEnum):
    """Which period."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEK = "week"
    MONTH = "month"


class Step(StrEnum):
    """How a period is divided."""

    HOUR = "hour"
    DAY = "day"


_TITLES = {
    Span.TODAY: "Today",
    Span.YESTERDAY: "Yesterday",
    Span.WEEK: "Last 7 days",
    Span.MONTH: "Last 30 days",
}
_STEPS = {
    Span.TODAY: (Step.HOUR,),
    Span.YESTERDAY: (Step.HOUR,),
    Span.WEEK: (Step.DAY, Step.HOUR),
    Span.MONTH: (Step.DAY,),
}


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` on, up to before `until`; `before` is where the period that it is compared with begins."""

    span: Span
    since: datetime
    until: datetime
    before: datetime

    @property
    def title(self) -> str:
        """Its name for people."""
        return _TITLES[self.span]

    @property
    def steps(self) -> Sequence[Step]:
        """How it may be divided, the usual way first."""
        return _STEPS[self.span]

    def buckets(self, step: Step) -> list[datetime]:
        """Return the beginnings of its hours or days."""
        length = HOUR if step is Step.HOUR else DAY
        return [self.since + number * length for number in range(int((self.until - self.since) / length))]


def period_of(span: Span, now: datetime) -> Period:
    """Return the period, as of now; the last days include today."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = today + DAY
    if span is Span.TODAY:
        return Period(span, today, tomorrow, today - DAY)
    if span is Span.YESTERDAY:
        return Period(span, today - DAY, today, today - 2 * DAY)
    length = 7 * DAY if span is Span.WEEK else 30 * DAY
    return Period(span, tomorrow - length, tomorrow, tomorrow - 2 * length)


def step_of(period: Period, wanted: Step | None) -> Step:
    """Return how the period is divided; raises BadRequest for a step that it can't be divided by."""
    if wanted is None:
        return period.steps[0]
    if wanted not in period.steps:
        raise BadRequest(f"{period.title} can't be divided by {wanted.value}.", param="by")
    return wanted
