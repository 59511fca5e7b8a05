import pytest

from groundwire.keys.roles import Role
from pages import Page
from people import OTHER_PASSWORD, PASSWORD

ACCOUNT = "/console/account"
COOKIE = "groundwire_session"


@pytest.fixture
async def csrf(accounts, client):
    """Ada is signed in, in this browser; the CSRF token of the session."""
    await accounts.add("Ada", Role.ANALYST, PASSWORD)
    token = await accounts.sign_in("Ada", PASSWORD, "home")
    client.cookies.set(COOKIE, token)
    return (await accounts.sessions.find(token)).csrf


def filled(csrf, **changes):
    return {"csrf_token": csrf, "current": PASSWORD, "new": OTHER_PASSWORD, "again": OTHER_PASSWORD} | changes


async def test_the_page_tells_who_is_signed_in(read, csrf):
    page = await read(ACCOUNT)

    assert "Name Ada Role analyst" in page.text
    assert {field["value"] for field in page.all("input", name_="csrf_token")} == {csrf}
    assert [field["minlength"] for field in page.all("input", name_="new")] == ["12"]


async def test_the_frame_leads_to_the_account(read, csrf):
    assert ACCOUNT in (await read("/console/")).links()


async def test_a_new_password_counts_at_once_and_elsewhere_one_is_signed_out(client, accounts, csrf):
    elsewhere = await accounts.sign_in("Ada", PASSWORD, "home")

    reply = await client.post(f"{ACCOUNT}/password", data=filled(csrf))

    assert "The password is changed." in reply.text
    assert await accounts.sessions.find(elsewhere) is None
    assert await accounts.sign_in("Ada", OTHER_PASSWORD, "home")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"current": OTHER_PASSWORD}, "The current password is wrong."),
        ({"new": "short", "again": "short"}, "has 5 characters; choose one of at least 12"),
        ({"again": PASSWORD}, "not repeated alike"),
        ({"current": ""}, "The current password is wrong."),
    ],
    ids=["wrong", "short", "differs", "empty"],
)
async def test_a_password_that_will_not_do_changes_nothing(client, accounts, csrf, changes, said):
    reply = await client.post(f"{ACCOUNT}/password", data=filled(csrf, **changes))

    assert reply.status_code == 400
    assert said in Page(reply.text).text
    assert PASSWORD not in reply.text
    assert await accounts.sign_in("Ada", PASSWORD, "home")


async def test_without_the_token_of_the_session_nothing_changes(client, accounts, csrf):
    reply = await client.post(f"{ACCOUNT}/password", data=filled("0" * 64))

    assert reply.status_code == 403
    assert await accounts.sign_in("Ada", PASSWORD, "home")


async def test_who_signed_in_with_a_key_has_no_password_to_change(client, read, accounts, keys):
    new = await keys.create(Role.ADMIN, "night shift")
    client.cookies.set(COOKIE, await accounts.sign_in_with_key(new.key, "home"))

    page = await read(ACCOUNT)

    assert "You signed in with a key." in page.text
    assert page.all("input", name_="new") == []


async def test_who_signs_in_elsewhere_has_no_password_here(client, read, accounts):
    user = await accounts.users.create("Ada", Role.ADMIN, subject="https://login.example|1")
    client.cookies.set(COOKIE, await accounts.sessions.open(user_id=user.id))

    assert "You sign in at an identity provider" in (await read(ACCOUNT)).text


async def test_while_nobody_needs_to_sign_in_the_page_says_how_to_begin(client, read):
    page = await read(ACCOUNT)

    assert "groundwire users add NAME --role admin" in page.text
    assert (await client.post(f"{ACCOUNT}/password", data=filled(""))).status_code == 400
