"""Calls to the API from a browser that is signed in, and what keeps others from making it call."""

import pytest

from groundwire.accounts.site import Site
from groundwire.api.authentication import CSRF_HEADER
from groundwire.keys.roles import Role
from people import PASSWORD

COOKIE = "groundwire_session"
UNSAFE = ("POST", "/api/v1/keys")
BODY = {"role": "app", "name": "shop"}


@pytest.fixture
def signed_in(accounts, client):
    """Sign a user in, put the cookie into the client's jar and return the header with the CSRF token."""

    async def sign_in(role=Role.ADMIN, name="Ada"):
        user = await accounts.add(name, role, PASSWORD)
        token = await accounts.sessions.open(user_id=user.id)
        client.cookies.set(COOKIE, token)
        return {CSRF_HEADER: (await accounts.sessions.find(token)).csrf}

    return sign_in


async def test_a_signed_in_browser_may_read(client, signed_in):
    await signed_in(Role.ANALYST)

    assert (await client.get("/api/v1/events")).status_code == 200


async def test_with_the_token_of_its_session_it_may_write(client, signed_in):
    csrf = await signed_in()

    assert (await client.request(*UNSAFE, json=BODY, headers=csrf)).status_code == 201


@pytest.mark.parametrize("headers", [{}, {CSRF_HEADER: ""}, {CSRF_HEADER: "0" * 64}, {CSRF_HEADER: "ü"}], ids=ascii)
async def test_without_that_token_nothing_is_written(client, signed_in, keys, headers):
    await signed_in()

    reply = await client.request(*UNSAFE, json=BODY, headers={k: v.encode("latin-1") for k, v in headers.items()})

    assert (reply.status_code, reply.json()["error"]["code"]) == (403, "permission_denied")
    assert CSRF_HEADER in reply.json()["error"]["message"]
    assert await keys.all() == []


async def test_the_token_of_another_session_will_not_do(client, signed_in, keys):
    mine = await signed_in(name="Mallory")
    await signed_in(name="Ada")

    assert (await client.request(*UNSAFE, json=BODY, headers=mine)).status_code == 403
    assert await keys.all() == []


@pytest.mark.parametrize(
    "source",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://localhost"},
    ],
    ids=str,
)
async def test_a_page_elsewhere_can_not_write_even_with_the_token(client, signed_in, keys, source):
    csrf = await signed_in()

    assert (await client.request(*UNSAFE, json=BODY, headers=csrf | source)).status_code == 403
    assert await keys.all() == []


async def test_the_own_page_may_write(client, signed_in):
    csrf = await signed_in()
    source = {"origin": "http://localhost", "sec-fetch-site": "same-origin"}

    assert (await client.request(*UNSAFE, json=BODY, headers=csrf | source)).status_code == 201


async def test_a_role_opens_no_more_in_a_browser_than_with_a_key(client, signed_in):
    csrf = await signed_in(Role.ANALYST)

    reply = await client.request(*UNSAFE, json=BODY, headers=csrf)

    assert reply.status_code == 403
    assert "A user of role 'analyst'" in reply.json()["error"]["message"]


async def test_from_the_first_user_on_being_on_this_machine_is_not_enough(client, accounts):
    assert (await client.get("/api/v1/events")).status_code == 200
    await accounts.add("Ada", Role.ADMIN, PASSWORD)

    for headers in ({}, {"authorization": "Bearer sk-upstream"}, {"x-grounding-key": "gw_admin_x"}):
        assert (await client.get("/api/v1/events", headers=headers)).status_code == 401


async def test_a_key_works_beside_a_cookie_and_needs_no_token(client, signed_in, headers_of):
    await signed_in(Role.ANALYST)

    reply = await client.request(*UNSAFE, json=BODY, headers=await headers_of(Role.ADMIN))

    assert reply.status_code == 201


@pytest.mark.parametrize("end", ["sign out", "disable", "password"])
async def test_when_the_session_has_ended_the_browser_must_sign_in_again(client, signed_in, accounts, end):
    await signed_in()
    if end == "sign out":
        await accounts.sessions.end(client.cookies[COOKIE])
    elif end == "disable":
        await accounts.disable("Ada")
    else:
        await accounts.set_password("Ada", PASSWORD + " new")

    assert (await client.get("/api/v1/events")).status_code == 401


async def test_by_https_only_the_cookie_bound_to_the_host_counts(client, signed_in, accounts):
    await signed_in()
    object.__setattr__(accounts, "site", Site("https://guard.example"))

    assert (await client.get("/api/v1/events")).status_code == 401
    client.cookies.set(f"__Host-{COOKIE}", client.cookies[COOKIE])
    assert (await client.get("/api/v1/events")).status_code == 200


async def test_a_feed_does_not_keep_the_session_alive(client, signed_in, accounts, monkeypatch):
    await signed_in()
    used = []
    find = type(accounts.sessions).find

    async def noted(self, token, *, is_in_use=True):
        used.append(is_in_use)
        return await find(self, token, is_in_use=is_in_use)

    monkeypatch.setattr(type(accounts.sessions), "find", noted)
    await client.get("/api/v1/stats", headers={"accept": "text/event-stream"})
    await client.get("/api/v1/stats")

    assert used == [False, True]


async def test_a_cookie_that_nobody_knows_changes_nothing_while_no_sign_in_is_needed(client):
    client.cookies.set(COOKIE, "of another server")

    assert (await client.get("/api/v1/events")).status_code == 200


async def test_no_reply_holds_a_digest_a_hash_or_a_token(client, signed_in, keys):
    csrf = await signed_in()
    replies = [await client.request(*UNSAFE, json=BODY, headers=csrf), await client.get("/api/v1/keys")]
    replies.append(await client.request(*UNSAFE, json=BODY))

    said = "".join(reply.text + str(reply.headers) for reply in replies)
    secrets = (client.cookies[COOKIE], csrf[CSRF_HEADER], PASSWORD, "$argon2")
    assert [secret for secret in secrets if secret in said] == []
