import httpx
import pytest

from fakes import FakeUpstream, Scripted, chunks, running
from groundwire.api.errors import ERROR_HANDLERS
from groundwire.api.routers import ROUTERS
from groundwire.app import AppParts, create_app
from groundwire.console.app import PATH, create_console
from groundwire.console.playground import Example, Playground
from groundwire.domain import Label, Question, Turn
from groundwire.keys.gate import KeyGate
from groundwire.keys.roles import Role
from groundwire.proxy.endpoints.handlers import handlers
from groundwire.proxy.passthrough import Passthrough
from groundwire.proxy.routes import WireApp
from groundwire.proxy.upstreams.upstream import Upstream, UpstreamAddress, Upstreams
from hostile import PAYLOADS, assert_harmless
from pages import Page
from people import PASSWORD
from stored import sample

URL = "/console/playground"
ASKED = {"model": "gpt-4o", "messages": [{"role": "user", "content": "What is the fee?"}]}


@pytest.fixture(scope="module")
def model_server():
    upstream = FakeUpstream()
    with running(upstream) as url:
        yield upstream, f"{url}/v1"


@pytest.fixture
def upstream(model_server):
    model_server[0].reset()
    return model_server[0]


@pytest.fixture
async def app(services, model_server, upstream):
    upstreams = Upstreams([Upstream(UpstreamAddress("fake", model_server[1], api_key="sk-upstream"))])
    guarded = handlers(upstreams, services.answers, services.policies)
    wire = WireApp(KeyGate(services.keys), guarded, Passthrough(upstreams), max_body_bytes=100_000)
    playground = Playground(wire, [Example("What is the fee?", "The fee is wrong.")])
    app = create_app(AppParts(wire, upstreams, ROUTERS, {PATH: create_console(services, playground)}, ERROR_HANDLERS))
    app.state.services = services
    yield app
    await upstreams.close()


@pytest.fixture
def signed_in(accounts, client):
    """Sign in with a role, in this browser; returns the session's CSRF token."""

    async def signed_in(role):
        await accounts.add("Ada", role, PASSWORD)
        token = await accounts.sign_in("Ada", PASSWORD, "home")
        client.cookies.set("groundwire_session", token)
        return (await accounts.sessions.find(token)).csrf

    return signed_in


async def test_the_page_offers_policies_collections_and_examples(read):
    page = await read(URL)
    assert page.all("option", selected="")
    assert page.all("input", name="collections", value="default")
    [example] = page.all("button", class_="example")
    assert (example["data-question"], example["data-answer"]) == ("What is the fee?", "The fee is wrong.")


async def test_an_event_is_tried_again(read, events):
    event = sample(Label.CONTRADICTED)
    await events.append([event])
    page = await read(f"{URL}?event={event.id}")
    assert "How long do refunds take?" in page.text
    assert "Refunds take 30 days." in page.text
    assert "No event" in (await read(f"{URL}?event=evt_none", 404)).text


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_nothing_of_an_event_runs(read, events, payload):
    event = sample(Label.CONTRADICTED, question=Question((Turn("user", payload),)))
    await events.append([event])
    assert_harmless(await read(f"{URL}?event={event.id}"))


async def test_a_chat_is_answered_by_the_guarded_route(client, upstream, events):
    upstream.will_say("The fee is wrong.")
    reply = await client.post(
        f"{URL}/v1/chat/completions", json={**ASKED, "grounding": {"metadata": {"source": "playground"}}}
    )
    body = reply.json()
    assert body["choices"][0]["message"]["content"] == "The fee is right."
    stored = await events.get(body["grounding"]["event_id"])
    assert (stored.endpoint, stored.metadata) == ("/v1/chat/completions", {"source": "playground"})


async def test_a_stream_passes_and_ends_as_on_the_wire(client, upstream):
    upstream.will_stream(*chunks("The fee", " is wrong."))
    reply = await client.post(f"{URL}/v1/chat/completions", json={**ASKED, "stream": True})
    assert reply.headers["content-type"].startswith("text/event-stream")
    assert "The fee is right." in reply.text
    assert reply.text.endswith("data: [DONE]\n\n")


async def test_what_belongs_to_the_console_stays_in_it(client, upstream, signed_in):
    token = await signed_in(Role.ADMIN)
    upstream.will_say("The fee is two dollars.")
    reply = await client.post(f"{URL}/v1/chat/completions", json=ASKED, headers={"x-csrf-token": token})
    assert reply.status_code == 200
    [seen] = upstream.requests
    assert seen.headers["authorization"] == "Bearer sk-upstream"
    assert not {"cookie", "x-csrf-token", "referer", "origin"} & seen.headers.keys()


@pytest.mark.parametrize("token", [None, "wrong"])
async def test_a_session_without_its_token_reaches_nothing(client, upstream, signed_in, token):
    await signed_in(Role.ADMIN)
    headers = {"x-csrf-token": token} if token else {}
    reply = await client.post(f"{URL}/v1/chat/completions", json=ASKED, headers=headers)
    assert reply.status_code == 403
    assert upstream.requests == []


async def test_a_page_elsewhere_reaches_nothing(client, upstream, signed_in):
    token = await signed_in(Role.ADMIN)
    headers = {"x-csrf-token": token, "sec-fetch-site": "cross-site", "origin": "https://elsewhere.example"}
    assert (await client.post(f"{URL}/v1/chat/completions", json=ASKED, headers=headers)).status_code == 403
    assert upstream.requests == []


async def test_an_analyst_has_no_playground(client, upstream, signed_in):
    token = await signed_in(Role.ANALYST)
    assert (await client.get(URL)).status_code == 403
    assert (await client.get(f"{URL}/chat")).status_code == 403
    reply = await client.post(f"{URL}/v1/chat/completions", json=ASKED, headers={"x-csrf-token": token})
    assert reply.status_code == 403
    assert URL not in Page((await client.get("/console/knowledge")).text).links()
    assert upstream.requests == []


async def test_a_stranger_is_sent_to_sign_in(client, accounts, upstream):
    await accounts.add("Ada", Role.ADMIN, PASSWORD)
    assert (await client.post(f"{URL}/v1/chat/completions", json=ASKED)).status_code == 401
    assert (await client.get(URL)).url.path == "/console/sign-in"
    assert upstream.requests == []


async def test_a_refusal_of_the_model_server_is_passed_on(client, upstream):
    error = b'{"error": {"message": "no such key", "type": "x", "param": null, "code": null}}'
    upstream.will(Scripted([error], status=401))
    reply = await client.post(f"{URL}/v1/chat/completions", json=ASKED)
    assert (reply.status_code, reply.json()["error"]["message"]) == (401, "no such key")


@pytest.mark.parametrize(("method", "path"), [("POST", "embeddings"), ("POST", "models"), ("GET", "files")])
async def test_no_other_route_of_the_wire_is_reached(client, upstream, method, path):
    reply = await client.request(method, f"{URL}/v1/{path}")
    assert reply.status_code in (404, 405)
    assert upstream.requests == []


async def test_models_are_listed(client, upstream):
    upstream.will(Scripted([b'{"object": "list", "data": [{"id": "gpt-4o"}]}']))
    assert (await client.get(f"{URL}/v1/models")).json()["data"] == [{"id": "gpt-4o"}]


async def nothing(scope, receive, send):
    raise AssertionError("Nobody calls the wire here.")


async def test_without_a_wire_a_chat_is_not_found(services):
    app = create_app(AppParts(nothing, Upstreams([]), pages={PATH: create_console(services)}))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        reply = await client.post(f"{URL}/v1/chat/completions", json=ASKED)
    assert reply.status_code == 404
    assert "no upstream to chat with" in reply.text
