from datetime import UTC, datetime

import pytest

from groundwire.domain import Action, Label
from groundwire.keys.roles import Role
from groundwire.review.cases import ExpectedClaim
from groundwire.review.filters import QueueFilter
from groundwire.review.records import Decision, Judgement
from hostile import PAYLOADS, assert_harmless
from stored import sample


@pytest.fixture
async def waiting(events):
    """Three answers that wait, worst first."""
    stored = [
        sample(Label.CONTRADICTED, Label.CONTRADICTED),
        sample(Label.CONTRADICTED, model="small"),
        sample(Label.UNSUPPORTED, action=Action.FLAG, policy="strict"),
    ]
    await events.append(stored)
    return stored


def items(page):
    return [link.partition("?")[0].rpartition("/")[2] for link in page.links() if link.endswith("review=1")]


async def test_the_queue_is_shown_worst_first_with_counts(read, waiting):
    page = await read("/console/review")
    assert items(page) == [event.id for event in waiting]
    assert "contradicted 2 unsupported 1" in page.text
    assert "/console/review/next" in page.links()


async def test_a_filter_is_in_the_url_and_in_every_link(read, waiting):
    page = await read("/console/review?label=contradicted&policy=&model=small&app=")
    assert items(page) == [waiting[1].id]
    assert "/console/review/next?model=small&label=contradicted" in page.links()
    assert f"/console/events/{waiting[1].id}?model=small&label=contradicted&review=1" in page.links()


async def test_long_queues_have_pages(read, events, waiting):
    await events.append([sample(Label.CONTRADICTED, model=f"m{number}") for number in range(60)])
    first = await read("/console/review?label=contradicted")
    [following] = [link for link in first.links() if "cursor=" in link]
    rest = await read(following)
    assert (len(items(first)), len(items(rest))) == (50, 12)
    assert not set(items(first)) & set(items(rest))
    assert "/console/review?label=contradicted" in rest.links()


async def test_an_empty_queue_says_what_to_do_next(read, waiting):
    assert "No answer fits this filter" in (await read("/console/review?policy=none")).text


async def test_without_any_answer_it_says_where_they_come_from(read):
    page = await read("/console/review")
    assert "Nothing waits for a review" in page.text
    assert "/console/connect" in page.links()


async def test_who_starts_gets_the_worst_answer_and_has_it_alone(client, waiting, services):
    reply = await client.get("/console/review/next", params={"label": "contradicted"}, follow_redirects=False)
    assert reply.headers["location"] == f"/console/events/{waiting[0].id}?review=1&label=contradicted"
    taken = await services.queue.next("bob", QueueFilter())
    assert taken.event_id == waiting[1].id


async def test_who_looks_at_an_answer_is_shown_to_others(read, waiting, services):
    await services.queue.hold(waiting[0].id, "ada")
    assert "with ada" in (await read("/console/review")).text


async def test_when_none_waits_one_comes_back_to_the_queue(client):
    reply = await client.get("/console/review/next", params={"policy": "strict"}, follow_redirects=False)
    assert reply.headers["location"] == "/console/review?policy=strict"


async def test_decisions_are_listed_with_the_undone_ones(read, waiting, services):
    await services.reviews.add(waiting[0], Decision(Judgement.FALSE_ALARM, 1, note="clear"), "ada")
    undone = await services.reviews.add(waiting[1], Decision(Judgement.UNSURE), "bob")
    await services.reviews.undo(undone.id, "eve")
    page = await read("/console/review/decisions")
    for text in (
        "How long do refunds take?",
        "Claim 2 alone",
        "False alarm",
        "clear",
        "ada",
        "Not sure",
        "undone by eve",
    ):
        assert text in page.text
    assert f"/console/events/{waiting[0].id}#claim-2" in page.links()


async def test_a_decision_outlives_its_answer(read, waiting, services):
    await services.reviews.add(waiting[0], Decision(Judgement.RIGHT), "ada")
    await services.events.forget(datetime.now(UTC))
    page = await read("/console/review/decisions")
    assert "An answer that is no longer stored" in page.text
    assert f"/console/events/{waiting[0].id}" not in page.links()


async def test_many_decisions_have_pages(read, waiting, services):
    for _ in range(52):
        await services.reviews.add(waiting[0], Decision(Judgement.RIGHT), "ada")
    [following] = [link for link in (await read("/console/review/decisions")).links() if "before=" in link]
    assert (await read(following)).text.count("How long do refunds take?") == 2


async def test_cases_are_listed(read, waiting, services):
    saved = await services.cases.save(waiting[0], [ExpectedClaim(0, 21, Label.CONTRADICTED)], "ada", "Refund time")
    page = await read("/console/review/cases")
    assert "Refund time" in page.text
    assert [row["id"] for row in page.all("tr") if "id" in row] == [saved.id]


@pytest.mark.parametrize("path", ["decisions", "cases"])
async def test_what_is_empty_says_what_to_do_next(read, path):
    assert "/console/review" in (await read(f"/console/review/{path}")).links()


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_what_was_planted_in_a_filter_does_not_live(read, waiting, payload):
    for path in ("", "/next", "/decisions"):
        query = {"policy": payload, "model": payload, "app": payload, "before": payload[:40]}
        assert_harmless(await read(f"/console/review{path}", params=query))


async def test_apps_do_not_review(client, keys):
    headers = {"authorization": f"Bearer {(await keys.create(Role.APP, 'shop')).key}"}
    assert (await client.get("/console/review", headers=headers)).status_code == 403
