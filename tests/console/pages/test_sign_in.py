import httpx
import pytest

from groundwire.accounts.site import Site
from groundwire.console.pages.sign_in import local_path
from groundwire.keys.roles import Role
from pages import Page
from people import OTHER_PASSWORD, PASSWORD

SIGN_IN = "/console/sign-in"
COOKIE = "groundwire_session"


@pytest.fixture
async def client(app):
    """A browser that shows each reply instead of following redirects."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=("192.0.2.1", 5000))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


@pytest.fixture
async def ada(accounts):
    return await accounts.add("Ada", Role.ANALYST, PASSWORD)


def credentials(password=PASSWORD, **fields):
    return {"name": "Ada", "password": password, **fields}


async def test_name_and_password_lead_to_the_page_that_was_wanted(client, ada):
    asked = await client.get("/console/account?x=1")
    shown = Page((await client.get(asked.headers["location"])).text)
    [wanted] = {field["value"] for field in shown.all("input", name_="next")}

    entered = await client.post(SIGN_IN, data=credentials(next=wanted))

    assert (entered.status_code, entered.headers["location"]) == (303, "/console/account?x=1")
    assert "Ada" in (await client.get(entered.headers["location"])).text


async def test_the_form_is_shown_again_when_something_is_wrong(client, ada):
    reply = await client.post(SIGN_IN, data=credentials(OTHER_PASSWORD, next="/console/events"))

    shown = Page(reply.text)
    assert reply.status_code == 401
    assert "The name or the password is wrong." in shown.text
    assert [field["value"] for field in shown.all("input", name_="name")] == ["Ada"]
    assert {field["value"] for field in shown.all("input", name_="next")} == {"/console/events"}
    assert OTHER_PASSWORD not in reply.text
    assert "set-cookie" not in reply.headers


async def test_who_tries_too_often_learns_when_to_come_back(client, ada):
    for _ in range(5):
        await client.post(SIGN_IN, data=credentials(OTHER_PASSWORD))

    reply = await client.post(SIGN_IN, data=credentials())

    assert (reply.status_code, reply.headers["retry-after"]) == (429, "1")
    assert "Try again in 1 seconds" in reply.text
    assert COOKIE not in client.cookies


@pytest.mark.parametrize("source", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}], ids=str)
async def test_no_page_elsewhere_signs_anybody_in(client, ada, source):
    reply = await client.post(SIGN_IN, data=credentials(), headers=source)

    assert reply.status_code == 403
    assert COOKIE not in client.cookies


async def test_a_key_signs_in_until_it_is_revoked(client, keys):
    new = await keys.create(Role.ANALYST, "night shift")
    entered = await client.post(SIGN_IN, data={"key": new.key})
    before = await client.get("/console/account")
    await keys.revoke(new.record.id)
    after = await client.get("/console/account")

    assert (entered.status_code, before.status_code) == (303, 200)
    assert "night shift" in before.text
    assert after.headers["location"] == f"{SIGN_IN}?next=%2Fconsole%2Faccount"


async def test_a_key_of_an_app_is_told_apart(client, keys):
    new = await keys.create(Role.APP, "shop")

    reply = await client.post(SIGN_IN, data={"key": new.key})

    assert reply.status_code == 403
    assert "for the wire" in reply.text
    assert new.key not in reply.text


async def test_an_unknown_key_is_not_repeated(client, keys):
    await keys.create(Role.ADMIN, "me")

    reply = await client.post(SIGN_IN, data={"key": "gw_admin_wrong"})

    assert reply.status_code == 401
    assert "gw_admin_wrong" not in reply.text


async def test_signing_in_again_ends_the_earlier_session(client, ada, accounts):
    await client.post(SIGN_IN, data=credentials())
    first = client.cookies[COOKIE]
    await client.post(SIGN_IN, data=credentials())

    assert client.cookies[COOKIE] != first
    assert await accounts.sessions.find(first) is None


async def test_signing_out_ends_the_session(client, ada, accounts):
    await client.post(SIGN_IN, data=credentials())
    token = client.cookies[COOKIE]
    csrf = (await accounts.sessions.find(token)).csrf

    refused = await client.post("/console/sign-out", data={"csrf_token": "0" * 64})
    left = await client.post("/console/sign-out", data={"csrf_token": csrf})

    assert refused.status_code == 403
    assert left.headers["location"] == f"{SIGN_IN}?signed_out=1"
    assert COOKIE not in client.cookies
    assert await accounts.sessions.find(token) is None
    assert "You are signed out." in (await client.get(left.headers["location"])).text


async def test_signing_out_of_an_ended_session_is_no_error(client, ada):
    client.cookies.set(COOKIE, "ended")

    assert (await client.post("/console/sign-out")).status_code == 303


async def test_while_nobody_needs_to_sign_in_the_page_leads_on(client):
    reply = await client.get(f"{SIGN_IN}?next=/console/events")

    assert reply.headers["location"] == "/console/events"


async def test_who_is_signed_in_is_led_on(client, ada):
    await client.post(SIGN_IN, data=credentials())

    assert (await client.get(SIGN_IN)).headers["location"] == "/console/"


async def test_with_keys_alone_the_page_says_how_to_make_the_first_user(client, keys):
    await keys.create(Role.ADMIN, "me")

    shown = Page((await client.get(SIGN_IN)).text)

    assert "groundwire users add NAME --role admin" in shown.text
    assert shown.all("input", name_="password") == []
    assert shown.all("input", name_="key")


async def test_by_https_the_cookie_is_bound_to_it(client, ada, accounts):
    object.__setattr__(accounts, "site", Site("https://guard.example"))

    reply = await client.post(SIGN_IN, data=credentials())

    assert reply.headers["set-cookie"].startswith("__Host-groundwire_session=")
    assert reply.headers["set-cookie"].endswith("; HttpOnly; Path=/; SameSite=lax; Secure")


@pytest.mark.parametrize(
    "wanted",
    ["/console/", "/console/events?label=unsupported&app=key_1", "/console/events/evt_1#claim-2"],
)
def test_a_page_of_the_console_may_be_wanted(wanted):
    assert local_path(wanted) == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "https://evil.example/console/",
        "//evil.example/console/",
        "/\\evil.example",
        "/console/\\evil",
        "/consoleevil",
        "/api/v1/keys",
        "javascript:alert(1)",
        "/console/\r\nset-cookie: a=b",
        "/console/sign-in",
        "/console/sign-in?next=/console/",
        "/console/sign-out",
        "console/",
        " /console/",
    ],
    ids=ascii,
)
async def test_nothing_else_may_be_wanted(client, ada, wanted):
    entered = await client.post(SIGN_IN, data=credentials(next=wanted))

    assert entered.headers["location"] == "/console/"


@pytest.mark.parametrize("field", ["name", "next"])
async def test_what_was_filled_in_is_never_taken_for_markup(client, ada, field):
    reply = await client.post(SIGN_IN, data=credentials(OTHER_PASSWORD) | {field: '"><script>alert(1)</script>'})

    assert "<script>alert" not in reply.text


async def test_nothing_secret_is_on_any_page_or_in_the_log(client, ada, accounts, caplog):
    caplog.set_level("DEBUG")
    replies = [
        await client.get(SIGN_IN),
        await client.post(SIGN_IN, data=credentials(OTHER_PASSWORD)),
        await client.post(SIGN_IN, data=credentials()),
        await client.get("/console/account"),
    ]
    token = client.cookies[COOKIE]
    _, kept = await accounts.users.find("Ada")

    said = "".join(reply.text for reply in replies) + caplog.text
    assert [secret for secret in (token, kept, PASSWORD, OTHER_PASSWORD) if secret in said] == []
