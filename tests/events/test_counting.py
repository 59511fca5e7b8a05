from groundwire.domain import Label
from groundwire.events.counting import Scope, read_counts
from groundwire.events.statistics import GroupBy
from stored import NOON, hours_later, sample

DAY = Scope(NOON, hours_later(24))


async def test_counts_are_told_apart_by_what_is_asked_for_alone(database, events):
    await events.append([sample(Label.SUPPORTED, model="a"), sample(Label.SUPPORTED, model="b", key_id="key_1")])

    whole = await read_counts(database, DAY, [])
    by_model = await read_counts(database, DAY, [GroupBy.MODEL])

    assert [(count.model, count.app, count.answers) for count in whole] == [("", "", 2)]
    assert {count.model: count.answers for count in by_model} == {"a": 1, "b": 1}


async def test_hours_are_told_apart_when_days_are_asked_for(database, events):
    await events.append([sample(created_at=NOON), sample(created_at=hours_later(2))])

    hours = await read_counts(database, DAY, [GroupBy.DAY, GroupBy.HOUR])

    assert sorted((count.hour.hour, count.answers) for count in hours) == [(12, 1), (14, 1)]


async def test_days_are_days_in_utc(database, events):
    await events.append(
        [sample(created_at=NOON), sample(created_at=hours_later(11)), sample(created_at=hours_later(12))]
    )

    days = await read_counts(database, Scope(NOON, hours_later(24)), [GroupBy.DAY])

    assert sorted((count.hour.isoformat(), count.answers) for count in days) == [
        ("2025-03-14T00:00:00+00:00", 2),
        ("2025-03-15T00:00:00+00:00", 1),
    ]


async def test_without_answers_there_is_nothing_to_count(database):
    assert await read_counts(database, DAY, list(GroupBy)) == []


def test_a_scope_is_whole_hours():
    scope = Scope(NOON, hours_later(1))

    assert (scope.start.minute, scope.end.hour, scope.end.minute) == (0, 14, 0)
