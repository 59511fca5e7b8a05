from sqlalchemy import text

from groundwire.api.selftest import SelftestReply
from groundwire.domain import Label, Verdict
from groundwire.errors import CheckError
from groundwire.events.filters import EventFilter, Page

URL = "/api/v1/selftest"


async def steps(client):
    body = (await client.post(URL)).json()
    SelftestReply.model_validate(body)
    return body["ok"], {step["name"]: step["ok"] for step in body["steps"]}


async def test_a_working_guard_passes_every_step(client):
    ok, found = await steps(client)
    assert ok
    assert list(found) == ["knowledge_base", "guard_finds_a_mistake", "guard_accepts_the_truth", "log"]


async def test_the_steps_say_what_was_seen(client):
    knowledge_base, mistake, *_ = (await client.post(URL)).json()["steps"]
    assert knowledge_base["detail"] == "6 passages in default@1, faq@1"
    assert "document says 14 days, answer says 45 days" in mistake["detail"]
    assert all(step["ms"] >= 0 for step in (knowledge_base, mistake))


async def test_it_leaves_marked_events_that_count_in_no_number(client, events):
    await client.post(URL)
    assert (await client.get("/api/v1/stats")).json()["total"]["answers"] == 0
    assert (await events.find(EventFilter(), Page())).events == ()
    stored = (await events.find(EventFilter(includes_selftest=True), Page())).events
    assert [event.metadata for event in stored] == [{"selftest": "true"}] * 2
    assert "groundwire_answers_total{" not in (await client.get("/metrics")).text


async def test_an_empty_knowledge_base_fails(client, knowledge):
    knowledge.is_empty = True
    ok, found = await steps(client)
    assert not ok
    assert not found["knowledge_base"]


async def test_an_unreadable_knowledge_base_fails_and_says_nothing_of_its_insides(client, knowledge):
    knowledge.error = RuntimeError("secret path")
    reply = await client.post(URL)
    assert reply.json()["steps"][0]["detail"] == "It broke; the log has the details."
    assert "secret" not in reply.text


async def test_a_guard_that_finds_nothing_fails(client, verifier, monkeypatch):
    monkeypatch.setattr(type(verifier), "verify", lambda self, claims, *_: [passing(claim) for claim in claims])
    _, found = await steps(client)
    assert (found["guard_finds_a_mistake"], found["guard_accepts_the_truth"]) == (False, True)


def passing(claim):
    return Verdict(claim, Label.SUPPORTED, 0.9, "fine")


async def test_a_guard_that_breaks_fails(client, verifier):
    verifier.error = CheckError("The model is gone.")
    _, found = await steps(client)
    assert not found["guard_finds_a_mistake"]
    assert not found["guard_accepts_the_truth"]


async def test_a_log_that_can_not_be_written_fails(client, database):
    with database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE events RENAME TO events_gone"))
    ok, found = await steps(client)
    assert not ok
    assert not found["log"]
