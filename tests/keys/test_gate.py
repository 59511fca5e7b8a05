import pytest

from groundwire.errors import AuthenticationFailed, PermissionDenied
from groundwire.keys.gate import Identity, KeyGate, identify, presented_key
from groundwire.keys.roles import Permission, Role
from groundwire.keys.store import KeyStore
from groundwire.proxy.callers import Caller

LOCAL = {"host": "localhost:8080"}


@pytest.fixture
async def keys(database):
    async with KeyStore(database) as store:
        yield store


@pytest.fixture
async def app_key(keys):
    return await keys.create(Role.APP, "shop")


def bearer(key):
    return LOCAL | {"authorization": f"Bearer {key}"}


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        ({}, ""),
        ({"authorization": "Bearer gw_app_x"}, "gw_app_x"),
        ({"authorization": "bearer  gw_app_x "}, "gw_app_x"),
        ({"authorization": "Basic gw_app_x"}, ""),
        ({"x-grounding-key": "gw_app_y", "authorization": "Bearer sk-1"}, "gw_app_y"),
    ],
    ids=str,
)
def test_a_key_is_found_in_the_headers(headers, key):
    assert presented_key(headers).key == key


async def test_without_keys_everyone_here_is_admin_and_the_upstream_key_goes_on(keys):
    assert await KeyGate(keys).admit(bearer("sk-upstream")) == Caller()
    assert await identify(keys, LOCAL, Permission.ADMINISTER) == Identity(Role.ADMIN)


async def test_where_people_sign_in_being_here_is_not_enough(keys):
    with pytest.raises(AuthenticationFailed, match="A key is required"):
        await identify(keys, LOCAL, Permission.READ, has_users=True)
    with pytest.raises(AuthenticationFailed, match="not known"):
        await identify(keys, bearer("sk-upstream"), Permission.READ, has_users=True)


async def test_whoever_calls_has_a_name(keys):
    assert (await identify(keys, LOCAL, Permission.READ)).name == "local"
    new = await keys.create(Role.ANALYST, "night shift")
    assert (await identify(keys, bearer(new.key), Permission.READ)).name == "night shift"


async def test_without_keys_a_groundwire_key_is_a_mistake_and_not_passed_on(keys):
    with pytest.raises(AuthenticationFailed, match="not known"):
        await KeyGate(keys).admit(bearer("gw_app_old"))


async def test_without_keys_a_web_page_elsewhere_is_refused(keys):
    with pytest.raises(PermissionDenied):
        await KeyGate(keys).admit(LOCAL | {"origin": "https://evil.example"})


async def test_a_groundwire_key_is_not_passed_on(keys, app_key):
    caller = await KeyGate(keys).admit(bearer(app_key.key))
    assert caller == Caller(app_key.record.id, may_set_mode=False, owns_authorization=False)


async def test_beside_our_own_header_the_upstream_key_is_passed_on(keys, app_key):
    caller = await KeyGate(keys).admit(bearer("sk-upstream") | {"x-grounding-key": app_key.key})
    assert caller.owns_authorization


async def test_an_admin_may_choose_the_mode(keys):
    admin = await keys.create(Role.ADMIN, "me")
    assert (await KeyGate(keys).admit(bearer(admin.key))).may_set_mode


@pytest.mark.parametrize("headers", [LOCAL, bearer("sk-upstream"), bearer("gw_app_x"), bearer("")], ids=str)
async def test_with_keys_nobody_comes_in_without_one(keys, app_key, headers):
    with pytest.raises(AuthenticationFailed):
        await KeyGate(keys).admit(headers)


async def test_with_keys_the_host_does_not_matter(keys, app_key):
    caller = await KeyGate(keys).admit(bearer(app_key.key) | {"host": "proxy.example"})
    assert caller.key_id == app_key.record.id


@pytest.mark.parametrize(
    ("role", "permission"),
    [(Role.ANALYST, Permission.WIRE), (Role.APP, Permission.READ), (Role.ANALYST, Permission.ADMINISTER)],
    ids=str,
)
async def test_a_key_opens_only_what_its_role_may(keys, role, permission):
    new = await keys.create(role, "x")
    with pytest.raises(PermissionDenied, match=f"role '{role.value}'"):
        await identify(keys, bearer(new.key), permission)
