from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse

from fakes import running
from groundwire.app import AppParts, create_app
from groundwire.errors import GroundwireError, NotFound
from groundwire.proxy.upstreams.upstream import Upstreams


def app(steps):
    router = APIRouter(prefix="/api/v1")

    @router.get("/things")
    def things():
        raise NotFound("No such thing.")

    def explain(_request: Request, error: Exception):
        return JSONResponse({"said": str(error)}, 404)

    @asynccontextmanager
    async def part(name):
        steps.append(f"{name} starts")
        yield
        steps.append(f"{name} stops")

    parts = AppParts(
        wire=PlainTextResponse("wire"),
        upstreams=Upstreams([]),
        routers=[router],
        pages={"/console": PlainTextResponse("console")},
        error_handlers={GroundwireError: explain},
        running=[part("database"), part("watcher")],
    )
    return create_app(parts)


@pytest.fixture(scope="module")
def url():
    with running(app([])) as url:
        yield url


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/v1/chat/completions", 200, "wire"),
        ("/v1/anything/else", 200, "wire"),
        ("/console/", 200, "console"),
        ("/api/v1/things", 404, '{"said":"No such thing."}'),
        ("/v2/models", 404, '{"detail":"Not Found"}'),
    ],
)
def test_every_path_reaches_its_part(url, path, status, text):
    reply = httpx.get(url + path)

    assert (reply.status_code, reply.text) == (status, text)


def test_our_own_api_is_described(url):
    described = httpx.get(f"{url}/api/v1/openapi.json").json()

    assert list(described["paths"]) == ["/api/v1/things"]


def test_parts_start_in_order_and_stop_in_reverse():
    steps = []

    with running(app(steps)):
        assert steps == ["database starts", "watcher starts"]

    assert steps[2:] == ["watcher stops", "database stops"]
