"""Streams that are odd, break, stall or are left, on every endpoint: what the client gets, and what is stored."""

import json
import socket
import time
from pathlib import Path

import httpx
import pytest

import groundwire
from fakes import Stall, chunk, chunks, event
from groundwire.domain import Outcome
from wire_recordings import Paced
from wire_tables import events_of, seen
from wire_troubles import COMPLETE, REPORTED, SPOKEN, TROUBLES, VERIFIED, WHOLE, table

DOCUMENTATION = Path(groundwire.__file__).parents[2] / "docs" / "wire.md"
BODY = {"model": "m", "stream": True, "messages": [], "prompt": "", "input": ""}
STREAM = {"content-type": "text/event-stream"}
each_endpoint = pytest.mark.parametrize("spoken", SPOKEN, ids=lambda spoken: spoken.endpoint)


def text_of(body):
    """Return the text of a stream that may have broken off: the deltas of either kind put together."""
    events = events_of(body)
    deltas = [one["delta"] for one in events if isinstance(one.get("delta"), str)]
    return "".join(deltas) if deltas else "".join(seen(body).texts)


def error_of(body):
    """Return the error that a stream ends with, and nothing after it."""
    last = events_of(body)[-1]
    assert "[DONE]" not in body
    return last if last.get("type") == "error" else last["error"]


def until(condition):
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


class SlowClient:
    """A client on a bare socket with little room, which reads when it is told to."""

    def __init__(self, wire, spoken):
        address = httpx.URL(wire.url)
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.settimeout(10)
        self._socket.connect((address.host, address.port))
        body = json.dumps(BODY)
        head = f"POST /v1/{spoken.endpoint} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {len(body)}"
        self._socket.sendall(f"{head}\r\n\r\n{body}".encode())

    def read(self, size=65536):
        return self._socket.recv(size)

    def read_until(self, wanted):
        received = b""
        while wanted not in received:
            received += self.read()
        return received

    def read_all(self, size=65536):
        return b"".join(iter(lambda: self.read(size), b""))

    def leave(self):
        self._socket.close()


@pytest.fixture
def slow_client(wire):
    """Open streams that are closed when the test is over."""
    clients = []

    def opened(spoken):
        clients.append(SlowClient(wire, spoken))
        return clients[-1]

    yield opened
    for client in clients:
        client.leave()


@each_endpoint
@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.name)
def test_each_trouble_has_its_outcome(wire, spoken, trouble):
    pieces = trouble.sent(spoken)
    wire.upstream.will(sent := Paced(pieces, STREAM))

    with httpx.stream("POST", f"{wire.url}/{spoken.endpoint}", json=BODY, timeout=5) as reply:
        body = sent.read(reply)

    is_complete = trouble.seen_on(spoken).startswith(COMPLETE)
    assert text_of(body) == (WHOLE if is_complete else trouble.verified)
    if not is_complete:
        message = error_of(body)["message"]
        assert message == "overloaded" if trouble.seen_on(spoken) == REPORTED else "'fake'" in message
    elif not spoken.is_response:
        assert body.endswith("\n\ndata: [DONE]\n\n")
        assert seen(body).ends == ("" if "null" in trouble.seen else "stop",)
    [stored] = wire.events
    assert (stored.outcome, stored.delivered) == (trouble.outcome_on(spoken), text_of(body))
    for stall in (piece for piece in pieces if isinstance(piece, Stall)):
        assert stall.left.wait(timeout=5), "The upstream was not let go."


@each_endpoint
def test_a_client_that_leaves_lets_the_upstream_go_and_is_stored_with_what_it_got(wire, slow_client, spoken):
    stall = Stall()
    wire.upstream.will_stream(*spoken.start, stall)
    client = slow_client(spoken)
    client.read_until(VERIFIED.encode())

    client.leave()

    assert stall.left.wait(timeout=5)
    until(lambda: wire.events)
    [stored] = wire.events
    assert (stored.outcome, stored.delivered) == (Outcome.CLIENT_LEFT, VERIFIED)


@each_endpoint
def test_a_client_that_reads_slowly_gets_every_byte(wire, slow_client, spoken):
    wire.upstream.will_stream(*spoken.events)
    fast = wire.send("POST", f"/{spoken.endpoint}", json=BODY)

    slow = slow_client(spoken).read_all(size=7)

    assert text_of(fast.text) == WHOLE
    assert slow.count(b"\ndata: ") == fast.text.count("\ndata: ") + (not spoken.is_response)
    assert [one.delivered for one in wire.events] == [WHOLE, WHOLE]


def test_a_client_that_stops_reading_slows_its_upstream_down(wire, slow_client):
    passes_at_once = event(chunk({"reasoning_content": "x" * 60_000}))
    past_all_buffers = Stall()
    past_all_buffers.release()
    wire.upstream.will_stream(*[passes_at_once] * 600, past_all_buffers, *chunks(WHOLE))
    client = slow_client(SPOKEN[0])
    client.read_until(b"reasoning_content")

    assert not past_all_buffers.reached.wait(timeout=0.7)

    assert client.read_all().endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n")
    assert past_all_buffers.reached.is_set()


def test_the_documentation_says_the_same():
    assert table() in DOCUMENTATION.read_text(encoding="utf-8")
