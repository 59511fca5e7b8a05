import httpx
import pytest

from api.conftest import (
    accounts,
    database,
    database_url,
    events,
    keys,
    knowledge,
    library,
    services,
    template,
    verifier,
)
from groundwire.api.errors import ERROR_HANDLERS
from groundwire.api.routers import ROUTERS
from groundwire.app import AppParts, create_app
from groundwire.console.app import PATH, create_console, front_door
from groundwire.proxy.upstreams.upstream import Upstreams
from identity_provider import provider, served_provider
from pages import Page

__all__ = [
    "accounts",
    "database",
    "database_url",
    "events",
    "keys",
    "knowledge",
    "library",
    "provider",
    "served_provider",
    "services",
    "template",
    "verifier",
]


async def no_wire(scope, receive, send):
    raise AssertionError("Nothing of the console goes over the wire.")


@pytest.fixture
def app(services):
    pages = {PATH: create_console(services)}
    app = create_app(AppParts(no_wire, Upstreams([]), (*ROUTERS, front_door), pages, ERROR_HANDLERS))
    app.state.services = services
    return app


@pytest.fixture
async def client(app):
    """A browser without scripts: it follows redirects and keeps cookies."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", follow_redirects=True) as client:
        yield client


@pytest.fixture
def read(client):
    """Open a page by its path; returns it, or fails the test where its status is another one."""

    async def read(path, status=200, **options):
        reply = await client.get(path, **options)
        assert reply.status_code == status, reply.text
        return Page(reply.text)

    return read
