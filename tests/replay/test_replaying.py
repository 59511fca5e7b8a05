import pytest

from groundwire.replay.outcomes import Basis
from groundwire.replay.wanted import Wanted


def own(bench):
    """Return what asks for the policy that each event was checked under."""
    return Wanted(lambda event: bench.policies[event.policy])


async def test_under_the_same_everything_nothing_flips(history, bench):
    for name, events in history.events.items():
        for event in events:
            found = await bench.replayer.replay(event, own(bench))
            assert found.refusal is None, name
            assert found.basis is Basis.STORED, (name, found.notes)
            assert (found.after.label, found.after.action, found.after.mode) == (
                event.report.label,
                event.action,
                event.mode,
            ), name
            assert found.is_interrupted or found.after.delivered == event.delivered, name
            assert not found.is_flipped, name
