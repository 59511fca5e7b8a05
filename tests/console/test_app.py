import pytest

from groundwire.console.app import PATH


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
