from dataclasses import replace

import pytest

from groundwire.domain import Label
from groundwire.errors import BadRequest
from groundwire.policy.policy import Policy
from groundwire.replay.wanted import AS_IT_WAS, KnownPolicies, RevisionChoice, always, read_revision
from stored import sample

EVENT = sample(Label.SUPPORTED)


def newest():
    return "default@7,faq@2"


def never():
    raise AssertionError("It is not needed.")


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("newest", RevisionChoice(is_newest=True)),
        ("default@12", RevisionChoice({"default": 12})),
        ("default@12,faq@3", RevisionChoice({"default": 12, "faq": 3})),
    ],
)
def test_a_choice_is_read(text, choice):
    assert read_revision(text) == choice


def test_what_is_no_revision_is_refused():
    with pytest.raises(BadRequest, match="is no revision"):
        read_revision("yesterday")


def test_by_default_it_is_the_events_own():
    assert AS_IT_WAS.of(EVENT, ["default"], never) == "default@3"


def test_a_collection_that_the_event_did_not_draw_on_is_at_its_newest():
    assert AS_IT_WAS.of(EVENT, ["default", "faq"], newest) == "default@3,faq@2"


def test_a_number_counts_for_its_collection_alone():
    assert read_revision("faq@1").of(EVENT, ["default", "faq"], never) == "default@3,faq@1"


def test_the_newest_is_the_newest_of_all():
    assert read_revision("newest").of(EVENT, ["default", "faq"], newest) == newest()


def test_an_event_without_a_revision_has_none_unless_one_is_named():
    closed = replace(EVENT, report=replace(EVENT.report, revision=""))

    assert AS_IT_WAS.of(closed, ["default"], never) == ""
    assert read_revision("default@2").of(closed, ["default"], never) == "default@2"
    assert read_revision("newest").of(closed, ["default"], newest) == "default@7"


def test_a_known_policy_is_found_by_name_and_version():
    policy = Policy(version="a1b2c3")

    assert KnownPolicies({("default", "a1b2c3"): policy}).of(EVENT) is policy
    assert KnownPolicies({("default", "other"): policy}).of(EVENT) is None
    assert always(policy)(EVENT) is policy
