import unicodedata

import pytest

from groundwire.accounts.users import UserStore, proper_name
from groundwire.errors import BadRequest, Conflict, GuardUnavailable, NotFound
from groundwire.keys.roles import Role
from groundwire.storage.database import open_database


@pytest.fixture
def users(database):
    return UserStore(database)


async def test_a_new_user_is_found_by_name(users):
    ada = await users.create(" Ada ", Role.ANALYST, password_hash="kept")

    assert (ada.name, ada.role, ada.is_remote, ada.disabled_at) == ("Ada", Role.ANALYST, False, None)
    assert await users.find("Ada ") == (ada, "kept")
    assert await users.named("Ada") == ada
    assert await users.all() == [ada]


async def test_a_user_of_an_identity_provider_is_found_by_subject(users):
    ada = await users.create("Ada", Role.ADMIN, subject="https://login.example|1")

    assert ada.is_remote
    assert await users.find_subject("https://login.example|1") == ada
    assert await users.find_subject("https://login.example|2") is None


async def test_what_is_kept_of_the_password_does_not_show(users):
    ada = await users.create("Ada", Role.ADMIN, password_hash="$argon2id$kept")

    assert "argon2" not in repr(ada)


async def test_a_name_is_taken_once(users):
    await users.create("J\u00f6rg", Role.ADMIN)

    with pytest.raises(Conflict, match="'J\u00f6rg' already"):
        await users.create(unicodedata.normalize("NFD", "J\u00f6rg"), Role.ANALYST)


async def test_users_analyse_or_administer(users):
    with pytest.raises(BadRequest, match="analyst or admin, not 'app'"):
        await users.create("shop", Role.APP)


@pytest.mark.parametrize(
    "name", ["", "  ", "a" * 101, "a\nb", "a\0", "\ud800", "\u202eada", "local"], ids=lambda name: ascii(name)[:12]
)
def test_a_name_that_nobody_can_have(name):
    with pytest.raises(BadRequest):
        proper_name(name)


@pytest.mark.parametrize("name", ["", "Ada", "\0", "\ud800", "' OR 1=1 --"], ids=ascii)
async def test_an_unknown_user_is_not_found(users, name):
    assert await users.find(name) is None
    with pytest.raises(NotFound):
        await users.named(name)


async def test_from_the_first_user_on_there_are_users(users):
    assert not await users.has_users()
    await users.create("Ada", Role.ADMIN)
    assert await users.has_users()


async def test_the_first_user_of_another_process_is_noticed(database):
    here, there = UserStore(database, refresh_s=0), UserStore(database)
    assert not await here.has_users()
    await there.create("Ada", Role.ADMIN)
    assert await here.has_users()


async def test_without_its_table_nobody_is_let_in(tmp_path):
    database = open_database(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(GuardUnavailable):
        await UserStore(database).has_users()
    await database.close()
