import asyncio
import re

import pytest
from sqlalchemy import select

from groundwire.errors import GuardUnavailable, NotFound
from groundwire.keys import store as store_module
from groundwire.keys.roles import Role
from groundwire.keys.store import KeyStore
from groundwire.storage.database import open_database
from groundwire.storage.schema import keys as table


@pytest.fixture
async def keys(database):
    async with KeyStore(database) as store:
        yield store


@pytest.mark.parametrize("role", Role)
async def test_a_new_key_is_recognised(keys, role):
    new = await keys.create(role, "shop")
    assert re.fullmatch(rf"gw_{role.value}_[A-Za-z0-9]{{40}}", new.key)
    found = await keys.authenticate(new.key)
    assert (found.id, found.role, found.name) == (new.record.id, role, "shop")


async def test_the_key_is_stored_nowhere(keys, database):
    new = await keys.create(Role.APP, "shop")
    with database.engine.connect() as connection:
        row = connection.execute(select(table)).one()
    assert new.key.removeprefix("gw_app_") not in repr(row)
    assert new.key not in repr(new)


async def test_no_two_keys_are_alike(keys):
    made = [(await keys.create(Role.APP, "shop")).key for _ in range(20)]
    assert len(set(made)) == 20


@pytest.mark.parametrize("change", [str.upper, lambda key: key[:-1], lambda key: key + "a", lambda key: f" {key}"])
async def test_an_altered_key_is_not_recognised(keys, change):
    new = await keys.create(Role.APP, "shop")
    assert await keys.authenticate(change(new.key)) is None


@pytest.mark.parametrize("presented", ["", "gw_admin_", "\ud800", "\x00", "x" * 100_000], ids=lambda text: text[:9])
async def test_nonsense_is_not_recognised(keys, presented):
    await keys.create(Role.APP, "shop")
    assert await keys.authenticate(presented) is None


async def test_a_digest_that_only_begins_like_a_known_one_is_not_enough(keys, monkeypatch):
    new = await keys.create(Role.APP, "shop")
    start = store_module._digest(new.key)[:16]
    monkeypatch.setattr(store_module, "_digest", lambda _: start + "0" * 48)
    assert await keys.authenticate("anything") is None


async def test_a_revoked_key_stops_working_at_once(keys):
    new = await keys.create(Role.APP, "shop")
    assert await keys.authenticate(new.key)
    assert not (await keys.revoke(new.record.id)).is_active
    assert await keys.authenticate(new.key) is None


async def test_revoking_twice_keeps_the_first_time(keys):
    new = await keys.create(Role.APP, "shop")
    first = await keys.revoke(new.record.id)
    assert await keys.revoke(new.record.id) == first


async def test_an_unknown_key_can_not_be_revoked(keys):
    with pytest.raises(NotFound, match="key_nobody"):
        await keys.revoke("key_nobody")


async def test_revoking_the_last_key_does_not_open_the_door(keys):
    assert not await keys.has_keys()
    new = await keys.create(Role.ADMIN, "me")
    await keys.revoke(new.record.id)
    assert await keys.has_keys()


async def test_keys_of_another_process_are_known_after_a_while(database, keys):
    async with KeyStore(database, refresh_s=0.05) as here:
        assert not await here.has_keys()
        new = await keys.create(Role.APP, "shop")
        await asyncio.sleep(0.06)
        assert await here.authenticate(new.key)
        await keys.revoke(new.record.id)
        await asyncio.sleep(0.06)
        assert await here.authenticate(new.key) is None


async def test_many_requests_read_the_keys_once(keys, monkeypatch):
    reads = []
    monkeypatch.setattr(KeyStore, "_read", counted(KeyStore._read, reads))
    await asyncio.gather(*(keys.authenticate("gw_app_x") for _ in range(50)))
    assert len(reads) == 1


def counted(method, calls):
    async def wrapper(self):
        calls.append(1)
        return await method(self)

    return wrapper


async def test_the_last_use_is_noted_in_the_end(database):
    async with KeyStore(database) as keys:
        used, unused = await keys.create(Role.APP, "a"), await keys.create(Role.APP, "b")
        await keys.authenticate(used.key)
    noted = {record.id: record.last_used_at for record in await KeyStore(database).all()}
    assert noted[used.record.id] is not None
    assert noted[unused.record.id] is None


async def test_the_last_use_is_noted_while_running(keys, monkeypatch):
    monkeypatch.setattr(store_module, "_NOTE_USES_EVERY_S", 0.0)
    new = await keys.create(Role.APP, "a")
    await keys.authenticate(new.key)
    async with asyncio.timeout(5):
        while (await keys.all())[0].last_used_at is None:  # noqa: ASYNC110 - nobody tells when it is written
            await asyncio.sleep(0.005)


async def test_nobody_is_let_in_while_the_keys_can_not_be_read(tmp_path):
    database = open_database(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(GuardUnavailable, match="can't be read"):
        await KeyStore(database).authenticate("gw_app_x")
    await database.close()
