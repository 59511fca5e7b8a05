import asyncio
import contextlib
import json
import logging

import pytest

from fakes import Die, FakeUpstream, Scripted, Stall, running
from groundwire.proxy.upstreams.dialects import AzureDialect
from groundwire.proxy.upstreams.modellist import list_models
from groundwire.proxy.upstreams.upstream import Call, Upstream, UpstreamAddress, Upstreams

CLIENT = [(b"authorization", b"Bearer client"), (b"accept-encoding", b"gzip")]
FAILED = b"x-grounding-failed-upstreams"


@pytest.fixture(scope="module")
def servers():
    fakes = [FakeUpstream(), FakeUpstream()]
    with contextlib.ExitStack() as stack:
        for fake in fakes:
            fake.url = f"{stack.enter_context(running(fake))}/v1"
        yield fakes


@pytest.fixture
def fakes(servers):
    for fake in servers:
        fake.reset()
    return servers


@pytest.fixture
async def upstreams(fakes):
    """Return the two upstreams, with other options for the one or the other."""
    made = []

    def make(one=None, two=None):
        made.extend(
            Upstream(UpstreamAddress(**{"name": name, "base_url": fake.url, "read_timeout_s": 0.3, **(options or {})}))
            for name, fake, options in zip(("one", "two"), fakes, (one, two), strict=True)
        )
        return Upstreams(made)

    yield make
    for upstream in made:
        await upstream.close()


async def listed(upstreams, **options):
    reply = await list_models(upstreams, Call("GET", "/models", CLIENT, **options))
    return reply.status, json.loads(reply.body), dict(reply.headers).get(FAILED)


def names(body):
    return [model["id"] for model in body["data"]]


def models(*ids, **extra):
    data = [{"id": name, "object": "model", **extra} for name in ids]
    return Scripted([json.dumps({"object": "list", "data": data}).encode()])


async def test_each_model_is_listed_once_where_a_request_for_it_goes(fakes, upstreams):
    fakes[0].will(models("gpt-a", "llama-x", "gpt-b", "gpt-a", owned_by="first"))
    fakes[1].will(models("llama-x", "gpt-a", "llama-y", "mistral", owned_by="second", extra={"n": 1}))

    status, body, failed = await listed(upstreams({"models": ("gpt-*",)}, {"models": ("gpt-*", "llama-*")}))

    assert (status, body["object"], failed) == (200, "list", None)
    assert [(model["id"], model["owned_by"]) for model in body["data"]] == [
        ("gpt-a", "first"),
        ("gpt-b", "first"),
        ("llama-x", "second"),
        ("llama-y", "second"),
    ]
    assert body["data"][2]["extra"] == {"n": 1}


async def test_what_a_pattern_before_takes_is_not_listed(fakes, upstreams):
    fakes[0].will(models("a"))
    fakes[1].will(models("b"))

    assert names((await listed(upstreams()))[1]) == ["a"]


async def test_all_are_asked_at_once(fakes, upstreams):
    stalls = Stall(), Stall()
    fakes[0].will(Scripted([stalls[0], *models("a").pieces]))
    fakes[1].will(Scripted([stalls[1], *models("b").pieces]))
    patient = {"read_timeout_s": 30}

    asking = asyncio.create_task(listed(upstreams({"models": ("a",), **patient}, patient)))
    are_asked = [await asyncio.to_thread(stall.reached.wait, 5) for stall in stalls]
    for stall in reversed(stalls):
        stall.release()

    assert are_asked == [True, True]
    assert names((await asking)[1]) == ["a", "b"]


async def test_each_is_asked_in_its_own_way(fakes, upstreams):
    fakes[0].will(models("a"))
    fakes[1].will(models("b"))
    azure = {"base_url": fakes[1].url.removesuffix("/v1"), "dialect": AzureDialect("v1"), "api_key": "own"}

    await listed(upstreams({"models": ("a",)}, azure), query=b"after=x")

    [first], [second] = (fake.requests for fake in fakes)
    assert (first.path, first.query, first.headers["authorization"]) == ("/v1/models", "after=x", "Bearer client")
    assert (second.path, second.query) == ("/openai/models", "after=x&api-version=v1")
    assert second.headers["api-key"] == "own"
    assert "authorization" not in second.headers


async def test_the_clients_key_goes_to_the_first_alone(fakes, upstreams):
    fakes[0].will(models("a"))
    fakes[1].will(models("b"))

    await listed(upstreams())

    assert ["authorization" in fake.requests[0].headers for fake in fakes] == [True, False]


async def test_a_key_that_is_ours_goes_to_none(fakes, upstreams):
    fakes[0].will(models("a"))
    fakes[1].will(models("b"))

    await listed(upstreams(), keeps_authorization=False)

    assert ["authorization" in fake.requests[0].headers for fake in fakes] == [False, False]


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Scripted([b"{}"], 401), "'one' answered with 401"),
        (Scripted([b""], 302, {"location": "/"}), "'one' answered with 302"),
        (Scripted([Stall()]), "'one' went silent while answering"),
        (Scripted([b'{"data": [', Stall()]), "'one' went silent while sending its reply"),
        (Scripted([b'{"data": [', Die()]), "'one' closed the connection while sending its reply"),
        (Scripted([b"<html>"]), "'one' sent no valid JSON"),
        (Scripted([b"[]"]), "'one' sent list where an object was due"),
        (Scripted([b'{"data": {"a": 1}}']), "'one' sent models that are no list"),
        (Scripted([b'{"data": ["a"]}']), "'one' sent models that are no list"),
    ],
    ids=["refused", "elsewhere", "silent", "stuck", "cut", "html", "list", "object", "texts"],
)
async def test_one_that_fails_is_left_out_and_named(fakes, upstreams, caplog, reply, why):
    fakes[0].will(reply)
    fakes[1].will(models("b"))

    with caplog.at_level(logging.WARNING, "groundwire"):
        status, body, failed = await listed(upstreams({"models": ("a",)}))

    assert (status, names(body), failed) == (200, ["b"], b"one")
    [message] = caplog.messages
    assert why in message
    assert message.endswith("Its models are not listed.")


@pytest.mark.parametrize("body", [b"{}", b'{"object": "list", "data": null}', b'{"data": [{"name": "a"}]}'])
async def test_one_that_has_no_models_has_not_failed(fakes, upstreams, body):
    fakes[0].will(Scripted([body]))
    fakes[1].will(models("b"))

    status, listed_models, failed = await listed(upstreams({"models": ("a",)}))

    assert (status, names(listed_models), failed) == (200, ["b"], None)


async def test_a_name_that_no_header_can_hold_is_encoded(fakes, upstreams):
    fakes[0].will(Scripted([b"{}"], 500))
    fakes[1].will(models("b"))

    assert (await listed(upstreams({"name": "größe, 1\n"})))[2] == b"gr%C3%B6%C3%9Fe%2C%201%0A"


@pytest.mark.parametrize(
    ("replies", "status", "code"),
    [
        ((Scripted([b"{}"], 401), Scripted([b"{}"], 401)), 401, "upstream_error"),
        ((Scripted([b"{}"], 401), Scripted([b"{}"], 404)), 502, "upstream_error"),
        ((Scripted([b""], 302), Scripted([b""], 302)), 502, "upstream_error"),
        ((Scripted([Stall()]), Scripted([Stall()])), 504, "upstream_timeout"),
        ((Scripted([Stall()]), Scripted([b"{}"], 503)), 502, "upstream_error"),
    ],
    ids=["same refusal", "other refusals", "elsewhere", "silent", "silent and refused"],
)
async def test_when_all_fail_the_error_says_of_each_why(fakes, upstreams, replies, status, code):
    for fake, reply in zip(fakes, replies, strict=True):
        fake.will(reply)

    seen, body, failed = await listed(upstreams())

    assert (seen, body["error"]["code"], failed) == (status, code, None)
    assert body["error"]["message"].startswith("The upstream 'one' ")
    assert "The upstream 'two' " in body["error"]["message"]
