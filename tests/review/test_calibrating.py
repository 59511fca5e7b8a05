from dataclasses import replace

import pytest

from groundwire.domain import Label
from groundwire.errors import Conflict, UnknownPolicy
from groundwire.policy.desk import PolicyDesk
from groundwire.policy.policies import Policies
from groundwire.policy.policy import policy_from
from groundwire.policy.store import PolicyStore
from groundwire.policy.versions import Author, VersionState
from groundwire.review import calibrating
from groundwire.review.calibrating import Calibrations
from groundwire.review.records import Decision, Judgement
from groundwire.review.store import ReviewStore
from groundwire.settings import PolicySettings
from stored import sample, verdict

VERIFIER = "rules-1+entailment-1"


@pytest.fixture
def calibrations(database):
    store = PolicyStore(database)
    store.note_file({"default": PolicySettings()})
    desk = PolicyDesk(store, Policies({"default": policy_from("default", PolicySettings())}))
    return Calibrations(ReviewStore(database), desk, VERIFIER)


@pytest.fixture
async def reviewed(calibrations, events):
    """60 answers with an error each that the check found, 30 with a false alarm at a higher support."""
    for number in range(90):
        is_error = number < 60
        support = 0.1 if is_error else 0.45
        found = replace(verdict(Label.CONTRADICTED), support=support, contradiction=0.9 * (1 - support))
        event = sample(verifier=VERIFIER)
        event = replace(event, report=replace(event.report, verdicts=(found,)))
        await events.append([event])
        judgement = Judgement.RIGHT if is_error else Judgement.FALSE_ALARM
        await calibrations.reviews.add(event, Decision(judgement, 0), "Ada")


async def seen(calibrations):
    return (await calibrations.desk.find("default")).history.state


async def test_reviews_become_thresholds_that_are_tried_first(calibrations, reviewed):
    found = await calibrations.of("default", 0.9)
    made = await calibrations.propose("default", found, "Ben", await seen(calibrations))

    assert (found.basis.labels, found.basis.errors) == (90, 60)
    assert (made.state, made.settings.thresholds.support) == (VersionState.SHADOW, 0.45)
    assert made.note == found.note
    assert calibrations.desk.policies.find("default").strictness.min_support == 0.5


async def test_while_another_version_is_tried_it_stays_a_draft(calibrations, reviewed):
    other = PolicySettings(citations=True)
    await calibrations.desk.propose("default", other, Author("Ada"), await seen(calibrations), tries=True)
    found = await calibrations.of("default", 0.9)

    made = await calibrations.propose("default", found, "Ben", await seen(calibrations))

    assert made.state is VersionState.DRAFT


async def test_all_other_settings_stay(calibrations, reviewed):
    citing = PolicySettings(citations=True)
    made = await calibrations.desk.propose("default", citing, Author("Ada"), await seen(calibrations))
    await calibrations.desk.apply("default", made.number, "Ada", await seen(calibrations))
    found = await calibrations.of("default", 0.9)

    proposed = await calibrations.propose("default", found, "Ben", await seen(calibrations))

    assert proposed.settings.citations
    assert await calibrations.desk.apply("default", proposed.number, "Ada", await seen(calibrations))
    again = await calibrations.of("default", 0.9)
    with pytest.raises(Conflict, match="are those in force already"):
        await calibrations.propose("default", again, "Ben", await seen(calibrations))


async def test_the_newest_reviews_count(calibrations, reviewed, monkeypatch):
    monkeypatch.setattr(calibrating, "_MOST_REVIEWS", 20)

    basis = (await calibrations.of("default", 0.9)).basis

    assert (basis.labels, basis.errors) == (20, 0)


async def test_without_enough_labels_nothing_is_proposed(calibrations):
    found = await calibrations.of("default", 0.9)

    with pytest.raises(Conflict, match=r"There is nothing to propose\. 50 more labels"):
        await calibrations.propose("default", found, "Ben", await seen(calibrations))


async def test_a_policy_that_is_not_in_force_can_not_be_calibrated(calibrations):
    with pytest.raises(UnknownPolicy):
        await calibrations.of("nobody", 0.9)
    state = (await calibrations.desk.look("new")).history.state
    await calibrations.desk.propose("new", PolicySettings(), Author("Ada"), state)
    with pytest.raises(Conflict, match="is not in force, so there is nothing to calibrate"):
        await calibrations.of("new", 0.9)
