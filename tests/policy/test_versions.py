from dataclasses import replace

import pytest

from groundwire.policy.versions import PolicyHistory, PolicyVersion, VersionState
from groundwire.settings import PolicySettings
from stored import NOON, hours_later

VERSION = PolicyVersion("default", 1, NOON, "Ada", "", "abc", PolicySettings(), VersionState.DRAFT)


def history(*states):
    numbered = [replace(VERSION, number=number, state=state) for number, state in enumerate(states, start=1)]
    return PolicyHistory("default", tuple(reversed(numbered)))


def test_a_history_tells_what_is_in_force_and_what_is_tried():
    found = history(VersionState.REPLACED, VersionState.APPLIED, VersionState.SHADOW)

    assert (found.applied.number, found.shadow.number, found.next_number) == (2, 3, 4)
    assert found.find(1).state is VersionState.REPLACED


def test_an_empty_history_has_nothing():
    found = PolicyHistory("default")

    assert (found.applied, found.shadow, found.next_number, found.find(1)) == (None, None, 1, None)


@pytest.mark.parametrize(
    "changed",
    [
        history(VersionState.DRAFT, VersionState.DRAFT),
        history(VersionState.SHADOW),
        PolicyHistory("other", (VERSION,)),
        PolicyHistory("default", (replace(VERSION, decided_at=hours_later(1)),)),
    ],
)
def test_the_state_changes_with_everything_that_is_done(changed):
    assert history(VersionState.DRAFT).state == PolicyHistory("default", (VERSION,)).state != changed.state
