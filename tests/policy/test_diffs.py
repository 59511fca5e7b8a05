from dataclasses import replace

from groundwire.policy.diffs import difference
from groundwire.policy.versions import PolicyVersion, VersionState
from groundwire.settings import PolicySettings
from stored import NOON

USUAL = PolicyVersion("default", 1, NOON, "Ada", "", "aaa", PolicySettings(), VersionState.FILE)
STRICT = replace(USUAL, number=2, version="bbb", settings=PolicySettings(thresholds={"support": 0.8}))


def test_what_changed_is_shown_with_what_stands_around_it():
    assert difference(USUAL, STRICT) == [
        "--- version 1 (aaa)",
        "+++ version 2 (bbb)",
        "@@ -9,3 +9,3 @@",
        " thresholds:",
        "-  support: 0.5",
        "+  support: 0.8",
        "   contradiction: 0.5",
    ]


def test_the_same_settings_do_not_differ():
    assert difference(USUAL, replace(USUAL, number=3)) == []


def test_without_a_version_before_everything_is_new():
    lines = difference(None, USUAL)

    assert lines[0] == "--- nothing"
    assert all(line.startswith("+") for line in lines[3:])


def test_settings_of_another_groundwire_are_said_to_be_unreadable():
    assert "+# This version can't be read by this Groundwire." in difference(USUAL, replace(USUAL, settings=None))
