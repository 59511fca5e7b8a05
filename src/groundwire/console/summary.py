"""The numbers of the overview, read from the hourly and daily counts, so that their time does not grow with events."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.concurrency import run_in_threadpool

from groundwire.api.live import app_names
from groundwire.api.services import Services, knowledge_sizes
from groundwire.console.charts import Point, Trend, trend
from groundwire.console.periods import DAY, Period, Span, Step, period_of
from groundwire.domain import Action, Event, Label
from groundwire.events.filters import EventFilter, Page
from groundwire.events.movements import Movement, apart, movements
from groundwire.events.statistics import GroupBy, HourCount, Tally, grouped, tally
from groundwire.events.usage import DocumentUsage
from groundwire.metrics import KnowledgeSize
from groundwire.review.filters import QueueFilter

PARTS = (GroupBy.APP, GroupBy.MODEL, GroupBy.POLICY)
ALARMING = (Action.FLAG, Action.REWRITE, Action.BLOCK)
_MOST_RECENT, _MOST_MOVED, _MOST_DOCUMENTS = 8, 4, 6


@dataclass(frozen=True, slots=True)
class Headline:
    """The numbers of a period, and those of the period before."""

    period: Period
    now: Tally
    before: Tally

    @property
    def difference(self) -> float | None:
        """By how much the hallucination rate rose, -1 to 1; None where one of the periods has no rate."""
        share, past = self.now.hallucination_rate.share, self.before.hallucination_rate.share
        return None if share is None or past is None else share - past

    @property
    def is_clear(self) -> bool:
        """Whether chance hardly explains the change."""
        return apart(self.now.hallucination_rate, self.before.hallucination_rate)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: the numbers of one app, model or policy, now and in the period before."""

    key: str
    now: Tally
    before: Tally | None


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the hourly counts tell of a period."""

    headlines: Sequence[Headline]
    chosen: Headline
    trend: Trend
    tables: Mapping[GroupBy, Sequence[Line]]
    movements: Sequence[Movement]


@dataclass(frozen=True, slots=True)
class State:
    """What else the overview shows: work that waits, documents that contradict, what was just stopped, and health."""

    apps: Mapping[str, str]
    waiting: int
    documents: Sequence[tuple[str, int]]
    recent: Sequence[Event]
    knowledge: Sequence[KnowledgeSize]
    verifier: str

    @property
    def is_empty(self) -> bool:
        """Whether there is no document to check against."""
        return not any(size.passages for size in self.knowledge)


async def read_numbers(services: Services, period: Period, step: Step, now: datetime) -> Numbers:
    """Return the numbers of the period, and the headlines of all periods as of now."""
    periods = [period_of(span, now) for span in Span]
    earliest, latest = min(each.before for each in periods), max(each.until for each in periods)
    read = services.events.counts
    days, steps, present, past = await asyncio.gather(
        read(earliest, latest, [GroupBy.DAY]),
        read(period.since, period.until, [GroupBy.HOUR if step is Step.HOUR else GroupBy.DAY]),
        read(period.since, period.until, PARTS),
        read(period.before, period.since, PARTS),
    )
    headlines = [_headline(each, days) for each in periods]
    return Numbers(
        headlines=headlines,
        chosen=next(each for each in headlines if each.period.span is period.span),
        trend=trend(_points(period, step, steps)),
        tables={part: _lines(present, past, part) for part in PARTS},
        movements=movements(past, present, PARTS)[:_MOST_MOVED],
    )


async def read_state(services: Services, period: Period) -> State:
    """Return what else the overview shows."""
    usage = DocumentUsage(services.database)
    documents = run_in_threadpool(usage.ranked, Label.CONTRADICTED, period.since, _MOST_DOCUMENTS)
    apps, waiting, ranked, page = await asyncio.gather(
        app_names(services),
        services.queue.counts(QueueFilter()),
        documents,
        services.events.find(EventFilter(actions=ALARMING), Page(_MOST_RECENT)),
    )
    sizes, verifier = knowledge_sizes(services.knowledge), services.guardrail.verifier_name
    return State(apps, sum(waiting.values()), ranked, page.events, sizes, verifier)


def _headline(period: Period, days: Sequence[HourCount]) -> Headline:
    present = [count for count in days if period.since <= count.hour < period.until]
    past = [count for count in days if period.before <= count.hour < period.since]
    return Headline(period, tally(present), tally(past))


def _points(period: Period, step: Step, counts: Sequence[HourCount]) -> list[Point]:
    length = timedelta(hours=1) if step is Step.HOUR else DAY
    buckets = period.buckets(step)
    parts: list[list[HourCount]] = [[] for _ in buckets]
    for count in counts:
        parts[int((count.hour - period.since) / length)].append(count)
    return [Point(moment, tally(part)) for moment, part in zip(buckets, parts, strict=True)]


def _lines(present: Sequence[HourCount], past: Sequence[HourCount], part: GroupBy) -> list[Line]:
    """The groups with the most answers first."""
    before = {group.key: group.tally for group in grouped(past, part)}
    lines = [Line(group.key, group.tally, before.get(group.key)) for group in grouped(present, part)]
    return sorted(lines, key=lambda line: -line.now.answers)
