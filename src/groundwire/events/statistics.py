"""Numbers over many events: how often answers are not grounded, with how sure one can be of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from math import sqrt

from groundwire.domain import Action, Label

# The 97.5 % point of the standard normal distribution, for intervals of 95 %.
_Z = 1.959963984540054


class GroupBy(StrEnum):
    """What statistics are told apart by; days are days in UTC, an app is the id of its key."""

    HOUR = "hour"
    DAY = "day"
    APP = "app"
    MODEL = "model"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Share:
    """A share of a whole: `count` of `total`, with its 95 % interval; `share` is None where there is no whole."""

    count: int
    total: int
    share: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Tally:
    """The numbers of some answers.

    `hallucination_rate` is the share of contradicted and unsupported answers among those that were judged, that is all
    but the unverified ones; an answer is as its worst claim. `claims` are shares among all claims. The intervals take
    answers and claims as independent, which claims of one answer are not quite.
    """

    answers: int
    hallucination_rate: Share
    actions: Mapping[Action, int]
    labels: Mapping[Label, int]
    claims: Mapping[Label, Share]


@dataclass(frozen=True, slots=True)
class Group:
    """The numbers of one hour, day, app, model or policy; times are in ISO 8601."""

    key: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class Statistics:
    """The numbers of a period, whole and in groups; groups without any answer are left out."""

    since: datetime
    until: datetime
    group_by: GroupBy
    total: Tally
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class HourCount:
    """What was counted in one hour for one app, model, policy, action and label; `claims` by label."""

    hour: datetime
    app: str
    model: str
    policy: str
    action: Action
    label: Label
    answers: int
    claims: Mapping[Label, int]


def share_of(count: int, total: int) -> Share:
    """Return `count` of `total` with the score interval of Wilson (1927, https://doi.org/10.2307/2276774).

    Unlike the usual normal interval it stays within 0 and 1 and is sound for few or rare cases.
    """
    if total == 0:
        return Share(0, 0, None, 0.0, 1.0)
    share, z2 = count / total, _Z * _Z
    middle = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = _Z * sqrt(share * (1 - share) / total + z2 / (4 * total * total)) / (1 + z2 / total)
    # Rounding could leave the edges a hair outside.
    low = 0.0 if count == 0 else max(0.0, middle - half)
    high = 1.0 if count == total else min(1.0, middle + half)
    return Share(count, total, share, low, high)


def tally(counts: Iterable[HourCount]) -> Tally:
    """Return the numbers of these counts together."""
    actions: Counter[Action] = Counter()
    labels: Counter[Label] = Counter()
    claims: Counter[Label] = Counter()
    for count in counts:
        actions[count.action] += count.answers
        labels[count.label] += count.answers
        for label, number in count.claims.items():
            claims[label] += number
    answers = labels.total()
    hallucinated = labels[Label.CONTRADICTED] + labels[Label.UNSUPPORTED]
    return Tally(
        answers=answers,
        hallucination_rate=share_of(hallucinated, answers - labels[Label.UNVERIFIED]),
        actions={action: actions[action] for action in Action},
        labels={label: labels[label] for label in Label},
        claims={label: share_of(claims[label], claims.total()) for label in Label},
    )


def grouped(counts: Iterable[HourCount], group_by: GroupBy) -> tuple[Group, ...]:
    """Return the numbers of each group, sorted by key."""
    parts: dict[str, list[HourCount]] = {}
    for count in counts:
        parts.setdefault(_key(count, group_by), []).append(count)
    return tuple(Group(key, tally(parts[key])) for key in sorted(parts))


def _key(count: HourCount, group_by: GroupBy) -> str:
    hour = count.hour.astimezone(UTC)
    if group_by is GroupBy.HOUR:
        return hour.isoformat()
    if group_by is GroupBy.DAY:
        return hour.date().isoformat()
    return {GroupBy.APP: count.app, GroupBy.MODEL: count.model, GroupBy.POLICY: count.policy}[group_by]
