import pytest

from groundwire.errors import NotFound, UnknownPolicy
from groundwire.policy.desk import Origin, PolicyDesk
from groundwire.policy.policies import Policies
from groundwire.policy.policy import policy_from
from groundwire.policy.versions import Author, VersionState
from groundwire.settings import PolicySettings

USUAL, STRICT = PolicySettings(), PolicySettings(thresholds={"support": 0.8})
ADA = Author("Ada", "stricter")


@pytest.fixture
def desk(store):
    store.note_file({"default": USUAL})
    return PolicyDesk(store, Policies({"default": policy_from("default", USUAL)}))


async def seen(desk, name="default"):
    return (await desk.look(name)).history.state


async def test_a_policy_of_the_file_stands_with_its_version(desk):
    [standing] = await desk.all()

    assert (standing.name, standing.origin, standing.version.number) == ("default", Origin.FILE, 1)
    assert standing.version.settings == USUAL
    assert standing.drafts == []


async def test_what_is_applied_is_in_force_at_once(desk):
    made = await desk.propose("default", STRICT, ADA, await seen(desk))
    assert (await desk.find("default")).drafts == [made]

    await desk.apply("default", made.number, "Ben", await seen(desk))

    standing = await desk.find("default")
    assert desk.policies.find("default").strictness.min_support == 0.8
    assert (standing.origin, standing.version.number, standing.drafts) == (Origin.CONSOLE, 2, [])


async def test_taken_back_the_files_is_in_force_again(desk):
    made = await desk.propose("default", STRICT, ADA, await seen(desk))
    await desk.apply("default", made.number, "Ben", await seen(desk))
    await desk.withdraw("default", made.number, "Ben", await seen(desk))

    standing = await desk.find("default")
    assert (standing.origin, standing.version.number) == (Origin.FILE, 1)
    assert desk.policies.find("default").strictness.min_support == 0.5


async def test_a_version_may_be_tried_at_once(desk):
    made = await desk.propose("default", STRICT, ADA, await seen(desk), tries=True)

    assert made.state is VersionState.SHADOW
    assert desk.policies.find("default").strictness.min_support == 0.5
    other = await desk.propose("default", USUAL, ADA, await seen(desk))
    await desk.withdraw("default", made.number, "Ada", await seen(desk))
    assert (await desk.shadow("default", other.number, "Ada", await seen(desk))).state is VersionState.SHADOW


async def test_a_proposed_policy_is_listed_before_it_is_in_force(desk):
    await desk.propose("support", STRICT, ADA, await seen(desk, "support"))

    names = {standing.name: standing.in_force for standing in await desk.all()}
    assert names["support"] is None
    assert (await desk.find("support")).version is None
    assert (await desk.candidate("support", 1)).strictness.min_support == 0.8


async def test_what_was_given_up_is_not_listed_but_found(desk):
    await desk.propose("support", STRICT, ADA, await seen(desk, "support"))
    await desk.withdraw("support", 1, "Ada", await seen(desk, "support"))

    assert [standing.name for standing in await desk.all()] == ["default"]
    assert (await desk.find("support")).history.versions[0].state is VersionState.WITHDRAWN


async def test_unknown_policies_and_versions_are_told(desk):
    with pytest.raises(UnknownPolicy, match=r"No policy 'x'\. Known: default\."):
        await desk.find("x")
    with pytest.raises(NotFound, match="has no version 9"):
        await desk.candidate("default", 9)
