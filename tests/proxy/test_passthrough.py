import json

import pytest

from fakes import Die, Scripted, World, proxied
from groundwire.errors import NotFound
from groundwire.proxy.passthrough import Passthrough
from groundwire.proxy.upstreams.upstream import Call, Upstream, UpstreamAddress, Upstreams


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/embeddings"),
        ("GET", "/models"),
        ("DELETE", "/files/a%2Fb"),
        ("GET", "/chat/completions"),
        ("PATCH", "/x"),
    ],
)
def test_other_routes_pass_through_byte_for_byte_and_marked(wire, method, path):
    body = b'{"data": [1.10, 1E5] }'
    wire.upstream.will(Scripted([body], 207, {"content-type": "application/json", "x-request-id": "r"}))

    reply = wire.send(method, path, content=b"{ 1 }", params={"q": "1"})

    assert (reply.status_code, reply.content, reply.headers["x-request-id"]) == (207, body, "r")
    assert reply.headers["x-grounding-coverage"] == "unguarded"
    [request] = wire.upstream.requests
    assert (request.method, request.path, request.query, request.body) == (method, "/v1" + path, "q=1", b"{ 1 }")


def test_a_relayed_reply_that_breaks_off_breaks_off_here_too(wire):
    wire.upstream.will(Scripted([b"half", Die()]))

    with pytest.raises(Exception, match="peer closed connection"):
        wire.send("GET", "/files")


def test_unguarded_routes_can_be_refused_but_models_are_still_listed():
    with proxied(World(), is_refused=True) as wire:
        wire.upstream.will(Scripted([b"{}"]))

        refused = wire.send("POST", "/embeddings", json={})
        listed = wire.send("GET", "/models")

    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "permission_denied")
    assert "/v1/embeddings" in refused.json()["error"]["message"]
    assert listed.status_code == 200
    assert [request.path for request in wire.upstream.requests] == ["/v1/models"]


@pytest.mark.parametrize(
    ("path", "body", "name"),
    [
        ("/embeddings", {"model": "llama-3"}, "two"),
        ("/embeddings", {"model": "gpt-4o"}, "one"),
        ("/embeddings", {}, "one"),
        ("/audio", None, "one"),
        ("/models/llama-3", None, "two"),
        ("/models/meta%2FLlama-3", None, "two"),
        ("/models", None, "one"),
    ],
)
def test_among_several_upstreams_the_model_decides(path, body, name):
    upstreams = Upstreams(
        [
            Upstream(UpstreamAddress("one", "http://one/v1", models=("gpt-*",))),
            Upstream(UpstreamAddress("two", "http://two/v1", models=("llama*", "meta/*"))),
        ]
    )
    call = Call("POST", path, [], json.dumps(body).encode() if body is not None else b"--x")

    assert Passthrough(upstreams).upstream_of(call).name == name


def test_a_model_nobody_serves_is_an_error():
    upstreams = Upstreams([Upstream(UpstreamAddress(name, "http://x/v1", models=(name,))) for name in ("a", "b")])

    with pytest.raises(NotFound, match="'c'"):
        Passthrough(upstreams).upstream_of(Call("POST", "/embeddings", [], b'{"model":"c"}'))
