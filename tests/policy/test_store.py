from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update

from groundwire.errors import BadRequest, Conflict, NotFound
from groundwire.policy.policy import policy_version
from groundwire.policy.store import PolicyStore
from groundwire.policy.versions import Author, VersionState
from groundwire.settings import PolicySettings
from groundwire.storage.schema import policy_versions

ADA, BEN = Author("Ada", "stricter"), Author("Ben")
USUAL, STRICT, LOOSE = (PolicySettings(thresholds={"support": support}) for support in (0.5, 0.8, 0.2))


@pytest.fixture
def seen(store):
    """The state of the history as it is right now."""
    return lambda policy="default": store.history(policy).state


def states(store, policy="default"):
    return {version.number: version.state.value for version in store.history(policy).versions}


def test_a_proposal_is_kept_with_its_author_and_changes_nothing(store, seen):
    made = store.propose("default", STRICT, ADA, seen())

    [found] = store.history("default").versions
    assert found == made
    assert (found.number, found.author, found.note, found.settings) == (1, "Ada", "stricter", STRICT)
    assert (found.version, found.state) == (policy_version(STRICT), VersionState.DRAFT)
    assert store.applied() == {}


def test_a_version_goes_from_draft_over_shadow_into_force(store, seen):
    store.propose("default", STRICT, ADA, seen())
    tried = store.shadow("default", 1, "Ben", seen())
    applied = store.apply("default", 1, "Cleo", seen())

    assert (tried.state, tried.decided_by) == (VersionState.SHADOW, "Ben")
    assert (applied.state, applied.decided_by) == (VersionState.APPLIED, "Cleo")
    assert store.applied() == {"default": applied}


def test_the_version_before_is_replaced(store, seen):
    for settings in (STRICT, LOOSE):
        version = store.propose("default", settings, ADA, seen())
        store.apply("default", version.number, "Ada", seen())

    assert states(store) == {1: "replaced", 2: "applied"}


def test_an_older_version_is_restored_as_a_new_one(store, seen):
    for settings in (STRICT, LOOSE):
        store.apply("default", store.propose("default", settings, ADA, seen()).number, "Ada", seen())
    restored = store.apply("default", 1, "Ben", seen())

    assert (restored.number, restored.settings, restored.note) == (3, STRICT, "restores version 1")
    assert states(store) == {1: "replaced", 2: "replaced", 3: "applied"}


def test_the_version_in_force_can_be_taken_back(store, seen):
    store.propose("default", STRICT, ADA, seen())
    store.apply("default", 1, "Ada", seen())
    store.withdraw("default", 1, "Ben", seen())

    assert states(store) == {1: "replaced"}
    assert store.applied() == {}


@pytest.mark.parametrize("is_tried", [False, True])
def test_a_proposal_can_be_given_up(store, seen, is_tried):
    store.propose("default", STRICT, ADA, seen())
    if is_tried:
        store.shadow("default", 1, "Ada", seen())
    store.withdraw("default", 1, "Ben", seen())

    assert states(store) == {1: "withdrawn"}


def test_only_one_version_is_tried_at_a_time(store, seen):
    store.propose("default", STRICT, ADA, seen(), VersionState.SHADOW)
    store.propose("default", LOOSE, ADA, seen())

    with pytest.raises(Conflict, match="Version 1 of policy 'default' is in shadow; withdraw it first"):
        store.shadow("default", 2, "Ben", seen())
    with pytest.raises(Conflict, match="withdraw it first"):
        store.propose("default", LOOSE, ADA, seen(), VersionState.SHADOW)
    assert states(store) == {1: "shadow", 2: "draft"}


def test_what_can_not_follow_is_refused(store, seen):
    store.propose("default", STRICT, ADA, seen())
    store.apply("default", 1, "Ada", seen())

    with pytest.raises(Conflict, match="in force already"):
        store.apply("default", 1, "Ben", seen())
    with pytest.raises(Conflict, match="Version 1 is applied; only a draft"):
        store.shadow("default", 1, "Ben", seen())
    store.withdraw("default", 1, "Ada", seen())
    with pytest.raises(Conflict, match="is replaced already"):
        store.withdraw("default", 1, "Ben", seen())
    with pytest.raises(NotFound, match="no version 7"):
        store.apply("default", 7, "Ben", seen())


def test_whoever_has_not_seen_the_last_change_changes_nothing(store, seen):
    before = seen()
    store.propose("default", STRICT, ADA, before)

    with pytest.raises(Conflict, match=r"changed meanwhile \(version 1, draft by Ada at .*\); look at it again"):
        store.propose("default", LOOSE, BEN, before)
    with pytest.raises(Conflict, match="changed meanwhile"):
        store.apply("default", 1, "Ben", before)
    assert states(store) == {1: "draft"}


@pytest.mark.parametrize("is_first", [True, False])
def test_of_many_at_once_one_wins_and_the_others_are_told(store, seen, is_first):
    if not is_first:
        store.propose("default", USUAL, ADA, seen())
    before = seen()

    def propose(number):
        try:
            return store.propose("default", PolicySettings(budget_ms=number + 1), Author(str(number)), before)
        except Conflict:
            return None

    with ThreadPoolExecutor(8) as threads:
        won = [version for version in threads.map(propose, range(8)) if version]

    assert len(won) == 1
    assert store.history("default").versions[0] == won[0]
    assert len(store.history("default").versions) == (1 if is_first else 2)


def test_of_many_that_apply_at_once_one_wins(store, seen):
    for number in range(4):
        store.propose("default", PolicySettings(budget_ms=number + 1), ADA, seen())
    before = seen()

    def apply(number):
        try:
            return store.apply("default", number, str(number), before)
        except Conflict:
            return None

    with ThreadPoolExecutor(4) as threads:
        won = [version for version in threads.map(apply, range(1, 5)) if version]

    assert [version.state for version in won] == [VersionState.APPLIED]
    assert list(states(store).values()).count("applied") == 1


def test_what_the_file_says_is_kept_once(store, database):
    for settings in (USUAL, STRICT, USUAL):
        store.note_file({"default": settings, "other": LOOSE})
    PolicyStore(database).note_file({"default": STRICT})

    assert {name: states(store, name) for name in store.histories()} == {
        "default": {1: "file", 2: "file"},
        "other": {1: "file"},
    }
    assert store.history("default").versions[0].author == "groundwire.yaml"


def test_processes_that_start_at_once_note_the_file_once(store, database):
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda _: PolicyStore(database).note_file({"default": USUAL}), range(6)))

    assert states(store) == {1: "file"}


def test_what_the_file_said_can_be_restored(store, seen):
    store.note_file({"default": STRICT})
    assert store.apply("default", 1, "Ada", seen()).settings == STRICT


@pytest.mark.parametrize("name", ["", ".x", "a b", "x" * 65, "ä"])
def test_an_impossible_name_is_refused(store, name):
    with pytest.raises(BadRequest, match="can't name a policy"):
        store.propose(name, STRICT, ADA, store.history(name).state)


def test_settings_of_another_groundwire_are_kept_but_not_put_in_force(store, seen, database):
    store.propose("default", STRICT, ADA, seen())
    with database.engine.begin() as connection:
        connection.execute(update(policy_versions).values(settings={"colour": "red"}))

    assert store.history("default").versions[0].settings is None
    with pytest.raises(Conflict, match="can't be read by this Groundwire"):
        store.apply("default", 1, "Ben", seen())
