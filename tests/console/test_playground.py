import httpx

from groundwire.console.playground import WireReply
from groundwire.proxy.callers import Caller
from groundwire.proxy.exchange import json_reply
from groundwire.proxy.routes import WireApp


class NobodyEnters:
    """A gate that is never asked."""

    async def admit(self, headers):
        raise AssertionError("The gate was asked.")


async def test_the_wire_sees_its_own_path_the_caller_and_no_header_of_the_console():
    seen = []

    async def handle(client, caller, call):
        seen.append((caller, call.path, call.query, dict(call.headers), call.body))
        await client.answer(json_reply({"object": "chat.completion"}))

    wire = WireApp(NobodyEnters(), {"/chat/completions": handle}, None, max_body_bytes=1_000)

    async def console(scope, receive, send):
        await WireReply(wire, Caller("key_1"), "/chat/completions")(scope, receive, send)

    transport = httpx.ASGITransport(console)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        headers = {
            "cookie": "session=1",
            "x-csrf-token": "t",
            "authorization": "Bearer gw_x",
            "x-grounding-mode": "off",
        }
        reply = await client.post("/console/anywhere?x=1", content=b"{}", headers=headers)

    assert reply.json() == {"object": "chat.completion"}
    [(caller, path, query, headers, body)] = seen
    assert (caller, path, query, body) == (Caller("key_1"), "/chat/completions", b"", b"{}")
    assert headers.keys() <= {b"accept", b"content-length", b"content-type", b"user-agent"}
