import asyncio

import pytest
from argon2 import PasswordHasher

from groundwire.accounts.passwords import Passwords
from groundwire.errors import AuthenticationFailed, BadRequest, NotFound, PermissionDenied, TooManyAttempts
from groundwire.keys.roles import Role
from people import OTHER_PASSWORD, PASSWORD, accounts_in

HOME = "192.0.2.1"


@pytest.fixture
async def ada(accounts):
    return await accounts.add("Ada", Role.ANALYST, PASSWORD)


async def test_name_and_password_open_a_session(accounts, ada):
    token = await accounts.sign_in("Ada", PASSWORD, HOME)

    assert (await accounts.sessions.find(token)).user_id == ada.id


@pytest.mark.parametrize(
    ("name", "password"),
    [("Ada", OTHER_PASSWORD), ("Bob", PASSWORD), ("ada", PASSWORD), ("", ""), ("Ada", ""), ("Ada", "\ud800")],
    ids=ascii,
)
async def test_whatever_is_wrong_the_answer_is_the_same(accounts, ada, name, password):
    with pytest.raises(AuthenticationFailed) as caught:
        await accounts.sign_in(name, password, HOME)

    assert caught.value.message == "The name or the password is wrong."


async def test_a_disabled_user_stays_out(accounts, ada):
    token = await accounts.sign_in("Ada", PASSWORD, HOME)

    disabled = await accounts.disable("Ada")

    assert disabled.disabled_at
    assert await accounts.disable("Ada") == disabled
    assert await accounts.sessions.find(token) is None
    with pytest.raises(AuthenticationFailed, match=r"^The name or the password is wrong\.$"):
        await accounts.sign_in("Ada", PASSWORD, HOME)


async def test_who_is_enabled_again_may_sign_in_again(accounts, ada):
    await accounts.disable("Ada")
    assert (await accounts.enable("Ada")).disabled_at is None

    assert await accounts.sign_in("Ada", PASSWORD, HOME)


async def test_a_role_is_changed_at_once(accounts, ada):
    token = await accounts.sign_in("Ada", PASSWORD, HOME)

    await accounts.set_role("Ada", Role.ADMIN)

    assert (await accounts.sessions.find(token)).role is Role.ADMIN
    with pytest.raises(BadRequest, match="not 'app'"):
        await accounts.set_role("Ada", Role.APP)


async def test_a_user_without_a_password_can_not_sign_in_with_one(accounts):
    await accounts.users.create("Ada", Role.ADMIN, subject="https://login.example|1")

    with pytest.raises(AuthenticationFailed):
        await accounts.sign_in("Ada", "", HOME)


async def test_many_failures_make_even_the_right_password_wait(accounts, ada):
    for _ in range(5):
        with pytest.raises(AuthenticationFailed):
            await accounts.sign_in("Ada", OTHER_PASSWORD, HOME)

    with pytest.raises(TooManyAttempts):
        await accounts.sign_in("Ada", PASSWORD, HOME)
    assert await accounts.sign_in("Ada", PASSWORD, "198.51.100.7")


async def test_attempts_at_the_same_time_are_counted_before_they_are_compared(accounts, ada):
    attempts = [accounts.sign_in("Ada", OTHER_PASSWORD, HOME) for _ in range(30)]

    ended = await asyncio.gather(*attempts, return_exceptions=True)

    assert sum(isinstance(error, AuthenticationFailed) for error in ended) == 5
    assert sum(isinstance(error, TooManyAttempts) for error in ended) == 25


async def test_a_success_makes_earlier_mistypings_forgotten(accounts, ada):
    for _ in range(4):
        with pytest.raises(AuthenticationFailed):
            await accounts.sign_in("Ada", OTHER_PASSWORD, HOME)
        await accounts.sign_in("Ada", PASSWORD, HOME)


async def test_a_password_is_hashed_anew_when_the_cost_has_changed(accounts, ada, database, keys):
    costlier = Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    later = accounts_in(database, keys, passwords=costlier)

    await later.sign_in("Ada", PASSWORD, HOME)

    _, kept = await later.users.find("Ada")
    assert "t=2" in kept
    assert await later.sign_in("Ada", PASSWORD, HOME)


async def test_a_changed_password_ends_the_other_sessions(accounts, ada):
    mine, other = [await accounts.sign_in("Ada", PASSWORD, HOME) for _ in range(2)]
    session = await accounts.sessions.find(mine)

    await accounts.change_password(session, mine, PASSWORD, OTHER_PASSWORD, HOME)

    assert await accounts.sessions.find(mine)
    assert await accounts.sessions.find(other) is None
    assert await accounts.sign_in("Ada", OTHER_PASSWORD, HOME)
    with pytest.raises(AuthenticationFailed):
        await accounts.sign_in("Ada", PASSWORD, HOME)


@pytest.mark.parametrize(
    ("current", "new", "error"),
    [(OTHER_PASSWORD, OTHER_PASSWORD, AuthenticationFailed), (PASSWORD, "short", BadRequest)],
    ids=["wrong", "short"],
)
async def test_a_change_that_fails_changes_nothing(accounts, ada, current, new, error):
    mine, other = [await accounts.sign_in("Ada", PASSWORD, HOME) for _ in range(2)]

    with pytest.raises(error):
        await accounts.change_password(await accounts.sessions.find(mine), mine, current, new, HOME)

    assert await accounts.sessions.find(other)
    assert await accounts.sign_in("Ada", PASSWORD, HOME)


async def test_guessing_the_current_password_is_slowed_down_too(accounts, ada):
    token = await accounts.sign_in("Ada", PASSWORD, HOME)
    session = await accounts.sessions.find(token)
    for _ in range(5):
        with pytest.raises(AuthenticationFailed):
            await accounts.change_password(session, token, OTHER_PASSWORD, OTHER_PASSWORD, HOME)

    with pytest.raises(TooManyAttempts):
        await accounts.change_password(session, token, PASSWORD, OTHER_PASSWORD, HOME)


async def test_a_password_set_by_an_admin_ends_all_sessions(accounts, ada):
    token = await accounts.sign_in("Ada", PASSWORD, HOME)

    await accounts.set_password("Ada", OTHER_PASSWORD)

    assert await accounts.sessions.find(token) is None
    assert await accounts.sign_in("Ada", OTHER_PASSWORD, HOME)


async def test_who_signs_in_elsewhere_has_no_password_here(accounts):
    user = await accounts.users.create("Ada", Role.ADMIN, subject="https://login.example|1")
    token = await accounts.sessions.open(user_id=user.id)

    with pytest.raises(BadRequest, match="identity provider"):
        await accounts.set_password("Ada", PASSWORD)
    with pytest.raises(BadRequest, match="identity provider"):
        await accounts.change_password(await accounts.sessions.find(token), token, "", PASSWORD, HOME)


async def test_a_weak_password_makes_no_user(accounts):
    with pytest.raises(BadRequest, match="at least 12"):
        await accounts.add("Ada", Role.ADMIN, "short")

    assert await accounts.users.all() == []


async def test_unknown_users_can_not_be_changed(accounts):
    for change in (accounts.disable, accounts.enable):
        with pytest.raises(NotFound):
            await change("Ada")
    with pytest.raises(NotFound):
        await accounts.set_password("Ada", PASSWORD)


async def test_a_key_signs_in_and_ends_with_its_revocation(accounts, keys):
    new = await keys.create(Role.ANALYST, "night shift")
    token = await accounts.sign_in_with_key(f" {new.key}\n", HOME)
    session = await accounts.sessions.find(token)

    with pytest.raises(BadRequest, match="no password"):
        await accounts.change_password(session, token, "", PASSWORD, HOME)
    await keys.revoke(new.record.id)

    assert session.name == "night shift"
    assert await accounts.sessions.find(token) is None


async def test_a_key_of_an_app_does_not_sign_in(accounts, keys):
    new = await keys.create(Role.APP, "shop")

    with pytest.raises(PermissionDenied, match="for the wire"):
        await accounts.sign_in_with_key(new.key, HOME)


async def test_guessing_keys_is_slowed_down(accounts, keys):
    for number in range(5):
        with pytest.raises(AuthenticationFailed, match="not known"):
            await accounts.sign_in_with_key(f"gw_admin_{number}", HOME)

    with pytest.raises(TooManyAttempts):
        await accounts.sign_in_with_key((await keys.create(Role.ADMIN, "me")).key, HOME)


async def test_signing_in_is_needed_from_the_first_user_or_key_on(accounts, keys):
    assert not await accounts.need_sign_in()
    await keys.create(Role.ADMIN, "me")
    assert await accounts.need_sign_in()


async def test_signing_in_is_needed_when_there_are_users_alone(accounts, ada):
    assert await accounts.need_sign_in()


async def test_nothing_secret_is_written_into_the_log(accounts, ada, caplog):
    caplog.set_level("DEBUG")
    token = await accounts.sign_in("Ada", PASSWORD, HOME)
    session = await accounts.sessions.find(token)
    with pytest.raises(AuthenticationFailed):
        await accounts.sign_in("Ada", OTHER_PASSWORD, HOME)

    said = caplog.text + repr(accounts) + repr(session)
    assert [each for each in (token, session.csrf, PASSWORD, OTHER_PASSWORD, "$argon2") if each in said] == []
