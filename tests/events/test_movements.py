from groundwire.domain import Action, Label
from groundwire.events.movements import apart, movements
from groundwire.events.statistics import GroupBy, HourCount, share_of
from stored import NOON


def counts(model, bad, good, app=""):
    return [
        HourCount(NOON, app, model, "default", action, label, number, {})
        for action, label, number in (
            (Action.REWRITE, Label.CONTRADICTED, bad),
            (Action.ALLOW, Label.SUPPORTED, good),
        )
    ]


def test_clear_changes_come_before_large_ones():
    before = [*counts("sure", 10, 990), *counts("few", 0, 2)]
    now = [*counts("sure", 60, 940), *counts("few", 1, 1)]

    found = movements(before, now, [GroupBy.MODEL])

    assert [(each.key, each.is_clear) for each in found] == [("sure", True), ("few", False)]
    assert round(found[0].difference, 3) == 0.05


def test_a_group_is_compared_with_itself_only():
    assert movements(counts("old", 1, 9), counts("new", 1, 9), [GroupBy.MODEL]) == []


def test_every_part_is_looked_at():
    found = movements(counts("m", 1, 9, "key_1"), counts("m", 2, 8, "key_1"), [GroupBy.APP, GroupBy.MODEL])

    assert [(each.group_by, each.key) for each in found] == [(GroupBy.APP, "key_1"), (GroupBy.MODEL, "m")]


def test_intervals_that_touch_are_not_apart():
    assert apart(share_of(1, 100), share_of(50, 100))
    assert not apart(share_of(1, 10), share_of(2, 10))
