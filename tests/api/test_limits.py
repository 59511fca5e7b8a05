import httpx
import pytest
from fastapi import FastAPI, Request

from groundwire.api.limits import LimitedBody


@pytest.fixture
async def limited():
    app = FastAPI()

    @app.post("/api/v1/echo")
    @app.post("/v1/echo")
    async def echo(request: Request):
        return len(await request.body())

    app.add_middleware(LimitedBody, max_bytes=10)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        yield client


async def in_pieces(count):
    for _ in range(count):
        yield b"xxxxx"


async def test_a_body_within_the_limit_passes(limited):
    assert (await limited.post("/api/v1/echo", content=b"x" * 10)).json() == 10
    assert (await limited.post("/api/v1/echo", content=in_pieces(2))).json() == 10


@pytest.mark.parametrize("content", [b"x" * 11, in_pieces(3)], ids=["declared", "in pieces"])
async def test_a_larger_body_is_refused(limited, content):
    reply = await limited.post("/api/v1/echo", content=content)
    assert (reply.status_code, reply.json()["error"]["code"]) == (413, "payload_too_large")


async def test_a_refusal_says_what_to_do(limited):
    message = (await limited.post("/api/v1/echo", content=b"x" * 11)).json()["error"]["message"]
    assert message == "More than 1e-05 MB can't be sent at once; send less, or raise server.max_upload_mb."


async def test_the_wire_has_its_own_limit(limited):
    assert (await limited.post("/v1/echo", content=b"x" * 11)).json() == 11
