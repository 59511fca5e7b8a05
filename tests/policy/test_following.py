import asyncio
import contextlib
import threading

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from groundwire.policy.following import described, follow_policies, take_up
from groundwire.policy.policies import Policies
from groundwire.policy.policy import policy_from
from groundwire.policy.store import PolicyStore
from groundwire.policy.versions import Author
from groundwire.settings import PolicySettings
from groundwire.storage.schema import policy_versions

USUAL, STRICT = PolicySettings(), PolicySettings(thresholds={"support": 0.8})


@pytest.fixture
def policies():
    return Policies({"default": policy_from("default", USUAL)})


@pytest.fixture
def put(store):
    """Put settings in force, as an admin does."""

    def apply(settings, name="default"):
        version = store.propose(name, settings, Author("Ada"), store.history(name).state)
        return store.apply(name, version.number, "Ada", store.history(name).state)

    return apply


async def once(is_so):
    for _ in range(5_000):
        if is_so():
            return
        await asyncio.sleep(0.002)
    raise AssertionError("It never happened.")


def test_what_was_applied_is_in_force_until_it_is_taken_back(store, policies, put):
    version = put(STRICT)
    assert take_up(store, policies) == ["default"]
    assert policies.find("default").strictness.min_support == 0.8
    assert take_up(store, policies) == []

    store.withdraw("default", version.number, "Ada", store.history("default").state)
    assert take_up(store, policies) == ["default"]
    assert policies.find("default") == policies.file["default"]


def test_a_policy_can_be_of_the_console_alone(store, policies, put):
    put(STRICT, "support")
    take_up(store, policies)

    assert policies.names == ["default", "support"]


def test_it_is_told_where_a_policy_comes_from(store, policies, put):
    assert described(policies, "default").startswith("default from the settings file (version ")
    put(STRICT)
    take_up(store, policies)
    assert described(policies, "default") == f"default from the console (version {policies.find('default').version})"
    assert described(policies, "gone") == "no policy gone"


def test_settings_that_can_not_be_read_leave_what_is_in_force(store, policies, put, database, caplog):
    put(STRICT)
    take_up(store, policies)
    with database.engine.begin() as connection:
        connection.execute(update(policy_versions).values(settings={"colour": "red"}))

    assert take_up(store, policies) == []
    assert policies.find("default").strictness.min_support == 0.8
    fresh = Policies({"default": policy_from("default", USUAL)})
    assert take_up(store, fresh) == []
    assert "Version 1 of policy 'default' can't be read; the file's is in force" in caplog.text


async def test_other_processes_follow(database, store, policies, put, caplog):
    caplog.set_level("INFO")
    following = asyncio.create_task(follow_policies(PolicyStore(database), policies, interval_s=0.005))
    await asyncio.to_thread(put, STRICT)
    await once(lambda: "Now in force: default from the console" in caplog.text)
    following.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await following

    assert policies.find("default").strictness.min_support == 0.8


async def test_following_survives_a_database_that_is_away(database, policies, caplog):
    looks = []

    class Away(PolicyStore):
        def applied(self):
            looks.append(1)
            raise OperationalError("select", {}, Exception("away"))

    following = asyncio.create_task(follow_policies(Away(database), policies, interval_s=0.001))
    await once(lambda: len(looks) > 1)
    following.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await following

    assert policies.names == ["default"]
    assert "the present ones stay in force" in caplog.text


async def test_closing_the_database_waits_for_a_look_in_progress(database, policies):
    looks, opened = [], threading.Event()

    class Slow(PolicyStore):
        def applied(self):
            looks.append("begun")
            assert opened.wait(10)
            found = super().applied()
            looks.append("ended")
            return found

    following = asyncio.create_task(follow_policies(Slow(database), policies, interval_s=0.001))
    await once(lambda: looks)
    following.cancel()
    await asyncio.wait([following])
    closing = asyncio.create_task(database.close())
    await asyncio.wait([closing], timeout=0.02)
    opened.set()
    await closing

    assert looks == ["begun", "ended"]
