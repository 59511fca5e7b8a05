import re

import pytest

from groundwire.domain import Label
from groundwire.policy.policy import policy_from
from groundwire.policy.versions import Author
from groundwire.settings import PolicySettings
from hostile import PAYLOADS, assert_harmless
from stored import hours_later, sample

URL = "/console/policies"
STRICT = PolicySettings(actions={"contradicted": "block"})


@pytest.fixture(autouse=True)
def noted(services):
    """The settings file has a policy `default`, as a server keeps it when it starts."""
    services.versions.note_file({"default": PolicySettings()})
    services.policies.replace({"default": policy_from("default", PolicySettings())})


@pytest.fixture
def proposed(services):
    """Propose settings for `default`, as a draft or in shadow."""

    async def made(settings=STRICT, note="stricter", *, tries=False, name="default"):
        seen = services.versions.history(name).state
        return await services.desk.propose(name, settings, Author("Ada", note), seen, tries=tries)

    return made


@pytest.fixture
async def answered(client, services):
    """Two answers, one of which is contradicted and rewritten."""
    for answer in ("It is fine.", "It is wrong."):
        await client.post("/api/v1/check", json={"answer": answer, "question": "Is it?"})
    listed = (await client.get("/api/v1/events")).json()["events"]
    return [event["id"] for event in reversed(listed)]


async def test_the_list_says_where_each_policy_comes_from(read, proposed):
    await proposed()
    await proposed(note="tried", tries=True)
    page = await read(URL)

    assert "default enforce settings file, version 1 support 0.5, contradiction 0.5" in page.text
    assert "version 3 in shadow , 1 draft" in page.text
    assert f"{URL}/default" in page.links()


async def test_a_policy_that_is_only_proposed_is_listed(read, proposed):
    await proposed(name="support")
    assert "support not in force" in (await read(URL)).text
    assert "No policy of this name is in force" in (await read(f"{URL}/support")).text


async def test_a_policy_shows_its_settings_and_versions(read, proposed):
    await proposed()
    page = await read(f"{URL}/default")

    assert "from the settings file, kept as version 1" in page.text
    assert "contradicted: rewrite" in page.text
    assert "stricter" in page.text
    assert f"{URL}/default/versions/2/shadow" in page.links()
    assert f"{URL}/default/versions/1/apply" not in page.links()


async def test_what_is_in_shadow_stands_above(read, proposed):
    await proposed(tries=True)
    page = await read(f"{URL}/default")

    assert "Version 2 is in shadow" in page.text
    assert f"{URL}/default/versions/2/outcomes" in page.links()
    assert f"{URL}/default/versions/2/apply" in page.links()


async def test_a_version_is_shown_with_what_it_changes(read, proposed):
    await proposed()
    page = await read(f"{URL}/default/versions/2")

    assert re.search(r"contradicted: <mark>rewrite</mark>", page.markup)
    assert re.search(r"contradicted: <mark>block</mark>", page.markup)
    assert "It says the same as version 2" not in page.text
    same = await read(f"{URL}/default/versions/2?against=2")
    assert "This is the version in force" in same.text


async def test_the_outcomes_of_a_version_are_shown_with_links(read, proposed, answered):
    await proposed()
    page = await read(f"{URL}/default/versions/2/outcomes")

    assert "1 of 2 answers come out differently (50.0 %)" in page.text
    assert f"/console/events/{answered[1]}" in page.links()
    assert f"/console/events/{answered[0]}" not in page.links()
    assert "rewrite → becomes block" in page.text


async def test_in_shadow_only_later_answers_count(client, read, proposed, answered):
    await proposed(tries=True)
    assert "There was no answer in this time" in (await read(f"{URL}/default/versions/2/outcomes")).text

    await client.post("/api/v1/check", json={"answer": "It is wrong.", "question": "Is it?"})
    page = await read(f"{URL}/default/versions/2/outcomes")
    assert "1 of 1 answers come out differently" in page.text
    assert "The version decides nothing" in page.text


async def test_what_was_left_out_is_said_and_can_be_taken(read, proposed, answered):
    await proposed()
    page = await read(f"{URL}/default/versions/2/outcomes?limit=1")

    assert "1 older ones were left out" in page.text
    assert "?limit=10" in page.links()


async def test_answers_that_can_not_be_replayed_are_listed(read, proposed, events):
    from dataclasses import replace
    from datetime import UTC, datetime

    stored = replace(sample(Label.SUPPORTED, created_at=datetime.now(UTC)), collections=("gone",), policy_version="")
    await events.append([stored])
    await proposed(PolicySettings(thresholds={"support": 0.9}))
    page = await read(f"{URL}/default/versions/2/outcomes")

    assert "Answers that could not be replayed" in page.text
    assert f"/console/events/{stored.id}" in page.links()


async def test_old_answers_are_not_of_the_last_week(read, proposed, events):
    await events.append([sample(Label.CONTRADICTED, created_at=hours_later(0))])
    await proposed()
    assert "There was no answer in this time" in (await read(f"{URL}/default/versions/2/outcomes")).text


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("nobody", "No policy 'nobody'"),
        ("default/versions/9", "has no version 9"),
        ("default/versions/1?against=9", "has no version 9"),
        ("default/versions/9/outcomes", "has no version 9"),
        ("default/versions/1/explode", "nothing like 'explode'"),
    ],
)
async def test_what_does_not_exist_is_told(read, path, says):
    assert says in (await read(f"{URL}/{path}", 404)).text


async def test_a_new_policy_begins_in_the_editor(read):
    page = await read(f"{URL}/new?name=support-bot")
    assert "New policy support-bot" in page.text
    assert "contradicted: rewrite" in page.text
    assert "Policies" in (await read(f"{URL}/new?name=")).text


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_nothing_that_people_write_is_executed(read, proposed, payload, client):
    await proposed(PolicySettings(messages={"blocked": payload}), note=payload)
    await client.post("/api/v1/check", json={"answer": f"It is wrong. {payload}", "question": payload})
    for path in ("default", "default/versions/2", "default/versions/2/outcomes", "default/edit?start=2"):
        assert_harmless(await read(f"{URL}/{path}"))
