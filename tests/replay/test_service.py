import pytest

from groundwire.domain import Action, Label
from groundwire.errors import NotFound
from groundwire.events.filters import EventFilter
from groundwire.policy.policy import policy_from
from groundwire.policy.store import PolicyStore
from groundwire.replay.service import Preview, Progress
from groundwire.replay.traffic import Bounds
from groundwire.replay.wanted import always, read_revision
from groundwire.settings import PolicySettings

PATIENT = {"budget_ms": 60_000}


async def result(found):
    return [one async for one in found][-1]


async def test_one_event_is_replayed_under_its_own_policy(history, bench):
    for name in ("shadow", "flagging", "over length"):
        [event] = history.events[name]
        found = await bench.replays.one(event.id)
        assert (found.policy, found.policy_version, found.is_flipped) == (event.policy, event.policy_version, False)


async def test_one_event_is_replayed_under_another_policy(history, bench):
    [event] = history.events["rewrite"]
    blocking = policy_from("default", PolicySettings(actions={"contradicted": "block"}))

    assert (await bench.replays.one(event.id, always(blocking))).after.action is Action.BLOCK


async def test_an_unknown_event_is_told(bench):
    with pytest.raises(NotFound, match="No event 'evt_nobody'"):
        await bench.replays.one("evt_nobody")


async def test_many_events_under_their_own_policies_do_not_flip(history, bench):
    steps = [step async for step in bench.replays.many(EventFilter(), bounds=Bounds(None, None))]

    total = len(history.all)
    assert steps[:-1] == [Progress(done, total) for done in range(1, total + 1)]
    [preview] = steps[-1:]
    assert isinstance(preview, Preview)
    assert (preview.summary.replayed, preview.summary.flipped, preview.summary.failed) == (total, 0, 0)
    assert (preview.flips, preview.failures) == ((), ())


async def test_a_change_is_found_in_the_events_of_its_policy(history, bench):
    chosen = EventFilter(policies=("default",))
    calm = policy_from("default", PolicySettings(actions={"contradicted": "flag"}, **PATIENT))

    found = await result(bench.replays.many(chosen, always(calm), bounds=Bounds(None, None)))

    of_policy = [event for event in history.all if event.policy == "default"]
    rewritten = {event.id for event in of_policy if event.action is Action.REWRITE}
    assert found.summary.matching == len(of_policy)
    assert {flip.event_id for flip in found.flips if flip.after.action is Action.FLAG} == rewritten
    # What a stream had released before its block was corrected and is not any more.
    assert {flip.before.action for flip in found.flips if flip.event_id not in rewritten} == {Action.BLOCK}
    moves = {(move.before, move.after): move.events for move in found.summary.moves}
    assert moves[Action.REWRITE, Action.FLAG] == len(rewritten)


async def test_what_can_not_be_replayed_is_listed(history, bench):
    chosen = EventFilter(policies=("flagging",))

    found = await result(bench.replays.many(chosen, revision=read_revision("default@99")))

    assert (found.summary.failed, found.summary.replayed) == (1, 0)
    assert [each.event_id for each in found.failures] == [history.events["flagging"][0].id]


async def test_within_bounds_the_newest_come_first(history, bench):
    found = await result(bench.replays.many(EventFilter(), bounds=Bounds(5, None)))

    assert (found.summary.replayed, found.summary.left_out) == (5, len(history.all) - 5)


async def test_a_policy_that_was_changed_since_is_known_by_its_version(history, bench):
    """The settings file was changed: the events still name a version that is kept."""
    bench.replays.policies.replace({"default": policy_from("default", PolicySettings(actions={"supported": "block"}))})
    try:
        found = await bench.replays.one(history.events["allow"][0].id)
    finally:
        bench.replays.policies.replace(bench.policies)

    assert (found.is_flipped, found.after.label) == (False, Label.SUPPORTED)
    assert PolicyStore(bench.documents.database).history("default").versions[-1].version == found.policy_version
