import httpx
import pytest

from groundwire.api.limits import LimitedBody
from groundwire.console.app import PATH, refused
from pages import Page


@pytest.mark.parametrize("path", ["/", "/console", "/console/"])
async def test_whoever_opens_the_server_comes_to_the_overview(client, path):
    reply = await client.get(path)

    assert (reply.status_code, reply.url.path) == (200, "/console/")


async def test_a_page_that_is_not_there_says_so_within_the_frame(read):
    page = await read(f"{PATH}/nowhere", 404)

    assert "There is no page /console/nowhere." in page.text
    assert "/console/events" in page.links()


async def test_a_slash_too_many_is_forgiven(client):
    reply = await client.get(f"{PATH}/events/?action=block")

    assert (reply.url.path, reply.url.query) == ("/console/events", b"action=block")


async def test_a_path_is_shown_as_text(read):
    page = await read(f"{PATH}/<img src=x onerror=alert(1)>", 404)

    assert not page.all("img")


async def test_the_api_stays_beside_the_console(client):
    assert (await client.get("/api/v1/stats")).headers["content-type"] == "application/json"


async def test_too_large_a_form_is_answered_with_a_page_and_a_call_with_an_error(app):
    limited = LimitedBody(app, max_bytes=10, refuse=refused)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(limited), base_url="http://localhost") as client:
        page = await client.post(f"{PATH}/knowledge/faq/documents", content=b"x" * 11)
        call = await client.post("/api/v1/check", content=b"x" * 11)

    assert (page.status_code, call.status_code) == (413, 413)
    assert "raise server.max_upload_mb" in Page(page.text).text
    assert "content-security-policy" in page.headers
    assert call.json()["error"]["code"] == "payload_too_large"
