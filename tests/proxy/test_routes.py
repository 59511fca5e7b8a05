import socket

import httpx
import pytest

from fakes import Scripted, World, proxied
from groundwire.errors import AuthenticationFailed
from groundwire.proxy.callers import Caller, OpenGate
from groundwire.proxy.routes import WireApp


class KeyGate:
    """Knows two keys; neither is the upstream's."""

    async def admit(self, headers):
        key = headers.get("authorization")
        if key not in {"Bearer app", "Bearer admin"}:
            raise AuthenticationFailed("No key came with the request.")
        return Caller("key_1", may_set_mode=key == "Bearer admin", owns_authorization=False)


@pytest.fixture(scope="module")
def guarded():
    with proxied(World(), gate=KeyGate()) as wire:
        yield wire


@pytest.fixture
def closed(guarded):
    guarded.world.reset()
    guarded.upstream.will_say("The fee is 5.")
    return guarded


def test_without_a_key_nothing_goes_in(closed):
    reply = closed.ask()

    assert (reply.status_code, reply.json()["error"]["code"]) == (401, "invalid_api_key")
    assert closed.send("GET", "/models").status_code == 401
    assert closed.upstream.requests == []


def test_our_key_is_noted_and_not_sent_on(closed):
    assert closed.ask({"authorization": "Bearer app"}).status_code == 200

    assert closed.events[0].key_id == "key_1"
    assert "authorization" not in closed.upstream.requests[0].headers


@pytest.mark.parametrize(("key", "status"), [("app", 403), ("admin", 200)])
def test_only_an_admin_may_choose_the_mode(closed, key, status):
    assert closed.ask({"authorization": f"Bearer {key}"}, grounding={"mode": "off"}).status_code == status


@pytest.mark.parametrize("is_declared", [True, False], ids=["declared", "chunked"])
def test_a_body_over_the_limit_is_refused(wire, is_declared):
    body = b"x" * 100_001

    reply = httpx.post(f"{wire.url}/chat/completions", content=body if is_declared else iter([body]))

    assert (reply.status_code, reply.json()["error"]["code"]) == (413, "payload_too_large")


def test_a_body_that_is_not_json_is_refused(wire):
    reply = wire.send("POST", "/chat/completions", content=b"oops")

    assert (reply.status_code, reply.json()["error"]["type"]) == (400, "invalid_request_error")


@pytest.mark.parametrize("path", ["/../admin", "/files/%2e%2e/x", "/files/..%2fx", "/./models"])
def test_a_path_that_climbs_is_refused(wire, path):
    host, port = wire.url.removeprefix("http://").removesuffix("/v1").split(":")
    with socket.create_connection((host, int(port)), timeout=2) as connection:
        connection.sendall(f"GET /v1{path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
        received = b"".join(iter(lambda: connection.recv(65536), b""))

    assert received.startswith(b"HTTP/1.1 400")
    assert wire.upstream.requests == []


def test_a_slash_at_the_end_does_not_get_round_the_check(wire):
    wire.upstream.will_say("It is wrong.")

    reply = wire.send("POST", "/chat/completions/", json={"model": "m", "messages": []})

    assert reply.headers["x-grounding-action"] == "rewrite"


@pytest.mark.parametrize(
    "path", ["/chat//completions", "//chat/completions", "/chat/%63ompletions", "/Chat/Completions"]
)
def test_another_spelling_of_a_checked_path_does_not_get_round_the_check(wire, path):
    wire.upstream.will_say("It is wrong.")

    reply = wire.send("POST", path, json={"model": "m", "messages": []})

    assert reply.headers.get("x-grounding-action") == "rewrite"


def test_a_mistake_of_ours_is_a_500_that_tells_nothing(wire, monkeypatch):
    wire.upstream.will_say("It is wrong.")
    monkeypatch.setattr("groundwire.proxy.endpoints.completion.Completion.with_answers", None)

    reply = wire.ask()

    assert (reply.status_code, reply.json()["error"]["code"]) == (500, "internal_error")
    assert "NoneType" not in reply.text


def test_a_reply_that_is_no_json_is_named_without_repeating_it(wire):
    wire.upstream.will(Scripted([b"<html>oops</html>"], headers={"content-type": "text/html"}))

    reply = wire.ask()

    assert (reply.status_code, reply.json()["error"]["type"]) == (502, "upstream_error")
    assert "'fake' sent no valid JSON" in reply.json()["error"]["message"]
    assert "oops" not in reply.text


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"[]", "list where an object was due"),
        (b"{}", "without choices"),
        (b'{"choices":[]}', "without choices"),
        (b'{"choices":[{"text":"It is wrong."}]}', "choice without a message"),
        (b'{"choices":[{"mess', "no valid JSON"),
        (b'{"choices":[{"message":{"content":"Fine."},"text":"It is wrong."}]}', "text outside of its message"),
        (b'{"choices":[{"message":{"content":{"text":"It is wrong."}}}]}', "content that is neither text nor parts"),
        (b'{"choices":[{"message":{"content":["It is wrong."]}}]}', "content that is neither text nor parts"),
        (b'{"choices":[{"message":{"content":7}}]}', "content that is neither text nor parts"),
        (b'{"choices":[{"message":{"content":"\xff"}}]}', "no valid JSON"),
    ],
    ids=[
        "list",
        "no choices",
        "empty choices",
        "no message",
        "cut off",
        "text beside",
        "object",
        "list of texts",
        "number",
        "not UTF-8",
    ],
)
def test_a_reply_that_is_no_completion_is_a_502(wire, body, message):
    wire.upstream.will(Scripted([body]))

    reply = wire.ask()

    assert reply.status_code == 502
    assert message in reply.json()["error"]["message"]
    assert wire.events == []


async def test_a_websocket_is_refused():
    sent = []

    async def send(message):
        sent.append(message)

    await WireApp(OpenGate(), {}, None, max_body_bytes=1)({"type": "websocket", "path": "/v1/realtime"}, None, send)

    assert sent == [{"type": "websocket.close", "code": 1008}]
