"""What changed against the period before: which apps, models and policies became better or worse."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from groundwire.events.statistics import GroupBy, HourCount, Share, grouped


@dataclass(frozen=True, slots=True)
class Movement:
    """The hallucination rate of one app, model or policy in the period before and now."""

    group_by: GroupBy
    key: str
    before: Share
    now: Share

    @property
    def difference(self) -> float:
        """By how much the share rose, -1 to 1."""
        return (self.now.share or 0.0) - (self.before.share or 0.0)

    @property
    def is_clear(self) -> bool:
        """Whether the 95 % intervals lie apart, so that chance hardly explains the change."""
        return apart(self.before, self.now)


def apart(one: Share, other: Share) -> bool:
    """Whether the 95 % intervals of two shares do not overlap."""
    return one.low > other.high or other.low > one.high


def movements(before: Sequence[HourCount], now: Sequence[HourCount], parts: Iterable[GroupBy]) -> list[Movement]:
    """Return how each group moved that had judged answers in both periods: clear changes first, then large ones."""
    found = [movement for part in parts for movement in _movements(before, now, part)]
    return sorted(found, key=lambda each: (not each.is_clear, -abs(each.difference)))


def _movements(before: Sequence[HourCount], now: Sequence[HourCount], part: GroupBy) -> Iterable[Movement]:
    old = {group.key: group.tally.hallucination_rate for group in grouped(before, part)}
    for group in grouped(now, part):
        rate = group.tally.hallucination_rate
        if (past := old.get(group.key)) and past.total and rate.total:
            yield Movement(part, group.key, past, rate)
