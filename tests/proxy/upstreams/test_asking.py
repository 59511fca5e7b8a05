import asyncio
import json
from contextlib import asynccontextmanager

import pytest

from fakes import FakeUpstream, Scripted, Stall, completion, response, running, text_completion
from groundwire.errors import CheckError, UpstreamError, UpstreamTimeout
from groundwire.protocols import Completion
from groundwire.proxy.endpoints.chat import ChatCompletions
from groundwire.proxy.endpoints.completions import Completions
from groundwire.proxy.endpoints.responses import Responses
from groundwire.proxy.exchange import Client
from groundwire.proxy.upstreams.asking import RequestModel
from groundwire.proxy.upstreams.dialects import AzureDialect
from groundwire.proxy.upstreams.upstream import Call, Upstream, UpstreamAddress

HEADERS = [
    (b"authorization", b"Bearer sk-user"),
    (b"openai-project", b"p1"),
    (b"content-type", b"application/json; charset=utf-8"),
    (b"accept", b"text/event-stream"),
    (b"idempotency-key", b"once"),
    (b"x-grounding-policy", b"strict"),
]
REQUEST = {
    "model": "m",
    "user": "u1",
    "stream": True,
    "temperature": 1.5,
    "tools": [{"type": "function"}],
    "response_format": {"type": "json_object"},
    "messages": [{"role": "user", "content": "Hello"}],
    "input": "Hello",
    "prompt": "Hello",
}
PATHS = {"/chat/completions": ChatCompletions(), "/completions": Completions(), "/responses": Responses()}


@pytest.fixture(scope="module")
def served():
    upstream = FakeUpstream()
    with running(upstream) as url:
        yield upstream, f"{url}/v1"


@pytest.fixture
def fake(served):
    served[0].reset()
    return served[0]


@pytest.fixture
def url(served):
    return served[1]


@asynccontextmanager
async def model(url, path="/chat/completions", leaves=None, request=REQUEST, **address):
    async def receive():
        await (leaves or asyncio.Event()).wait()
        return {"type": "http.disconnect"}

    client = Client({"method": "POST", "headers": HEADERS}, receive, None)
    upstream = Upstream(UpstreamAddress("fake", url, connect_timeout_s=0.5, read_timeout_s=0.3, **address))
    call = Call("POST", path, HEADERS, json.dumps(request).encode(), b"api-version=7")
    try:
        yield RequestModel(client, upstream, call, PATHS[path]).ask
    finally:
        client.forget()
        await upstream.close()


@pytest.mark.parametrize(
    ("path", "sent", "said"),
    [
        (
            "/chat/completions",
            completion("Yes."),
            {"messages": [{"role": "system", "content": "Do."}, {"role": "user", "content": "It."}]},
        ),
        ("/responses", response("Yes."), {"instructions": "Do.", "input": "It.", "store": False}),
        (
            "/completions",
            text_completion("Yes."),
            {"prompt": "Do.\n\nThe user message:\nIt.\n\nThe reply:\n", "max_tokens": 101, "temperature": 0},
        ),
    ],
)
async def test_the_same_endpoint_of_the_same_upstream_is_asked(fake, url, path, sent, said):
    fake.will(Scripted([sent]))

    async with model(url, path) as ask:
        assert await ask("Do.", "It.") == Completion("Yes.", 11, 7)

    [request] = fake.requests
    assert (request.path, request.query) == (f"/v1{path}", "api-version=7")
    assert request.json == {"model": "m", "user": "u1", **said}


async def test_it_is_the_clients_request_less_what_is_about_its_body(fake, url):
    fake.will_say("Yes.")

    async with model(url) as ask:
        await ask("Do.", "It.")

    headers = fake.requests[0].headers
    assert (headers["authorization"], headers["openai-project"]) == ("Bearer sk-user", "p1")
    assert (headers["content-type"], headers["accept"]) == ("application/json", "application/json")
    assert "idempotency-key" not in headers
    assert "x-grounding-policy" not in headers


async def test_an_upstream_with_a_key_of_its_own_gets_that(fake, url):
    fake.will_say("Yes.")

    async with model(url, api_key="sk-ours") as ask:
        await ask("Do.", "It.")

    assert fake.requests[0].headers["authorization"] == "Bearer sk-ours"


async def test_azure_is_asked_at_the_models_deployment(fake, url):
    fake.will_say("Yes.")

    async with model(url.removesuffix("/v1"), dialect=AzureDialect("2024-10-21")) as ask:
        await ask("Do.", "It.")

    assert fake.requests[0].path == "/openai/deployments/m/chat/completions"
    assert fake.requests[0].headers["api-key"] == "sk-user"


async def test_a_request_without_a_model_stays_without_one(fake, url):
    fake.will_say("Yes.")

    async with model(url, request={"messages": []}) as ask:
        await ask("Do.", "It.")

    assert set(fake.requests[0].json) == {"messages"}


async def test_text_that_is_no_unicode_is_sent_escaped(fake, url):
    fake.will_say("Yes.")

    async with model(url) as ask:
        await ask("Do.", "\ud83d")

    assert fake.requests[0].json["messages"][1]["content"] == "\ud83d"


@pytest.mark.parametrize(
    ("reply", "error", "says"),
    [
        (Scripted([b'{"error": {"message": "busy"}}'], 429), UpstreamError, "answered with 429"),
        (Scripted([b"<html>"]), UpstreamError, "fake"),
        (Scripted([b'{"choices": 1}']), UpstreamError, "fake"),
    ],
    ids=["refused", "no JSON", "another shape"],
)
async def test_a_reply_that_is_none_is_an_error(fake, url, reply, error, says):
    fake.will(reply)

    async with model(url) as ask:
        with pytest.raises(error, match=says):
            await ask("Do.", "It.")


async def test_an_upstream_that_does_not_answer_is_an_error(fake, url):
    stall = Stall()
    fake.will(Scripted([stall, b"{}"]))

    async with model(url) as ask:
        with pytest.raises(UpstreamTimeout):
            await ask("Do.", "It.")
    stall.release()


async def test_for_a_client_that_has_left_nobody_is_asked_any_more(fake, url):
    stall, leaves = Stall(), asyncio.Event()
    fake.will(Scripted([stall, b"{}"]))

    async with model(url, leaves=leaves) as ask:
        asking = asyncio.create_task(ask("Do.", "It."))
        await asyncio.to_thread(stall.reached.wait, 5)
        leaves.set()
        with pytest.raises(CheckError, match="left"):
            await asking
        assert await asyncio.to_thread(stall.left.wait, 5)


async def test_usage_that_is_not_counted_is_unknown(fake, url):
    fake.will_say("Yes.", usage=None)

    async with model(url) as ask:
        assert await ask("Do.", "It.") == Completion("Yes.", None, None)
