import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import func, select

from drawn import EVENTS
from groundwire.domain import Action, Label, Mode, Question, Turn
from groundwire.errors import BadRequest, NotFound
from groundwire.events.filters import EventFilter, Page
from groundwire.events.rows import SELFTEST_ENDPOINT
from groundwire.events.statistics import GroupBy
from groundwire.events.store import SqlEventStore
from groundwire.storage.database import open_database
from groundwire.storage.schema import claims
from stored import NOON, hours_later, sample

ALL = Page(limit=500)


async def found(store, **wanted):
    return [event.id for event in (await store.find(EventFilter(**wanted), ALL)).events]


async def test_an_event_comes_back_as_it_was(events):
    event = sample(Label.CONTRADICTED, Label.SUPPORTED)
    await events.append([event])
    assert await events.get(event.id) == event


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(event=EVENTS)
def test_any_event_comes_back_as_it_was(database_url, event):
    async def store_and_read():
        database = open_database(database_url)
        async with SqlEventStore(database) as store:
            await store.append([event])
            stored = await store.get(event.id)
        await database.close()
        return stored

    assert asyncio.run(store_and_read()) == event


@pytest.mark.parametrize("event_id", ["evt_nobody", "", "\x00", "\ud800", "evt_'; --"], ids=repr)
async def test_an_unknown_id_is_not_found(events, event_id):
    with pytest.raises(NotFound):
        await events.get(event_id)


async def test_questions_are_found_by_event(events):
    asked = [sample(question=Question((Turn("user", text),))) for text in ("Refunds?", "x" * 900, "a\0b\ud800")]
    stored = [*asked, sample(question=Question())]
    await events.append(stored)
    found = await events.questions([*(event.id for event in stored), "evt_nobody", "\ud800"])
    assert [found[event.id] for event in stored] == ["Refunds?", "x" * 500, "a\0b\ud800", ""]
    assert len(found) == 4


async def test_the_list_is_newest_first(events):
    stored = [sample() for _ in range(5)]
    await events.append(stored)
    assert await found(events) == [event.id for event in reversed(stored)]


PLAIN = sample(Label.SUPPORTED, action=Action.ALLOW)
OTHERS = {
    "action": (replace(PLAIN, action=Action.BLOCK), {"actions": (Action.BLOCK,)}),
    "one of two actions": (replace(PLAIN, action=Action.BLOCK), {"actions": (Action.BLOCK, Action.FLAG)}),
    "label": (sample(Label.UNSUPPORTED), {"labels": (Label.UNSUPPORTED, Label.UNVERIFIED)}),
    "model": (replace(PLAIN, model="o3"), {"models": ("o3",)}),
    "long model": (replace(PLAIN, model="m" * 300), {"models": ("m" * 300,)}),
    "policy": (replace(PLAIN, policy="strict"), {"policies": ("strict",)}),
    "app": (replace(PLAIN, key_id="key_1"), {"apps": ("key_1",)}),
    "mode": (replace(PLAIN, mode=Mode.SHADOW), {"modes": (Mode.SHADOW,)}),
    "since": (replace(PLAIN, created_at=hours_later(1)), {"since": hours_later(1)}),
    "until": (replace(PLAIN, created_at=hours_later(-1)), {"until": NOON}),
    "answer": (replace(PLAIN, report=replace(PLAIN.report, answer="It is 100% FREE.")), {"text": "100% free"}),
    "odd answer": (replace(PLAIN, report=replace(PLAIN.report, answer="a\x00b")), {"text": "\x00"}),
    "question": (replace(PLAIN, question=Question((Turn("user", "Is it free?"),))), {"text": "is it FREE"}),
    "other letters": (replace(PLAIN, report=replace(PLAIN.report, answer="Die GEBÜHR.")), {"text": "gebühr"}),
    "text since then": (
        replace(PLAIN, report=replace(PLAIN.report, answer="It is free.")),
        {"text": "FREE", "since": NOON},
    ),
    "document": (sample(Label.SUPPORTED), {"document_id": "fees"}),
    "metadata": (replace(PLAIN, metadata={"segment": "vip", "a": "b"}), {"metadata": {"segment": "vip"}}),
}


@pytest.mark.parametrize(("other", "wanted"), OTHERS.values(), ids=OTHERS)
async def test_a_filter_finds_what_it_names_and_nothing_else(events, other, wanted):
    other = replace(other, id=sample().id)
    if "document_id" in wanted:
        evidence = replace(other.report.verdicts[0].evidence[0], document_id="fees")
        verdict = replace(other.report.verdicts[0], evidence=(evidence,))
        other = replace(other, report=replace(other.report, verdicts=(verdict,)))
    await events.append([replace(PLAIN, id=sample().id), other])
    assert await found(events, **wanted) == [other.id]


@pytest.mark.parametrize("text", ["%", "_", "user", "days\\", "]"], ids=str)
async def test_searched_text_is_taken_literally(events, text):
    await events.append([sample(Label.SUPPORTED)])
    assert await found(events, text=text) == []


async def test_a_metadata_name_can_not_break_out_of_its_path(events):
    with pytest.raises(BadRequest, match="plain names"):
        await found(events, metadata={'a" or 1': "x"})


async def test_pages_hold_every_event_once(events):
    stored = [sample() for _ in range(7)]
    await events.append(stored)
    pages, cursor = [], None
    while True:
        page = await events.find(EventFilter(), Page(3, cursor))
        pages.append([event.id for event in page.events])
        await events.append([sample()])
        cursor = page.next_cursor
        if cursor is None:
            break
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [event_id for page in pages for event_id in page] == [event.id for event in reversed(stored)]


async def test_a_recent_text_is_found_as_well(events):
    now = datetime.now(UTC)
    free = sample(created_at=now, report=replace(PLAIN.report, answer="It is free."))
    await events.append([sample(created_at=now), free, replace(free, id=sample().id, created_at=NOON)])
    assert await found(events, text="FREE", since=now - timedelta(days=1)) == [free.id]


async def test_the_newest_come_first_whatever_their_ids(events):
    late, early = sample(created_at=hours_later(1)), sample(created_at=NOON)
    await events.append([late, early])
    first = await events.find(EventFilter(), Page(1))
    second = await events.find(EventFilter(), Page(1, first.next_cursor))
    assert [first.events[0].id, second.events[0].id] == [late.id, early.id]


async def test_a_full_last_page_has_no_next(events):
    await events.append([sample(), sample()])
    assert (await events.find(EventFilter(), Page(2))).next_cursor is None


@pytest.mark.parametrize("cursor", ["x", "é", "====", "AAAA", "ZXZ0XzE' --", "\x00"], ids=repr)
async def test_a_made_up_cursor_is_refused(events, cursor):
    with pytest.raises(BadRequest, match="no cursor"):
        await events.find(EventFilter(), Page(10, cursor))


@pytest.mark.parametrize("limit", [0, -1, 501])
def test_a_page_has_a_sensible_size(limit):
    with pytest.raises(BadRequest, match="limit"):
        Page(limit)


async def test_the_self_test_is_left_out_of_lists_and_numbers(events):
    event = sample(Label.CONTRADICTED, endpoint=SELFTEST_ENDPOINT)
    await events.append([event])
    assert await found(events) == []
    assert await found(events, includes_selftest=True) == [event.id]
    assert (await events.statistics(NOON, hours_later(1))).total.answers == 0


async def test_a_client_can_not_hide_answers_as_a_self_test(events):
    await events.append([sample(Label.CONTRADICTED, metadata={"selftest": "true"})])
    assert (await events.statistics(NOON, hours_later(1))).total.answers == 1


async def test_numbers_count_answers_claims_and_actions(events):
    await events.append([sample(Label.SUPPORTED, Label.CONTRADICTED), sample(Label.UNSUPPORTED)])
    await events.append([sample(Label.SUPPORTED), sample(Label.UNVERIFIED), sample()])
    total = (await events.statistics(NOON, hours_later(1))).total
    assert total.answers == 5
    assert (total.hallucination_rate.count, total.hallucination_rate.total) == (2, 4)
    assert total.actions == {Action.ALLOW: 4, Action.FLAG: 0, Action.REWRITE: 1, Action.BLOCK: 0}
    assert total.labels[Label.SUPPORTED] == 2
    assert total.labels[Label.UNVERIFIED] == 1
    assert {label: share.count for label, share in total.claims.items()} == {
        Label.SUPPORTED: 2,
        Label.CONTRADICTED: 1,
        Label.UNSUPPORTED: 1,
        Label.UNVERIFIED: 1,
    }


@pytest.mark.parametrize(
    ("group_by", "keys"),
    [
        (GroupBy.HOUR, ["2025-03-14T12:00:00+00:00", "2025-03-14T15:00:00+00:00", "2025-03-15T12:00:00+00:00"]),
        (GroupBy.DAY, ["2025-03-14", "2025-03-15"]),
        (GroupBy.APP, ["", "key_1"]),
        (GroupBy.MODEL, ["gpt-4o", "o3"]),
        (GroupBy.POLICY, ["default", "strict"]),
    ],
    ids=str,
)
async def test_numbers_come_in_groups_that_add_up(events, group_by, keys):
    await events.append([sample(model="o3", key_id="key_1"), sample(created_at=hours_later(3), policy="strict")])
    await events.append([sample(created_at=hours_later(24))])
    stats = await events.statistics(NOON, hours_later(48), group_by=group_by)
    assert [group.key for group in stats.groups] == keys
    assert sum(group.tally.answers for group in stats.groups) == stats.total.answers == 3


async def test_a_period_is_widened_to_whole_hours(events):
    await events.append([sample(created_at=hours_later(hours)) for hours in (-1, 0, 1, 2)])
    stats = await events.statistics(NOON, hours_later(1))
    assert (stats.since, stats.until) == (hours_later(-0.5), hours_later(1.5))
    assert stats.total.answers == 2


@pytest.mark.parametrize(
    "wanted", [{"models": ["o3"], "policies": ["strict"]}, {"apps": ["key_1"]}], ids=["model and policy", "app"]
)
async def test_numbers_can_be_narrowed(events, wanted):
    await events.append([sample(model="o3", policy="strict", key_id="key_1"), sample(model="o3"), sample()])
    stats = await events.statistics(NOON, hours_later(1), **wanted)
    assert stats.total.answers == 1


async def test_old_events_are_forgotten_with_their_claims_but_not_their_counts(events, database):
    new = sample(Label.SUPPORTED, created_at=hours_later(24))
    await events.append([sample(Label.SUPPORTED) for _ in range(520)] + [new])
    assert await events.forget(hours_later(1)) == 520
    assert await found(events) == [new.id]
    with database.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(claims)).scalar_one() == 1
    assert (await events.statistics(NOON, hours_later(25))).total.answers == 521
