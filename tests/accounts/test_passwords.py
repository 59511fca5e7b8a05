import asyncio

import pytest
from argon2 import PasswordHasher

from groundwire.accounts import passwords as passwords_module
from groundwire.accounts.passwords import MAX_CHARS, Passwords, require_strength
from groundwire.errors import BadRequest
from people import CHEAP, OTHER_PASSWORD, PASSWORD


@pytest.fixture
def passwords():
    return Passwords(CHEAP)


async def test_a_password_matches_what_was_kept_of_it_and_nothing_else_does(passwords):
    kept = await passwords.hash(PASSWORD)

    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept
    assert await passwords.matches(kept, PASSWORD)
    assert not await passwords.matches(kept, OTHER_PASSWORD)
    assert not await passwords.matches(kept, PASSWORD.upper())


async def test_two_users_with_the_same_password_do_not_look_alike(passwords):
    assert await passwords.hash(PASSWORD) != await passwords.hash(PASSWORD)


async def test_an_accented_letter_is_the_same_however_the_keyboard_sends_it(passwords):
    kept = await passwords.hash("vier w\u00f6rter hier")

    assert await passwords.matches(kept, "vier wo\u0308rter hier")


@pytest.mark.parametrize("kept", [None, "", "nonsense", "$argon2id$v=19$m=8,t=1,p=1$"], ids=repr)
async def test_without_a_kept_password_nothing_matches(passwords, kept):
    assert not await passwords.matches(kept, PASSWORD)


async def test_an_unknown_user_costs_a_comparison_too(passwords, monkeypatch):
    compared = []
    verify = Passwords._verify
    monkeypatch.setattr(
        Passwords, "_verify", lambda self, kept, given: compared.append(kept) or verify(self, kept, given)
    )

    await passwords.matches(None, PASSWORD)

    assert [kept.split("$")[1:4] for kept in compared] == [["argon2id", "v=19", "m=8,t=1,p=1"]]


@pytest.mark.parametrize(
    "given", ["\ud800" * 12, "x" * (MAX_CHARS + 1), "", "\0" * 12], ids=["half", "long", "none", "nul"]
)
async def test_what_nobody_can_have_chosen_is_wrong(passwords, given):
    assert not await passwords.matches(await passwords.hash(PASSWORD), given)


async def test_only_a_few_are_compared_at_once(passwords, monkeypatch):
    running, most = 0, 0

    async def slow(*_):
        nonlocal running, most
        running, most = running + 1, max(most, running + 1)
        await asyncio.sleep(0)
        running -= 1
        return True

    monkeypatch.setattr(passwords_module.asyncio, "to_thread", slow)
    await asyncio.gather(*(passwords.matches("kept", PASSWORD) for _ in range(20)))

    assert most == 2


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("elevensigns", "has 11 characters; choose one of at least 12"),
        ("", "has 0 characters"),
        ("x" * (MAX_CHARS + 1), f"longer than {MAX_CHARS}"),
        ("twelve signs\udcff", "no text"),
    ],
    ids=["short", "empty", "long", "no text"],
)
def test_a_password_that_will_not_do_is_refused_and_never_repeated(password, said):
    with pytest.raises(BadRequest, match=said) as caught:
        require_strength(password)

    assert not password or password not in str(caught.value)


def test_twelve_characters_will_do():
    require_strength("twelve signs")


async def test_a_password_hashed_at_another_cost_is_outdated(passwords):
    kept = await passwords.hash(PASSWORD)

    assert not passwords.is_outdated(kept)
    assert Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)).is_outdated(kept)
