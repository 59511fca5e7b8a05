import json
from datetime import UTC, datetime, timedelta

import pytest

from groundwire.domain import Action, Label, Question, Turn
from groundwire.keys.roles import Role
from stored import sample

NOW = datetime.now(UTC)
URL = "/console/events"


def recent(*labels, **changes):
    return sample(*labels, **{"created_at": NOW, **changes})


def shown(page):
    """The ids of the events on the page, in their order."""
    paths = [link.removeprefix(f"{URL}/") for link in page.links() if link.startswith(f"{URL}/")]
    return [path for path in paths if path.startswith("evt_")]


async def test_events_are_listed_newest_first(read, events):
    old, new = recent(created_at=NOW - timedelta(hours=1)), recent(Label.CONTRADICTED, metadata={})
    await events.append([old, new])

    page = await read(URL)

    assert shown(page) == [new.id, old.id]
    assert "How long do refunds take?" in page.text
    assert "1 contradicted" in page.text


@pytest.mark.parametrize(
    "query",
    ["action=block", "label=contradicted", "model=o3", "policy=strict", "document_id=refunds", "metadata=segment:b2b"],
)
async def test_a_filter_narrows_the_list_and_stays_in_the_form(read, events, query):
    wanted = recent(Label.CONTRADICTED, action=Action.BLOCK, model="o3", policy="strict", metadata={"segment": "b2b"})
    await events.append([wanted, recent(action=Action.ALLOW)])

    page = await read(f"{URL}?{query}")

    name, value = query.split("=")
    assert shown(page) == [wanted.id]
    chosen = page.all("input", name=name) + page.all("option", value=value)
    assert any("checked" in found or "selected" in found or found.get("value") == value for found in chosen)


async def test_exports_hold_the_filter(read, events, client):
    wanted = recent(action=Action.BLOCK, model="a&b")
    await events.append([wanted, recent(action=Action.ALLOW)])

    links = [link for link in (await read(f"{URL}?model=a%26b&q=")).links() if "/export" in link]

    assert [link.rpartition("format=")[2] for link in links] == ["jsonl", "csv"]
    assert [line["id"] for line in map(json.loads, (await client.get(links[0])).text.splitlines())] == [wanted.id]


async def test_a_search_says_how_far_back_it_looked(read, events):
    old = recent(created_at=NOW - timedelta(days=20), question=Question((Turn("user", "An old one?"),)))
    await events.append([old, recent()])

    page = await read(f"{URL}?q=AN OLD ONE")
    everything = next(link for link in page.links() if "since=2000-01-01" in link)

    assert shown(page) == []
    assert "Searched the 7 days since" in page.text
    assert shown(await read(everything)) == [old.id]


async def test_pages_lead_to_the_next_and_back_to_the_newest(read, events):
    stored = [recent() for _ in range(3)]
    await events.append(stored)

    first = await read(f"{URL}?limit=2")
    [following] = [link for link in first.links() if "cursor=" in link]
    second = await read(following)

    assert shown(first) == [stored[2].id, stored[1].id]
    assert shown(second) == [stored[0].id]
    assert URL in second.links()


async def test_apps_are_told_by_their_names(read, events, keys, client):
    app = await keys.create(Role.APP, "Web chat")
    admin = (await keys.create(Role.ADMIN, "me")).key
    await events.append([recent(key_id=app.record.id)])

    page = await read(f"{URL}?app={app.record.id}", headers={"authorization": f"Bearer {admin}"})

    assert "Web chat" in page.text
    assert page.all("option", value=app.record.id, selected="")


@pytest.mark.parametrize("query", ["action=explode", "since=never", "cursor=!", "what=1", "metadata=x"])
async def test_a_filter_that_makes_no_sense_is_explained(read, query):
    assert "can't be understood" in (await read(f"{URL}?{query}", 400)).text


async def test_without_events_it_says_what_to_do(read):
    assert "/console/connect" in (await read(URL)).links()
    assert "No event fits" in (await read(f"{URL}?action=block")).text


async def test_nothing_that_was_said_becomes_markup(read, events):
    evil = "<img src=x onerror=alert(1)>\"'"
    await events.append(
        [recent(model=evil, metadata={evil: evil}, question=Question((Turn("user", evil),)), policy="default")]
    )

    page = await read(URL, params={"q": evil, "since": "2000-01-01"})

    assert not page.all("img")
    assert len(shown(page)) == 1
