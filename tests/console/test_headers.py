import pytest

from groundwire.console.assets import asset
from groundwire.console.headers import SafePages

PAGES = ["/console/", "/console/nowhere", asset("js/api.js"), "/console/static/nothing"]


@pytest.mark.parametrize("path", PAGES)
async def test_every_reply_says_that_nothing_foreign_may_run(client, path):
    headers = (await client.get(path)).headers

    rules = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
    assert (rules["default-src"], rules["script-src"], rules["style-src"]) == ("'none'", "'self'", "'self'")
    assert (rules["frame-ancestors"], rules["base-uri"], rules["form-action"]) == ("'none'", "'none'", "'self'")
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "same-origin")


async def test_pages_are_kept_nowhere(client):
    assert (await client.get("/console/")).headers["cache-control"] == "no-store"


async def test_a_page_that_breaks_is_logged_once(client, monkeypatch, caplog):
    monkeypatch.setattr("groundwire.console.pages.overview.page", lambda *_, **__: 1 / 0)

    reply = await client.get("/console/")

    assert reply.status_code == 500
    assert [record.name for record in caplog.records if record.exc_info] == ["groundwire.console.failures"]


async def test_a_reply_that_breaks_off_is_not_taken_for_whole():
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"a", "more_body": True})
        raise RuntimeError("broken")

    async def send(message):
        pass

    with pytest.raises(RuntimeError, match="broken"):
        await SafePages(app)({"type": "http"}, None, send)


async def test_a_page_that_breaks_is_as_safe(client, monkeypatch):
    monkeypatch.setattr("groundwire.console.pages.overview.page", lambda *_, **__: 1 / 0)

    reply = await client.get("/console/")

    assert reply.status_code == 500
    assert "script-src 'self'" in reply.headers["content-security-policy"]
