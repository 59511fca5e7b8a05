import asyncio
from datetime import timedelta

import pytest

from groundwire.domain import Action, Label
from groundwire.errors import BadRequest, Conflict, NotFound
from groundwire.review.filters import QueueFilter
from groundwire.review.queue import ReviewQueue
from groundwire.review.records import Decision, Judgement
from groundwire.review.store import ReviewStore
from groundwire.storage.database import open_database
from stored import sample

ANY = QueueFilter()


@pytest.fixture
def queue(database):
    return ReviewQueue(database)


@pytest.fixture
def impatient(database):
    """A queue whose leases are over at once."""
    return ReviewQueue(database, timedelta(0))


@pytest.fixture
async def three(events):
    """Three answers that wait, worst first."""
    stored = [
        sample(Label.UNSUPPORTED, action=Action.FLAG, policy="strict", key_id="key_1"),
        sample(Label.CONTRADICTED, Label.CONTRADICTED),
        sample(Label.CONTRADICTED, model="small"),
    ]
    await events.append([*stored, sample(Label.SUPPORTED, action=Action.ALLOW)])
    return [stored[1].id, stored[2].id, stored[0].id]


async def ids(queue, wanted=ANY):
    return [item.event_id for item in (await queue.page(wanted)).items]


async def given(queue, reviewer, wanted=ANY, skip=()):
    item = await queue.next(reviewer, wanted, skip)
    return item and item.event_id


async def test_the_worst_comes_first(queue, three):
    assert await ids(queue) == three


async def test_an_item_shows_what_it_is_about(queue, three):
    [*_, last] = (await queue.page(ANY)).items
    shown = (last.label, last.action, last.policy, last.app, last.question, last.answer)
    texts = ("How long do refunds take?", "Refunds take 30 days.")
    assert shown == (Label.UNSUPPORTED, Action.FLAG, "strict", "key_1", *texts)


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        (QueueFilter(policies=("strict",)), [2]),
        (QueueFilter(models=("small",)), [1]),
        (QueueFilter(apps=("key_1",)), [2]),
        (QueueFilter(labels=(Label.CONTRADICTED,)), [0, 1]),
        (QueueFilter(policies=("default",), models=("small", "gpt-4o")), [0, 1]),
        (QueueFilter(policies=("none",)), []),
    ],
)
async def test_filters_narrow_the_queue_its_counts_and_what_comes_next(queue, three, wanted, places):
    expected = [three[place] for place in places]
    assert await ids(queue, wanted) == expected
    assert sum((await queue.counts(wanted)).values()) == len(expected)
    assert await given(queue, "ada", wanted) == (expected[0] if expected else None)


async def test_counts_are_by_label(queue, three):
    counts = {Label.CONTRADICTED: 2, Label.UNSUPPORTED: 1, Label.UNVERIFIED: 0, Label.SUPPORTED: 0}
    assert await queue.counts(ANY) == counts


async def test_pages_follow_one_another(queue, events, three):
    await events.append([sample(Label.CONTRADICTED, model=f"m{number}") for number in range(5)])
    found, cursor = [], None
    while True:
        page = await queue.page(ANY, 3, cursor)
        found += [item.event_id for item in page.items]
        if (cursor := page.next_cursor) is None:
            break
    assert found == await ids(queue)
    assert len(found) == 8


async def test_a_bad_cursor_is_refused(queue):
    with pytest.raises(BadRequest):
        await queue.page(ANY, 3, "nonsense")


async def test_nothing_is_given_to_two_people(queue, three):
    assert [await given(queue, name) for name in ("ada", "bob", "eve", "zoe")] == [*three, None]


async def test_who_asks_again_gets_the_same(queue, three):
    assert [await given(queue, "ada") for _ in range(2)] == three[:1] * 2


async def test_what_is_skipped_is_not_offered(queue, three):
    assert await given(queue, "ada", skip=three[:2]) == three[2]


async def test_a_lease_ends_by_itself(impatient, three):
    assert [await given(impatient, name) for name in ("ada", "bob")] == three[:1] * 2


async def test_what_is_given_back_goes_to_the_next_one(queue, three):
    await queue.next("ada", ANY)
    await queue.release(three[0], "bob")
    assert await given(queue, "bob") == three[1]
    await queue.release(three[0], "ada")
    assert await given(queue, "eve") == three[0]


async def test_a_lease_is_extended_by_who_has_it_and_nobody_else(queue, three):
    first = await queue.next("ada", ANY)
    assert await queue.hold(three[0], "ada") > first.leased_until
    with pytest.raises(Conflict, match="'ada' is looking at this answer"):
        await queue.hold(three[0], "bob")
    [shown, *_] = (await queue.page(ANY)).items
    assert shown.leased_to == "ada"


async def test_a_free_answer_is_taken_by_opening_it(queue, three):
    await queue.hold(three[1], "bob")
    assert [await given(queue, "ada"), await given(queue, "ada", skip=three[:1])] == [three[0], three[2]]


async def test_what_is_decided_can_not_be_held(database, queue, events):
    event = sample(Label.CONTRADICTED)
    await events.append([event])
    await ReviewStore(database).add(event, Decision(Judgement.RIGHT), "ada")
    with pytest.raises(Conflict, match="decided already"):
        await queue.hold(event.id, "bob")


async def test_an_answer_that_is_given_again_waits_once_and_is_counted(queue, database, events):
    first, again, later = (sample(Label.CONTRADICTED) for _ in range(3))
    await events.append([first, again])
    await events.append([later, sample(Label.CONTRADICTED, policy_version="b2")])

    found = {item.event_id: item.times for item in (await queue.page(ANY)).items}

    assert (len(found), found[first.id]) == (2, 3)
    await ReviewStore(database).add(later, Decision(Judgement.RIGHT), "ada")
    assert first.id not in await ids(queue)
    await events.append([sample(Label.CONTRADICTED)])
    assert len(await ids(queue)) == 1


async def test_what_never_waited_is_not_found(queue):
    with pytest.raises(NotFound):
        await queue.hold("evt_nobody", "ada")


async def test_many_who_ask_at_once_get_one_each(database_url, events):
    stored = [sample(Label.CONTRADICTED, model=f"m{number}") for number in range(8)]
    await events.append(stored)
    databases = [open_database(database_url) for _ in range(8)]

    asking = (given(ReviewQueue(database), f"reviewer {number}") for number, database in enumerate(databases))
    found = await asyncio.gather(*asking)

    assert sorted(found) == sorted(event.id for event in stored)
    for database in databases:
        await database.close()
