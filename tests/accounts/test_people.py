import asyncio

import pytest

from groundwire.accounts.people import Admission, Person, admit
from groundwire.accounts.users import UserStore
from groundwire.errors import AuthenticationFailed, PermissionDenied
from groundwire.keys.roles import Role

ISSUER = "https://login.example"
ADA = {"sub": "42", "email": "ada@example.com", "email_verified": True, "preferred_username": "ada", "name": "Ada L"}


def role_of(claims, **options):
    return Admission(**options).person(ISSUER, ADA | claims).role


def test_a_person_is_whom_the_issuer_calls_by_that_subject():
    person = Admission().person(ISSUER, ADA)

    assert person == Person("https://login.example|42", "ada@example.com", Role.ANALYST)


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({}, "ada@example.com"),
        ({"email_verified": False}, "ada"),
        ({"email_verified": None, "preferred_username": None}, "Ada L"),
        ({"email_verified": "true"}, "ada@example.com"),
        ({"email": 7, "preferred_username": "local", "name": "a\nb"}, "42"),
        ({"email": None, "preferred_username": None, "name": None, "sub": "local"}, "user"),
        ({"email": "a" * 300}, "a" * 80),
    ],
    ids=["address", "not verified", "name", "as text", "unshowable", "nothing", "long"],
)
def test_the_name_is_the_first_that_can_be_shown(claims, name):
    assert Admission().person(ISSUER, ADA | claims).name == name


GROUPS = {"role_claim": "groups", "admin_values": frozenset({"boss"}), "analyst_values": frozenset({"staff"})}


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ({"groups": ["staff", "boss"]}, Role.ADMIN),
        ({"groups": "boss"}, Role.ADMIN),
        ({"groups": ["staff"]}, Role.ANALYST),
        ({"groups": ["Boss"]}, None),
        ({"groups": []}, None),
        ({"groups": {"boss": True}}, None),
        ({"groups": [["boss"], 7, None]}, None),
        ({}, None),
    ],
    ids=str,
)
def test_a_claim_gives_the_role(claims, role):
    if role is None:
        with pytest.raises(PermissionDenied, match="no role here"):
            role_of(claims, **GROUPS, default_role=None)
    else:
        assert role_of(claims, **GROUPS, default_role=None) is role


def test_who_has_none_of_the_values_gets_the_default_role():
    assert role_of({"groups": ["guests"]}, **GROUPS) is Role.ANALYST


@pytest.mark.parametrize(
    ("claim", "claims"),
    [
        ("realm_access.roles", {"realm_access": {"roles": ["boss"]}}),
        ("https://example.com/roles", {"https://example.com/roles": ["boss"]}),
    ],
)
def test_a_claim_may_be_within_an_object_or_have_dots_in_its_name(claim, claims):
    assert role_of(claims, role_claim=claim, admin_values=frozenset({"boss"})) is Role.ADMIN


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "ada@evil.example"},
        {"email": "ada@example.com.evil.example"},
        {"email": "ada@sub.example.com"},
        {"email_verified": False},
        {"email_verified": None},
        {"email": None},
        {"email": "example.com@"},
    ],
    ids=str,
)
def test_only_verified_addresses_of_allowed_domains_may_come_in(claims):
    domains = frozenset({"example.com"})

    assert role_of({"email": "ADA@Example.com"}, allowed_domains=domains)
    with pytest.raises(PermissionDenied, match="verified addresses"):
        role_of(claims, allowed_domains=domains)


@pytest.mark.parametrize("subject", ["x" * 600, "a\0b"], ids=["long", "nul"])
def test_a_subject_that_can_not_be_kept_is_refused(subject):
    with pytest.raises(AuthenticationFailed):
        Admission().person(ISSUER, ADA | {"sub": subject})


@pytest.fixture
def users(database):
    return UserStore(database)


def person(number=1, name="ada", role=Role.ANALYST, **changes):
    return Person(f"{ISSUER}|{number}", name, role, **changes)


async def test_the_first_time_makes_a_user_and_later_ones_find_it(users):
    first = await admit(users, person())
    later = await admit(users, person(name="ada.lovelace"))

    assert (first.name, first.role, first.is_remote) == ("ada", Role.ANALYST, True)
    assert later == first


async def test_a_name_that_is_taken_never_leads_into_somebody_elses_account(users):
    local = await users.create("ada", Role.ADMIN, password_hash="kept")

    second, third = await admit(users, person(1)), await admit(users, person(2))

    assert [second.name, third.name] == ["ada (2)", "ada (3)"]
    assert len({local.id, second.id, third.id}) == 3


async def test_after_many_of_one_name_there_still_is_one(users):
    names = [(await admit(users, person(number))).name for number in range(25)]

    assert len(set(names)) == 25


async def test_who_comes_twice_at_once_is_one_user(users):
    admitted = await asyncio.gather(*(admit(users, person()) for _ in range(4)))

    assert len({user.id for user in admitted}) == 1
    assert len(await users.all()) == 1


async def test_a_role_that_the_provider_gives_is_followed(users):
    await admit(users, person(role=Role.ADMIN, has_given_role=True))
    await admit(users, person(role=Role.ANALYST, has_given_role=True))

    assert (await users.named("ada")).role is Role.ANALYST


async def test_a_default_role_changes_nobody(users):
    await admit(users, person(role=Role.ADMIN))
    await admit(users, person(role=Role.ANALYST))

    assert (await users.named("ada")).role is Role.ADMIN


async def test_a_disabled_user_stays_out(users):
    user = await admit(users, person())
    await users.change(user.id, disabled_at=user.created_at)

    with pytest.raises(AuthenticationFailed, match="disabled"):
        await admit(users, person())
