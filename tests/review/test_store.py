import asyncio
from datetime import timedelta

import pytest

from groundwire.domain import Action, Label
from groundwire.errors import BadRequest, NotFound
from groundwire.review.filters import QueueFilter, ReviewFilter
from groundwire.review.queue import ReviewQueue
from groundwire.review.records import Decision, DocumentIssue, Judgement, RightPassage, snapshot_of
from groundwire.review.store import AlreadyDecided, ReviewStore
from groundwire.storage.database import open_database
from stored import sample

RIGHT, FALSE_ALARM = Decision(Judgement.RIGHT), Decision(Judgement.FALSE_ALARM)
ALL = ReviewFilter(includes_undone=True)


@pytest.fixture
def store(database):
    return ReviewStore(database)


@pytest.fixture
def queue(database):
    return ReviewQueue(database)


@pytest.fixture
async def event(events):
    one = sample(Label.CONTRADICTED, Label.SUPPORTED)
    await events.append([one])
    return one


async def waiting(queue):
    return [item.event_id for item in (await queue.page(QueueFilter())).items]


async def test_a_decision_is_kept_with_the_versions_it_judged(store, event):
    passage = RightPassage("refunds.md", 2, 10, 31, "Refunds take 14 days.", "default")
    decision = Decision(Judgement.RIGHT, 0, None, "14 days.", passage, DocumentIssue.WRONG, "clear")

    review = await store.add(event, decision, "ada")

    assert await store.get(review.id) == review
    assert (review.decision, review.reviewer, review.event_id) == (decision, "ada", event.id)
    versions = (review.policy, review.policy_version, review.verifier, review.revision)
    assert versions == ("default", "a1b2c3", "rules-1+entailment-1", "default@3")
    assert review.claims == snapshot_of(event)


async def test_a_decided_answer_leaves_the_queue_and_an_undone_one_comes_back(store, queue, event):
    review = await store.add(event, RIGHT, "ada")
    assert await waiting(queue) == []

    undone = await store.undo(review.id, "bob")

    assert (undone.is_standing, undone.undone_by) == (False, "bob")
    assert await waiting(queue) == [event.id]
    assert await store.undo(review.id, "eve") == undone


async def test_the_queue_waits_for_the_last_decision_to_be_undone(store, queue, event):
    first, second = [await store.add(event, RIGHT, "ada") for _ in range(2)]
    await store.undo(first.id, "ada")
    assert await waiting(queue) == []
    await store.undo(second.id, "ada")
    assert await waiting(queue) == [event.id]


async def test_who_comes_second_is_told_who_decided_and_may_add_to_it(store, event):
    await store.add(event, RIGHT, "ada")

    with pytest.raises(AlreadyDecided, match=r"Already decided by 'ada' at .*: right"):
        await store.add(event, FALSE_ALARM, "bob")
    await store.add(event, Decision(Judgement.FALSE_ALARM, is_addition=True), "bob")

    assert [(one.reviewer, one.decision.judgement) for one in await store.of([event.id])] == [
        ("ada", Judgement.RIGHT),
        ("bob", Judgement.FALSE_ALARM),
    ]


async def test_a_decision_holds_for_the_same_answer_given_again(store, queue, events, event):
    again = sample(Label.CONTRADICTED, Label.SUPPORTED)
    await events.append([again])
    review = await store.add(event, RIGHT, "ada")

    assert await store.about(again) == [review]
    with pytest.raises(AlreadyDecided, match="Already decided by 'ada'"):
        await store.add(again, FALSE_ALARM, "bob")
    await store.undo(review.id, "ada")
    assert await waiting(queue) == [event.id]


async def test_one_may_change_ones_own_mind(store, event):
    await store.add(event, RIGHT, "ada")
    await store.add(event, FALSE_ALARM, "ada")
    assert len(await store.of([event.id])) == 2


async def test_an_undone_decision_is_in_nobodys_way(store, event):
    await store.undo((await store.add(event, RIGHT, "ada")).id, "ada")
    await store.add(event, FALSE_ALARM, "bob")


async def test_of_many_who_decide_at_once_one_is_first_and_nothing_is_lost(database_url, event):
    databases = [open_database(database_url) for _ in range(6)]
    stores = [ReviewStore(database) for database in databases]

    adding = (store.add(event, RIGHT, f"reviewer {number}") for number, store in enumerate(stores))
    outcomes = await asyncio.gather(*adding, return_exceptions=True)

    kept = await stores[0].of([event.id])
    assert len(kept) == 1
    assert sum(isinstance(outcome, AlreadyDecided) for outcome in outcomes) == 5
    for database in databases:
        await database.close()


async def test_an_answer_that_nobody_flagged_can_be_reviewed_too(store, queue, events):
    allowed = sample(Label.SUPPORTED, action=Action.ALLOW)
    await events.append([allowed])
    await store.add(allowed, Decision(Judgement.MISSED, span=(0, 7)), "ada")
    assert [one.event_id for one in await store.of([allowed.id])] == [allowed.id]
    assert await waiting(queue) == []


@pytest.mark.parametrize(
    ("decision", "param"),
    [
        (Decision(Judgement.RIGHT, position=2), "position"),
        (Decision(Judgement.RIGHT, position=-1), "position"),
        (Decision(Judgement.MISSED), "span"),
        (Decision(Judgement.MISSED, span=(5, 5)), "span"),
        (Decision(Judgement.MISSED, span=(-1, 5)), "span"),
        (Decision(Judgement.MISSED, span=(0, 10_000)), "span"),
    ],
)
async def test_a_place_that_the_answer_does_not_have_is_refused_and_nothing_changes(
    store, queue, event, decision, param
):
    with pytest.raises(BadRequest) as refused:
        await store.add(event, decision, "ada")
    assert refused.value.param == param
    assert await store.all(ALL) == []
    assert await waiting(queue) == [event.id]


async def test_blank_texts_are_no_corrections(store, event):
    review = await store.add(event, Decision(Judgement.RIGHT, corrected="  ", note=" x "), "ada")
    assert (review.decision.corrected, review.decision.note) == (None, "x")


async def test_a_review_outlives_its_event(store, events, event):
    review = await store.add(event, RIGHT, "ada")
    await events.forget(event.created_at + timedelta(seconds=1))
    assert await store.of([event.id]) == [review]


@pytest.mark.parametrize("review_id", ["rev_nobody", "", "\x00", "\ud800"], ids=repr)
async def test_an_unknown_review_is_not_found(store, review_id):
    for asked in (store.get(review_id), store.undo(review_id, "ada")):
        with pytest.raises(NotFound):
            await asked


async def test_a_decision_on_a_forgotten_event_is_not_found(store):
    with pytest.raises(NotFound):
        await store.add(sample(Label.CONTRADICTED), RIGHT, "ada")


async def test_reviews_are_found_by_what_they_are_like(store, events):
    stored = [sample(Label.CONTRADICTED, policy=name) for name in ("default", "strict")]
    await events.append(stored)
    first, second = await store.add(stored[0], RIGHT, "ada"), await store.add(stored[1], FALSE_ALARM, "bob")
    undone = await store.undo((await store.add(stored[1], RIGHT, "bob")).id, "bob")
    for wanted, expected in [
        (ReviewFilter(), [first, second]),
        (ALL, [first, second, undone]),
        (ReviewFilter(policies=("strict",)), [second]),
        (ReviewFilter(judgements=(Judgement.RIGHT,)), [first]),
        (ReviewFilter(reviewers=("bob",)), [second]),
        (ReviewFilter(events=(stored[0].id,)), [first]),
        (ReviewFilter(since=second.created_at), [second]),
        (ReviewFilter(until=second.created_at), [first]),
    ]:
        assert await store.all(wanted) == expected
        assert await store.find(wanted, 10) == expected[::-1]


async def test_pages_follow_one_another(store, event):
    made = [await store.add(event, RIGHT, "ada") for _ in range(3)]
    newest = await store.find(ReviewFilter(), 2)
    assert [*newest, *await store.find(ReviewFilter(), 2, newest[-1].id)] == made[::-1]


async def test_only_a_standing_review_becomes_an_approved_answer(store, event):
    review = await store.add(event, RIGHT, "ada")
    assert await store.approve(review.id, "rev.md")
    assert (await store.get(review.id)).approved_document_id == "rev.md"
    await store.undo(review.id, "ada")
    assert not await store.approve(review.id, "other.md")
