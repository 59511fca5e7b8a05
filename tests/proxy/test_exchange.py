import asyncio

import pytest

from groundwire.errors import BadRequest, GuardUnavailable, NotFound, PayloadTooLarge
from groundwire.proxy.exchange import Client, ClientLeft, error_reply


def client(*messages, headers=()):
    waiting = list(messages)

    async def receive():
        if not waiting:
            await asyncio.Event().wait()
        return waiting.pop(0)

    sent = []

    async def send(message):
        sent.append(message)

    made = Client({"method": "POST", "headers": list(headers)}, receive, send)
    made.sent = sent
    return made


def piece(body, *, more=False):
    return {"type": "http.request", "body": body, "more_body": more}


LEFT = {"type": "http.disconnect"}


async def test_a_body_in_pieces_is_put_together():
    assert await client(piece(b"ab", more=True), piece(b"cd")).body(4) == b"abcd"


@pytest.mark.parametrize(
    ("messages", "headers", "kind"),
    [
        ([piece(b"abc", more=True), piece(b"def")], [], PayloadTooLarge),
        ([], [(b"content-length", b"6")], PayloadTooLarge),
        ([], [(b"content-length", b"-6")], BadRequest),
        ([piece(b"abc", more=True), LEFT], [], ClientLeft),
    ],
    ids=["grown", "declared", "no number", "broken off"],
)
async def test_a_body_that_can_not_be_taken_is_refused(messages, headers, kind):
    with pytest.raises(kind):
        await client(*messages, headers=headers).body(5)


async def test_work_is_cancelled_when_the_client_leaves():
    cancelled = asyncio.Event()

    async def work():
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    left = client(LEFT)
    with pytest.raises(ClientLeft):
        await left.waits_for(work())

    await asyncio.wait_for(cancelled.wait(), 1)
    assert left.has_left


async def test_work_that_is_done_gives_its_result_and_its_errors():
    async def work(error=None):
        if error:
            raise error
        return 5

    waiting = client()
    assert await waiting.waits_for(work()) == 5
    with pytest.raises(NotFound):
        await waiting.waits_for(work(NotFound("gone")))
    waiting.forget()


async def test_an_answer_has_its_length():
    answered = client()
    await answered.answer(error_reply(NotFound("No é.", param="id")))

    start, body = answered.sent
    assert start["status"] == 404
    assert dict(start["headers"])[b"content-length"] == str(len(body["body"])).encode()
    assert body["body"].decode() == (
        '{"error":{"message":"No é.","type":"invalid_request_error","param":"id","code":"not_found"}}'
    )


def test_an_outage_says_when_to_come_back():
    assert (b"retry-after", b"5") in error_reply(GuardUnavailable("down")).headers
