"""Signing in at a real identity provider, from the link on the page to the session."""

from urllib.parse import urlsplit

import httpx
import pytest

from groundwire.accounts.oidc import Provider, SingleSignOn
from groundwire.accounts.people import Admission
from groundwire.accounts.site import Site
from groundwire.keys.roles import Role
from identity_provider import CLIENT_ID, CLIENT_SECRET
from pages import Page
from people import accounts_in

SIGN_IN = "/console/sign-in"
COOKIE, KEPT = "groundwire_session", "groundwire_sign_in"
ADMISSION = Admission(role_claim="groups", admin_values=frozenset({"boss"}))


@pytest.fixture
def accounts(database, keys, provider):
    known = Provider(provider.url, CLIENT_ID, CLIENT_SECRET)
    return accounts_in(database, keys, single_sign_on=SingleSignOn(known, ADMISSION, button="Sign in with Example"))


@pytest.fixture
async def client(app):
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8080") as client:
        yield client


async def returned(client, wanted="/console/"):
    """Go to the provider and follow it back; returns the URL that the browser is then sent to."""
    left = await client.get(f"{SIGN_IN}/oidc", params={"next": wanted})
    assert left.status_code == 303
    async with httpx.AsyncClient() as browser:
        return (await browser.get(left.headers["location"])).headers["location"]


async def refused(client, url):
    """Open the URL that the provider leads to; returns the page that says why there is no session."""
    reply = await client.get(url)
    assert reply.status_code in (401, 403, 502)
    assert COOKIE not in client.cookies
    assert KEPT not in client.cookies
    assert (await client.get("/console/account")).status_code == 303
    return reply.status_code, Page(reply.text).text


async def test_the_link_leads_to_the_provider_and_back_to_the_page_that_was_wanted(client, accounts):
    asked = await client.get("/console/account?x=1")
    [link] = [link for link in Page((await client.get(asked.headers["location"])).text).links() if "oidc" in link]
    left = await client.get(link)
    async with httpx.AsyncClient() as browser:
        back = (await browser.get(left.headers["location"])).headers["location"]

    entered = await client.get(back)

    assert (entered.status_code, entered.headers["location"]) == (303, "/console/account?x=1")
    assert KEPT not in client.cookies
    assert "ada@example.com" in (await client.get("/console/account")).text
    [user] = await accounts.users.all()
    assert (user.name, user.role, user.is_remote) == ("ada@example.com", Role.ANALYST, True)


async def test_the_page_offers_it_by_its_name(client):
    assert "Sign in with Example" in (await client.get(SIGN_IN)).text


async def test_with_a_provider_set_being_on_this_machine_is_not_enough(client):
    assert (await client.get("/console/")).status_code == 303
    assert (await client.get("/api/v1/events")).status_code == 401


async def test_who_has_the_value_of_an_admin_is_one(client, provider, accounts):
    provider.person["groups"] = ["staff", "boss"]

    await client.get(await returned(client))

    assert [user.role for user in await accounts.users.all()] == [Role.ADMIN]


async def test_the_second_time_is_the_same_user(client, accounts):
    for _ in range(2):
        assert (await client.get(await returned(client))).status_code == 303

    assert len(await accounts.users.all()) == 1


async def test_what_the_browser_keeps_on_the_way_is_for_no_script_and_not_for_long(client):
    left = await client.get(f"{SIGN_IN}/oidc")

    assert left.headers["set-cookie"].endswith("; HttpOnly; Max-Age=600; Path=/; SameSite=lax")


async def test_the_provider_leads_back_to_the_public_address(client, accounts):
    object.__setattr__(accounts, "site", Site("https://guard.example"))

    back = await returned(client)

    assert back.startswith("https://guard.example/console/sign-in/oidc/callback?")
    path = f"{urlsplit(back).path}?{urlsplit(back).query}"
    kept = client.cookies[f"__Host-{KEPT}"]
    entered = await client.get(path, headers={"cookie": f"__Host-{KEPT}={kept}"})
    assert entered.status_code == 303
    assert f"__Host-{COOKIE}=" in entered.headers["set-cookie"]


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"nonce": "of another sign-in"}, "its claim 'nonce' is missing or wrong"),
        ({"iat": 1_000_000_000, "exp": 1_000_000_300}, "it has expired"),
        ({"aud": "another"}, "its claim 'aud' is missing or wrong"),
    ],
    ids=["wrong nonce", "expired", "wrong audience"],
)
async def test_a_token_that_is_not_right_opens_no_session(client, provider, accounts, claims, said):
    provider.claims = claims

    status, text = await refused(client, await returned(client))

    assert status == 401
    assert f"The identity provider's token was refused: {said}." in text
    assert await accounts.users.all() == []


@pytest.mark.parametrize("fault", ["signature", "unsigned", "shared secret"])
async def test_a_forged_token_opens_no_session(client, provider, fault):
    provider.faults = {fault}

    assert (await refused(client, await returned(client)))[0] == 401


async def test_a_provider_that_is_down_before_leaves_the_page_as_it_was(client, accounts):
    down = SingleSignOn(Provider("http://127.0.0.1:9", CLIENT_ID), ADMISSION, button="Sign in with Example")
    object.__setattr__(accounts, "single_sign_on", down)

    reply = await client.get(f"{SIGN_IN}/oidc")

    assert reply.status_code == 502
    assert "The identity provider can't be reached." in Page(reply.text).text
    assert "Sign in with Example" in reply.text


async def test_a_provider_that_goes_down_meanwhile_opens_no_session(client, accounts):
    back = await returned(client)
    object.__setattr__(accounts, "single_sign_on", SingleSignOn(Provider("http://127.0.0.1:9", CLIENT_ID), ADMISSION))

    status, text = await refused(client, back)

    assert status == 502
    assert "The identity provider can't be reached." in text


async def test_who_is_refused_by_the_provider_is_told(client, provider):
    provider.faults = {"refuses"}

    _, text = await refused(client, await returned(client))

    assert "The identity provider did not let you in ('access_denied')." in text


async def test_a_reply_in_another_browser_opens_no_session(client):
    back = await returned(client)
    client.cookies.clear()

    assert "begun in another browser" in (await refused(client, back))[1]


async def test_a_reply_to_another_sign_in_opens_no_session(client):
    earlier = await returned(client)
    await returned(client)

    assert "was not begun in this browser" in (await refused(client, earlier))[1]


async def test_a_reply_counts_once(client):
    back = await returned(client)
    await client.get(back)
    client.cookies.delete(COOKIE)

    assert "took too long" in (await refused(client, back))[1]


async def test_a_disabled_user_opens_no_session(client, accounts):
    await client.get(await returned(client))
    await accounts.disable("ada@example.com")
    client.cookies.clear()

    assert "This user was disabled." in (await refused(client, await returned(client)))[1]


@pytest.mark.parametrize("wanted", ["https://evil.example", "//evil.example/console/", "/api/v1/keys"])
async def test_nothing_but_a_page_of_the_console_may_be_wanted(client, wanted):
    entered = await client.get(await returned(client, wanted))

    assert entered.headers["location"] == "/console/"


async def test_what_the_provider_says_is_never_taken_for_markup(client, provider):
    await client.get(f"{SIGN_IN}/oidc")
    reply = await client.get(f"{SIGN_IN}/oidc/callback", params={"error": "<script>alert(1)</script>"})
    assert "<script>alert" not in reply.text

    provider.person |= {"email": None, "preferred_username": "<script>alert(1)</script>"}
    await client.get(await returned(client))
    assert "&lt;script&gt;alert" in (await client.get("/console/account")).text
    assert "<script>alert" not in (await client.get("/console/account")).text
