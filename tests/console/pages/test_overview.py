from datetime import UTC, datetime, timedelta

import pytest

from groundwire.domain import Action, Label
from groundwire.events.identifiers import event_id_at
from stored import sample

NOW = datetime.now(UTC)


def recent(*labels, **changes):
    return sample(*labels, **{"created_at": NOW, **changes})


async def test_the_rate_comes_with_its_interval_and_the_table_of_the_chart(read, events):
    await events.append([recent(Label.CONTRADICTED), *(recent(Label.SUPPORTED) for _ in range(9))])

    page = await read("/console/")

    assert "10.0 %" in page.text
    assert "1.8 – 40.4 %" in page.text
    assert page.all("svg", role="img")
    assert page.all("title", id="trend-title")
    assert page.all("desc", id="trend-desc")
    assert [found["href"] for found in page.all("a", aria_current="true")] == [
        "/console/?period=week",
        "/console/?period=week&by=day",
    ]


@pytest.mark.parametrize("query", ["period=today", "period=yesterday", "period=month", "period=week&by=hour"])
async def test_every_period_has_its_page(read, query):
    assert "Hallucination rate" in (await read(f"/console/?{query}")).text


@pytest.mark.parametrize("query", ["period=year", "period=month&by=hour", "by=minute"])
async def test_an_unknown_period_is_refused(read, query):
    assert "This request can't be understood" in (await read(f"/console/?{query}", 400)).text


async def test_the_first_visitor_learns_what_to_do(read):
    page = await read("/console/")

    assert "No answers in this period" in page.text
    assert "/console/connect" in page.links()
    assert "Nothing was flagged, rewritten or blocked yet." in page.text


async def test_an_empty_knowledge_base_is_said_first(read, knowledge):
    knowledge.is_empty = True

    assert "The knowledge base is empty, so nothing can be checked." in (await read("/console/")).text


async def test_what_was_stopped_links_to_its_event(read, events):
    stopped = recent(Label.CONTRADICTED, action=Action.BLOCK, id=event_id_at(NOW, 1))
    await events.append([stopped, recent(Label.SUPPORTED)])

    page = await read("/console/")

    assert f"/console/events/{stopped.id}" in page.links()
    assert page.all("ol", data_after=stopped.id)


async def test_numbers_lead_to_their_events(read, events):
    await events.append([recent(Label.CONTRADICTED, model="m&m")])

    links = (await read("/console/")).links()

    assert any("model=m%26m" in link and "label=contradicted" in link for link in links)
    assert any("document_id=refunds" in link for link in links)
    assert any("action=block" in link and "since=" in link for link in links)


async def test_answers_without_a_key_or_a_model_are_counted_too(read, events):
    await events.append([recent(Label.CONTRADICTED, model="")])

    page = await read("/console/")

    assert "No key" in page.text
    assert "No model" in page.text
    assert not [link for link in page.links() if "model=&" in link or "app=&" in link]


async def test_nothing_that_an_answer_says_becomes_markup(read, events):
    evil = "<script>alert(1)</script>"
    await events.append([recent(Label.CONTRADICTED, model=evil, policy=evil[:60], action=Action.BLOCK)])

    page = await read("/console/")

    assert "<script>alert" not in page.markup
    assert evil in page.text


async def test_what_changed_says_whether_chance_explains_it(read, events):
    before = [recent(Label.SUPPORTED, created_at=NOW - timedelta(days=1)) for _ in range(40)]
    now = [recent(Label.CONTRADICTED) for _ in range(20)]
    await events.append([*before, *now])

    page = await read("/console/?period=today")

    assert "0.0 % → 100.0 % · intervals apart: a real change" in page.text
