from dataclasses import replace

import pytest

from groundwire.domain import Action, Label, Strictness
from groundwire.events.filters import EventFilter
from groundwire.replay import traffic
from groundwire.replay.comparing import changes, decision_before
from groundwire.replay.outcomes import Basis, Obstacle, Refusal, Replay
from groundwire.replay.traffic import Bounds, LabelMove, Move, Tally, replayed
from stored import database, database_url, events, hours_later, sample, template

__all__ = ["database", "database_url", "events", "template"]


def outcome(event, action=None, label=None, refusal=None):
    """Return the replay of an event that ends in this action, with its first claim under this label."""
    before = decision_before(event)
    after = None if refusal else replace(before, action=action or event.action)
    now = [replace(one, label=label or one.label) for one in event.report.verdicts]
    claims = changes(event.report.verdicts, now, Basis.STORED, Strictness())
    return Replay(
        event_id=event.id,
        created_at=event.created_at,
        model=event.model,
        question="",
        policy="default",
        policy_version="new",
        revision="default@3",
        before=before,
        after=after,
        basis=None if refusal else Basis.STORED,
        claims=claims,
        refusal=refusal,
    )


class Noting:
    """Replays by noting which event it was."""

    async def replay(self, event, wanted):
        return event.id


async def ids(events, bounds, **chosen):
    return [found async for found in replayed(events, EventFilter(**chosen), Noting(), None, bounds)]


@pytest.mark.parametrize("page", [1, 2, 100])
async def test_events_come_newest_first_over_all_pages(events, monkeypatch, page):
    monkeypatch.setattr(traffic, "_PAGE", page)
    stored = [sample(created_at=hours_later(hour)) for hour in range(5)]
    await events.append(stored)

    assert await ids(events, Bounds(None, None)) == [event.id for event in reversed(stored)]
    assert await ids(events, Bounds(3, None)) == [event.id for event in stored[:1:-1]]
    assert await ids(events, Bounds(None, None), since=hours_later(3)) == [event.id for event in stored[:2:-1]]


async def test_after_the_time_nothing_more_is_replayed(events):
    await events.append([sample() for _ in range(3)])

    assert await ids(events, Bounds(None, -1.0)) == []


def test_a_tally_counts_by_action_and_label():
    wrong, fine = sample(Label.CONTRADICTED), sample(Label.SUPPORTED)
    tally = Tally()
    for found in (
        outcome(wrong, Action.BLOCK),
        outcome(wrong, Action.BLOCK, Label.UNSUPPORTED),
        outcome(fine),
        outcome(fine, refusal=Refusal(Obstacle.REVISION_GONE, "gone")),
    ):
        tally.add(found)
    summary = tally.summary(matching=10)

    assert (summary.matching, summary.replayed, summary.failed, summary.left_out) == (10, 3, 1, 6)
    assert (summary.flipped, summary.claims, summary.flipped_claims, summary.verified) == (2, 3, 1, 0)
    assert summary.moves == (Move(Action.ALLOW, Action.ALLOW, 1), Move(Action.REWRITE, Action.BLOCK, 2))
    assert summary.label_moves == (LabelMove(Label.CONTRADICTED, Label.UNSUPPORTED, 1),)
    assert summary.obstacles == {Obstacle.REVISION_GONE: 1}
    assert [len(tally.flips), len(tally.failures)] == [2, 1]


def test_only_some_flips_are_listed_but_all_are_counted():
    tally = Tally(listed=2)
    for _ in range(5):
        tally.add(outcome(sample(Label.CONTRADICTED), Action.BLOCK))

    assert (len(tally.flips), tally.summary(5).flipped) == (2, 5)


def test_a_change_of_the_text_alone_is_a_flip():
    found = outcome(sample(Label.CONTRADICTED))
    other = replace(found, after=replace(found.after, delivered="Something else."))

    assert not found.is_flipped
    assert other.is_flipped
    assert not replace(other, is_interrupted=True).is_flipped


def test_events_that_came_while_it_ran_do_not_make_the_rest_negative():
    tally = Tally()
    for _ in range(3):
        tally.add(outcome(sample(Label.SUPPORTED)))

    assert (tally.summary(2).matching, tally.summary(2).left_out) == (3, 0)
