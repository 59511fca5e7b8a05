from datetime import timedelta

import pytest
from sqlalchemy import select

from groundwire.accounts.sessions import SessionStore, csrf_token
from groundwire.accounts.users import UserStore
from groundwire.errors import GuardUnavailable
from groundwire.keys.roles import Role
from groundwire.storage.database import open_database
from groundwire.storage.schema import sessions as table
from stored import NOON

IDLE, LONGEST = timedelta(hours=12), timedelta(days=7)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now

    def pass_(self, **time):
        self.now += timedelta(**time)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def sessions(database, clock):
    return SessionStore(database, idle=IDLE, longest=LONGEST, now=clock)


@pytest.fixture
def users(database):
    return UserStore(database)


@pytest.fixture
async def ada(users):
    return await users.create("Ada", Role.ANALYST)


def rows(database):
    with database.engine.connect() as connection:
        return connection.execute(select(table)).all()


async def test_a_session_tells_who_is_signed_in(sessions, ada):
    token = await sessions.open(user_id=ada.id)

    found = await sessions.find(token)

    assert (found.name, found.role, found.user_id, found.key_id) == ("Ada", Role.ANALYST, ada.id, None)


async def test_a_session_of_a_key_has_its_name_and_role(sessions, keys):
    new = await keys.create(Role.ADMIN, "night shift")

    found = await sessions.find(await sessions.open(key_id=new.record.id))

    assert (found.name, found.role, found.user_id, found.key_id) == ("night shift", Role.ADMIN, None, new.record.id)


async def test_the_token_is_stored_nowhere(sessions, ada, database):
    token = await sessions.open(user_id=ada.id)
    found = await sessions.find(token)

    assert token not in repr(rows(database))
    assert token not in repr(found)
    assert found.csrf not in repr(found)
    assert found.csrf not in repr(rows(database))


async def test_tokens_are_long_and_no_two_are_alike(sessions, ada):
    tokens = {await sessions.open(user_id=ada.id) for _ in range(20)}

    assert {len(token) for token in tokens} == {43}
    assert len(tokens) == 20


@pytest.mark.parametrize("token", ["", "nonsense", "\ud800", "\0", "x" * 100_000], ids=lambda token: ascii(token)[:10])
async def test_an_unknown_token_is_nobodys(sessions, ada, token):
    await sessions.open(user_id=ada.id)

    assert await sessions.find(token) is None


async def test_an_unused_session_ends(sessions, ada, clock):
    token = await sessions.open(user_id=ada.id)

    clock.pass_(hours=12)

    assert await sessions.find(token) is None


async def test_a_used_session_goes_on_until_its_absolute_end(sessions, ada, clock):
    token = await sessions.open(user_id=ada.id)
    hours = 0
    while await sessions.find(token):
        clock.pass_(hours=11)
        hours += 11

    assert hours == 176  # the first multiple of 11 that is not within 7 days


async def test_a_page_that_only_waits_does_not_keep_the_session_alive(sessions, ada, clock):
    token = await sessions.open(user_id=ada.id)
    clock.pass_(hours=11)
    assert await sessions.find(token, is_in_use=False)
    clock.pass_(hours=1)

    assert await sessions.find(token) is None


async def test_a_session_is_written_at_most_once_a_minute(sessions, ada, clock, database):
    token = await sessions.open(user_id=ada.id)
    clock.pass_(seconds=59)
    await sessions.find(token)
    [before] = rows(database)
    clock.pass_(seconds=1)
    await sessions.find(token)
    [after] = rows(database)

    assert before.expires_at == NOON + IDLE
    assert after.expires_at == NOON + IDLE + timedelta(minutes=1)


async def test_shorter_limits_hold_for_sessions_that_are_open(sessions, ada, clock, database):
    token = await sessions.open(user_id=ada.id)
    clock.pass_(hours=2)
    stricter = SessionStore(database, idle=IDLE, longest=timedelta(hours=1), now=clock)

    assert await stricter.find(token) is None


async def test_a_user_was_last_seen_when_using_a_session(sessions, ada, clock, users):
    token = await sessions.open(user_id=ada.id)
    seen = [(await users.named("Ada")).last_seen_at]
    clock.pass_(hours=1)
    await sessions.find(token)
    seen.append((await users.named("Ada")).last_seen_at)

    assert seen == [NOON, NOON + timedelta(hours=1)]


async def test_a_session_that_was_signed_out_is_over(sessions, ada):
    mine, other = await sessions.open(user_id=ada.id), await sessions.open(user_id=ada.id)

    await sessions.end(mine)
    await sessions.end(mine)

    assert await sessions.find(mine) is None
    assert await sessions.find(other)


async def test_all_sessions_of_a_user_but_one_end(sessions, ada, users):
    bob = await users.create("Bob", Role.ADMIN)
    mine, other = await sessions.open(user_id=ada.id), await sessions.open(user_id=ada.id)
    bobs = await sessions.open(user_id=bob.id)

    await sessions.end_all(ada.id, but=mine)

    assert [bool(await sessions.find(token)) for token in (mine, other, bobs)] == [True, False, True]


async def test_a_disabled_user_has_no_session_even_where_one_is_stored(sessions, ada, users):
    token = await sessions.open(user_id=ada.id)
    await users.change(ada.id, disabled_at=NOON)

    assert await sessions.find(token) is None


async def test_revoking_the_key_ends_its_sessions(sessions, keys):
    new = await keys.create(Role.ANALYST, "night shift")
    token = await sessions.open(key_id=new.record.id)
    await keys.revoke(new.record.id)

    assert await sessions.find(token) is None


async def test_a_session_of_nobody_opens_nothing(sessions):
    assert await sessions.find(await sessions.open()) is None


async def test_a_changed_role_counts_at_once(sessions, ada, users):
    token = await sessions.open(user_id=ada.id)
    await users.change(ada.id, role="admin")

    assert (await sessions.find(token)).role is Role.ADMIN


async def test_ended_sessions_are_cleared_away(sessions, ada, clock, database):
    await sessions.open(user_id=ada.id)
    clock.pass_(days=1)
    await sessions.open(user_id=ada.id)

    assert len(rows(database)) == 1


async def test_the_csrf_token_belongs_to_its_session(sessions, ada):
    mine, other = await sessions.open(user_id=ada.id), await sessions.open(user_id=ada.id)
    found = await sessions.find(mine)

    assert found.csrf == (await sessions.find(mine)).csrf == csrf_token(mine)
    assert found.csrf != (await sessions.find(other)).csrf
    assert mine not in found.csrf


async def test_without_its_table_nobody_is_let_in(tmp_path):
    database = open_database(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(GuardUnavailable):
        await SessionStore(database).find("token")
    await database.close()
