"""Replays many stored events, newest first, within bounds, and says what was left out."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

from groundwire.domain import Action, Label
from groundwire.events.filters import MAX_PAGE, EventFilter, Page
from groundwire.events.store import SqlEventStore
from groundwire.replay.outcomes import Basis, Obstacle, Replay
from groundwire.replay.replaying import Replayer
from groundwire.replay.wanted import Wanted

_PAGE = 100
_LISTED = 200


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many events are replayed at most, and for how long (seconds); None is no limit."""

    events: int | None = 1_000
    seconds: float | None = 30.0


async def replayed(
    store: SqlEventStore, chosen: EventFilter, replayer: Replayer, wanted: Wanted, bounds: Bounds
) -> AsyncIterator[Replay]:
    """Yield the replay of each event that matches, newest first, until the bounds are reached."""
    started, done, cursor = time.monotonic(), 0, None
    while True:
        left = _PAGE if bounds.events is None else min(_PAGE, bounds.events - done)
        if left <= 0:
            return
        page = await store.find(chosen, Page(min(left, MAX_PAGE), cursor))
        for event in page.events:
            if bounds.seconds is not None and time.monotonic() - started > bounds.seconds:
                return
            yield await replayer.replay(event, wanted)
            done += 1
        if page.next_cursor is None:
            return
        cursor = page.next_cursor


@dataclass(frozen=True, slots=True)
class Move:
    """How many events went from one action to another, or stayed."""

    before: Action
    after: Action
    events: int


@dataclass(frozen=True, slots=True)
class LabelMove:
    """How many claims went from one label to another."""

    before: Label
    after: Label
    claims: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The numbers of a replay.

    `matching` events were stored, `replayed` of them run again and `failed` not, `left_out` were not reached within the
    bounds. `flipped` events had another verdict, action or text; `verified` had their claims verified anew.
    """

    matching: int
    replayed: int
    failed: int
    left_out: int
    flipped: int
    claims: int
    flipped_claims: int
    verified: int
    moves: tuple[Move, ...]
    label_moves: tuple[LabelMove, ...]
    obstacles: Mapping[Obstacle, int]

    @property
    def moved(self) -> int:
        """How many events came out with another action."""
        return sum(move.events for move in self.moves if move.before is not move.after)


@dataclass(slots=True)
class Tally:
    """Counts replays as they come; `flips` and `failures` are the first ones of each, as many as are listed."""

    listed: int = _LISTED
    flips: list[Replay] = field(default_factory=list)
    failures: list[Replay] = field(default_factory=list)
    replayed: int = 0
    failed: int = 0
    _flipped: int = 0
    _verified: int = 0
    _claims: int = 0
    _moves: Counter[tuple[Action, Action]] = field(default_factory=Counter)
    _labels: Counter[tuple[Label, Label]] = field(default_factory=Counter)
    _obstacles: Counter[Obstacle] = field(default_factory=Counter)

    @property
    def done(self) -> int:
        """How many events were looked at."""
        return self.replayed + self.failed

    def add(self, replay: Replay) -> None:
        """Count one more."""
        if replay.after is None:
            self._fail(replay)
            return
        self.replayed += 1
        self._moves[replay.before.action, replay.after.action] += 1
        self._claims += len(replay.claims)
        self._verified += replay.basis is Basis.VERIFIED
        self._labels.update((one.before, one.after) for one in replay.flips if one.before and one.after)
        if replay.is_flipped:
            self._flipped += 1
            if len(self.flips) < self.listed:
                self.flips.append(replay)

    def summary(self, matching: int) -> Summary:
        """Return the numbers, given how many events match."""
        return Summary(
            matching=max(matching, self.done),
            replayed=self.replayed,
            failed=self.failed,
            left_out=max(0, matching - self.done),
            flipped=self._flipped,
            claims=self._claims,
            flipped_claims=self._labels.total(),
            verified=self._verified,
            moves=tuple(Move(*pair, self._moves[pair]) for pair in sorted(self._moves, key=_severity)),
            label_moves=tuple(LabelMove(*pair, self._labels[pair]) for pair in sorted(self._labels)),
            obstacles=dict(sorted(self._obstacles.items())),
        )

    def _fail(self, replay: Replay) -> None:
        self.failed += 1
        if replay.refusal:
            self._obstacles[replay.refusal.obstacle] += 1
        if len(self.failures) < self.listed:
            self.failures.append(replay)


def _severity(pair: tuple[Action, Action]) -> tuple[int, int]:
    return pair[0].severity, pair[1].severity
