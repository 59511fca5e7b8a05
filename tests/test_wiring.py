import asyncio
import threading
import time
from functools import partial

import httpx
import pytest

from fakes import (
    USAGE,
    Die,
    FakeJudge,
    FakeUpstream,
    Scripted,
    Stall,
    chunks,
    completion,
    running,
    stream_events,
    text_of,
    usage_chunk,
)
from groundwire.embedding.onnx import OnnxEmbedder
from groundwire.embedding.remote import RemoteEmbedder
from groundwire.errors import SettingsError
from groundwire.keys.roles import Role
from groundwire.knowledge.ingestion import Ingestor
from groundwire.knowledge.retrieval import FusedRetriever
from groundwire.policy.store import PolicyStore
from groundwire.policy.versions import Author
from groundwire.settings import EmbeddingSettings, PolicySettings, Settings, load_settings
from groundwire.storage.database import Database
from groundwire.wiring import (
    EMBEDDERS,
    assemble,
    build_policies,
    open_library,
    open_storage,
    opened_accounts,
    opened_keys,
)
from people import PASSWORD


@pytest.fixture
def settings(tmp_path):
    """Make settings from nested values, on a data folder and a documents folder of their own."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "fees.md").write_text("# Fees\n\nThe monthly fee is $5.\n")

    def made(**values):
        values = {"data_dir": tmp_path / "data", "knowledge_base": {"path": folder}} | values
        return Settings.model_validate(values)

    return made


@pytest.fixture
def upstream():
    fake = FakeUpstream()
    with running(fake) as url:
        fake.url = f"{url}/v1"
        yield fake


@pytest.fixture
def judge():
    fake = FakeJudge()
    with running(fake) as url:
        fake.url = f"{url}/v1"
        yield fake


ASKED = {"model": "gpt-4o", "messages": [{"role": "user", "content": "What is the monthly fee?"}]}


def ask(url, headers=None, **more):
    return httpx.post(f"{url}/v1/chat/completions", json=ASKED | more, headers=headers, timeout=20)


def test_every_provider_has_an_embedder():
    assert set(EMBEDDERS) == set(EmbeddingSettings.model_fields["provider"].annotation.__args__)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({}, OnnxEmbedder),
        ({"provider": "openai", "model": "m", "base_url": "http://127.0.0.1:9/v1"}, RemoteEmbedder),
    ],
)
def test_the_provider_chooses_the_embedder(values, kind):
    settings = EmbeddingSettings.model_validate(values)

    assert isinstance(EMBEDDERS[settings.provider](settings), kind)


def test_policies_keep_their_names_and_values(settings):
    policies = build_policies(settings(policies={"default": {}, "quiet": {"mode": "shadow"}}))

    assert policies.names == ["default", "quiet"]
    assert policies.find("quiet").mode.value == "shadow"


def test_a_library_takes_in_its_folder_once(settings):
    library = open_library(settings())

    assert [outcome.result.value for outcome in library.sync().outcomes] == ["added"]
    assert [outcome.result.value for outcome in library.sync().outcomes] == ["unchanged"]
    assert open_library(settings()).knowledge.snapshot(()).revision == "default@1"


def test_a_library_without_a_folder(settings):
    assert open_library(settings(knowledge_base={"path": None})).sync() is None


def test_an_assembled_server_checks_answers_against_the_documents(settings, upstream):
    upstream.will_say("The monthly fee is $9.")
    assembly = assemble(settings(upstreams=[{"base_url": upstream.url, "api_key": "secret"}]))
    assembly.documents.sync()

    with running(assembly.app) as url:
        reply = ask(url)
        stored = httpx.get(f"{url}/api/v1/events").json()
        counted = httpx.get(f"{url}/metrics").text

    assert reply.headers["x-grounding-label"] == "contradicted"
    assert reply.json()["choices"][0]["message"]["content"] == "The monthly fee is $5."
    assert upstream.requests[0].headers["authorization"] == "Bearer secret"
    assert [event["id"] for event in stored["events"]] == [reply.headers["x-grounding-event-id"]]
    assert 'groundwire_requests_total{endpoint="/v1/chat/completions",status="200"} 1.0' in counted
    assert 'groundwire_upstream_requests_total{status="200",upstream="default"} 1.0' in counted


def judge_settings(url, **values):
    # The whole range, so that the claim is open whatever the shipped weights think of it.
    judge = {"enabled": True, "base_url": url, "model": "big-model", "api_key": "judge-secret", "timeout_s": 1.9}
    return judge | {"min_support": 0, "max_support": 1, "parameters": {"temperature": 0}} | values


def test_a_second_opinion_is_asked_for_and_counted_apart(settings, upstream, judge, caplog):
    caplog.set_level("INFO")
    upstream.will_say("The monthly fee is $9.")
    judge.says = {"fee": "unsupported"}
    assembly = assemble(settings(upstreams=[{"base_url": upstream.url}], judge=judge_settings(judge.url)))
    assembly.documents.sync()

    with running(assembly.app) as url:
        reply = ask(url)
        event = httpx.get(f"{url}/api/v1/events/{reply.headers['x-grounding-event-id']}").json()
        counted = httpx.get(f"{url}/metrics").text

    [claim] = reply.json()["grounding"]["claims"]
    assert (claim["label"], claim["support"]) == ("unsupported", 0.0)
    assert claim["reason"].startswith("second opinion of big-model: the evidence does not settle this; before: ")
    assert reply.json()["usage"] == USAGE
    assert event["verifier"].endswith("+judge:big-model")
    [asked] = judge.requests
    assert asked.headers["authorization"] == "Bearer judge-secret"
    assert "The monthly fee is $5." in asked.json["messages"][1]["content"]
    assert 'groundwire_judge_tokens_total{kind="prompt"} 300.0' in counted
    assert 'groundwire_judge_claims_total{fate="changed"} 1.0' in counted
    assert "judge-secret" not in caplog.text + counted + reply.text


@pytest.mark.parametrize(("max_tokens", "requests"), [(100_000, 2), (1_500, 1)])
def test_a_stream_asks_as_its_claims_arrive_within_one_ration(settings, upstream, judge, max_tokens, requests):
    said, stall = chunks("The monthly fee is $9. ", "The monthly fee", " is $8."), Stall()
    upstream.will_stream(*said[:3], stall, *said[3:-1], usage_chunk(), "[DONE]")
    judge.says, judge.heard = {"fee": "supported"}, stall.release
    # With the smaller ration nothing is left for a second request after what the first one costs.
    judge.usage = {"prompt_tokens": 900, "completion_tokens": 100}
    values = judge_settings(judge.url, max_tokens=max_tokens)
    assembly = assemble(settings(upstreams=[{"base_url": upstream.url}], judge=values))
    assembly.documents.sync()

    with running(assembly.app) as url:
        reply = ask(url, stream=True)

    events = stream_events(reply.text)
    assert [one["usage"] for one in events if isinstance(one, dict) and one.get("usage")] == [USAGE]
    assert len(judge.requests) == requests
    assert text_of(events).startswith("The monthly fee is $9. ")


@pytest.mark.parametrize(
    "replies",
    [
        [Scripted([b"busy"], 500)],
        [Scripted([b'{"error": {"message": "bad judge-secret"}}'], 401)],
        [Scripted([Stall()])],
        [Scripted([Die()])],
        [Scripted([completion("Sure! All claims are fine.")])],
        [Scripted([completion({"role": "assistant", "content": None, "refusal": "I can't."})])],
    ],
    ids=["error", "bad key", "silence", "death", "no JSON", "refusal"],
)
def test_a_judge_that_fails_leaves_the_answer_as_it_would_be_without(settings, upstream, judge, replies, caplog):
    upstream.will_say("The monthly fee is $9.")
    judge.will(*replies)
    values = judge_settings(judge.url, timeout_s=0.2)
    assembly = assemble(settings(upstreams=[{"base_url": upstream.url}], judge=values))
    assembly.documents.sync()

    with running(assembly.app) as url:
        reply = ask(url)
        counted = httpx.get(f"{url}/metrics").text

    [claim] = reply.json()["grounding"]["claims"]
    assert (claim["label"], "second opinion" in claim["reason"]) == ("contradicted", False)
    assert reply.json()["choices"][0]["message"]["content"] == "The monthly fee is $5."
    assert 'groundwire_judge_consultations_total{outcome="failed"} 1.0' in counted
    assert "No second opinion of 'big-model'; the verdicts stay as they were." in caplog.text
    assert "judge-secret" not in caplog.text


def test_server_settings_reach_the_wire(settings, upstream):
    upstream.will_say("The monthly fee is $9.")
    server = {"include_grounding": False, "unguarded_routes": "refuse", "max_body_mb": 0.001, "max_upload_mb": 0.002}
    assembly = assemble(settings(upstreams=[{"base_url": upstream.url}], server=server))

    with running(assembly.app) as url:
        bare = ask(url)
        refused = httpx.post(f"{url}/v1/embeddings", json={})
        too_large = httpx.post(f"{url}/v1/chat/completions", content=b" " * 1_001)
        too_large_for_us = httpx.post(f"{url}/api/v1/check", content=b" " * 2_001)

    assert "grounding" not in bare.json()
    assert [refused.status_code, too_large.status_code, too_large_for_us.status_code] == [403, 413, 413]


def test_a_key_made_by_another_process_closes_the_wire(settings, upstream):
    upstream.will_say("Hello!")
    chosen = settings(upstreams=[{"base_url": upstream.url}])

    async def make_key():
        async with opened_keys(chosen) as keys:
            return (await keys.create(Role.APP, "shop")).key

    key = asyncio.run(make_key())
    ways = ({}, {"authorization": f"Bearer {key}"}, {"x-grounding-key": key, "authorization": "Bearer sk-upstream"})
    with running(assemble(chosen).app) as url:
        statuses = [ask(url, headers=headers).status_code for headers in ways]

    assert statuses == [401, 200, 200]
    assert upstream.requests[-1].headers["authorization"] == "Bearer sk-upstream"
    assert key not in str([received.headers for received in upstream.requests])
    assert "authorization" not in upstream.requests[0].headers


def test_a_policy_applied_by_another_process_is_in_force_within_seconds(settings, upstream):
    upstream.will_say("The monthly fee is $9.")
    chosen = settings(upstreams=[{"base_url": upstream.url}])
    assembly = assemble(chosen)
    assembly.documents.sync()
    versions = PolicyStore(open_storage(chosen))

    with running(assembly.app) as url:
        before = ask(url).headers["x-grounding-action"]
        blocking = PolicySettings(actions={"contradicted": "block"})
        made = versions.propose("default", blocking, Author("Ada"), versions.history("default").state)
        versions.apply("default", made.number, "Ada", versions.history("default").state)
        after = (ask(url).headers["x-grounding-action"] for _ in range(500))
        followed = next((action for action in after if action == "block"), None)

    assert (before, followed) == ("rewrite", "block")


def test_a_change_in_the_folder_reaches_the_running_server(settings, upstream):
    assembly = assemble(settings(upstreams=[{"base_url": upstream.url}]))
    assembly.documents.sync()
    folder = assembly.documents.settings.knowledge_base.path

    with running(assembly.app) as url:
        (folder / "hours.md").write_text("# Hours\n\nWe open at nine.\n")
        revisions = (revision_of(url) for _ in range(200))
        found = next((name for name in revisions if name == "default@2"), None)

    assert found == "default@2"


async def test_a_check_whose_client_has_left_ends_before_the_database_closes(settings, monkeypatch):
    real, reached, opened, steps = FusedRetriever.retrieve, asyncio.Event(), threading.Event(), []
    loop, assembly = asyncio.get_running_loop(), assemble(settings())
    assembly.documents.sync()

    def held(*arguments):
        loop.call_soon_threadsafe(reached.set)
        assert opened.wait(10)
        found = real(*arguments)
        steps.append("checked")
        return found

    async def close(database):
        steps.append("closed")
        await Database.close(database)

    monkeypatch.setattr(FusedRetriever, "retrieve", held)
    monkeypatch.setattr(assembly.documents.database, "close", partial(close, assembly.documents.database))
    client = httpx.AsyncClient(transport=httpx.ASGITransport(assembly.app), base_url="http://localhost")
    async with client, assembly.app.router.lifespan_context(assembly.app):
        asking = asyncio.create_task(client.post("/api/v1/check", json={"answer": "The monthly fee is $9."}))
        await reached.wait()
        asking.cancel()
        loop.call_later(0.1, opened.set)

    assert (steps[0], steps[-1]) == ("checked", "closed")


async def test_a_server_that_stops_waits_for_no_long_ingestion(settings, monkeypatch):
    real, reached, stopped = Ingestor._tell, asyncio.Event(), []
    loop, assembly = asyncio.get_running_loop(), assemble(settings())
    assembly.documents.sync()
    folder = assembly.documents.settings.knowledge_base.path

    def held(ingestor, run, done):
        loop.call_soon_threadsafe(reached.set)
        stopped.append(ingestor._stopping.wait(5))
        real(ingestor, run, done)

    monkeypatch.setattr(Ingestor, "_tell", held)
    async with assembly.app.router.lifespan_context(assembly.app):
        for number in range(20):
            (folder / f"rule-{number}.md").write_text(f"# Rule {number}\n\nIt holds.\n")
        await asyncio.wait_for(reached.wait(), 10)

    assert stopped == [True]
    assert assembly.documents.knowledge.snapshot(()).revision == "default@1"


def revision_of(url):
    time.sleep(0.05)
    return httpx.post(f"{url}/api/v1/check", json={"answer": "We open at nine."}).json()["grounding"]["revision"]


def test_a_broken_database_is_explained(tmp_path):
    (tmp_path / "groundwire.db").write_text("not a database, but long enough to be looked at as one" * 50)

    with pytest.raises(SettingsError, match="can't be used"):
        open_library(load_settings(environment={}, overrides={("data_dir",): tmp_path}))


def test_a_user_made_by_another_process_closes_console_and_api_but_not_the_wire(settings, upstream):
    upstream.will_say("Hello!")
    chosen = settings(upstreams=[{"base_url": upstream.url}])

    async def make_user():
        async with opened_accounts(chosen) as accounts:
            await accounts.add("Ada", Role.ADMIN, PASSWORD)

    asyncio.run(make_user())
    with running(assemble(chosen).app) as url, httpx.Client(base_url=url) as browser:
        before = [browser.get(path).status_code for path in ("/console/account", "/api/v1/events")]
        browser.post("/console/sign-in", data={"name": "Ada", "password": PASSWORD})
        after = [browser.get(path).status_code for path in ("/console/account", "/api/v1/events")]
        wire = ask(url).status_code

    assert (before, after, wire) == ([303, 401], [200, 200], 200)


async def test_single_sign_on_is_built_from_its_settings(settings):
    oidc = {
        "issuer": "https://login.example",
        "client_id": "groundwire",
        "role_claim": "groups",
        "admin_values": ["boss"],
        "default_role": "none",
        "allowed_domains": ["Example.com"],
        "button": "Sign in with Example",
    }
    async with opened_accounts(settings(sign_in={"oidc": oidc})) as accounts:
        sign_on = accounts.single_sign_on

        assert await accounts.need_sign_in()
    claims = {"sub": "1", "email": "ada@example.com", "email_verified": True, "groups": ["boss"]}
    assert sign_on.button == "Sign in with Example"
    assert sign_on.admission.person("https://login.example", claims).role is Role.ADMIN
    assert sign_on.admission.default_role is None
