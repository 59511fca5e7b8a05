import pytest

from groundwire.policy.policy import policy_from
from groundwire.settings import PolicySettings
from judged import judge_ninety

URL = "/console/policies/default/calibration"


@pytest.fixture(autouse=True)
def noted(services):
    services.versions.note_file({"default": PolicySettings()})
    services.policies.replace({"default": policy_from("default", PolicySettings())})


@pytest.fixture
async def reviewed(services, events):
    await judge_ninety(services, events)


async def test_without_labels_it_says_how_many_are_missing(read):
    page = await read(URL)

    assert "50 more labels are needed" in page.text
    assert "/console/review" in page.links()
    assert not page.all("svg", role="img")


async def test_the_curve_and_the_thresholds_are_shown(read, reviewed):
    page = await read(f"{URL}?target=0.9")

    assert "90 labelled claims of 90 answers, 60 of them errors" in page.text
    assert "support 0.45 in force 0.5" in page.text
    assert page.all("path", class_="line")[0]["d"].startswith("M")
    assert page.all("circle", class_="chosen")
    assert "Chosen: support 0.45" in page.text


async def test_what_was_found_is_proposed_in_shadow(client, services, reviewed):
    seen = services.versions.history("default").state
    data = {"target": "0.9", "seen": seen}
    reply = await client.post(URL, data=data, follow_redirects=False)
    late = await client.post(URL, data=data, follow_redirects=False)

    assert reply.headers["location"] == "/console/policies/default?done=shadow#version-2"
    version = services.versions.history("default").shadow
    assert version.settings.thresholds.support == 0.45
    assert (late.status_code, "was changed meanwhile" in late.text) == (409, True)


async def test_an_impossible_target_is_told(read, reviewed):
    assert "must be from 0.5 to 0.99, not 3.0" in (await read(f"{URL}?target=3", 400)).text


async def test_a_policy_that_is_only_proposed_can_not_be_calibrated(read, services):
    from groundwire.policy.versions import Author

    seen = services.versions.history("new").state
    await services.desk.propose("new", PolicySettings(), Author("Ada"), seen)
    assert "is not in force" in (await read("/console/policies/new/calibration", 409)).text
