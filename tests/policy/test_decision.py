import pytest

from groundwire.domain import Action, Claim, Failure, Label, Verdict
from groundwire.policy.decision import Ruling, action_for, argument_ruling, decide, most_severe
from groundwire.policy.policy import Policy

CLAIM = Claim("The fee is 5 dollars.", 0, 21)


def verdict(label: Label, failure: Failure | None = None) -> Verdict:
    return Verdict(CLAIM, label, 0.5, "a reason", failure=failure)


@pytest.mark.parametrize(
    ("label", "action"),
    [
        (Label.SUPPORTED, Action.ALLOW),
        (Label.UNSUPPORTED, Action.FLAG),
        (Label.CONTRADICTED, Action.REWRITE),
        (Label.UNVERIFIED, Action.FLAG),
    ],
    ids=lambda value: value.value,
)
def test_a_label_has_the_action_of_the_table(label, action):
    assert action_for(verdict(label), Policy()) is action


@pytest.mark.parametrize("failure", list(Failure), ids=lambda value: value.value)
def test_every_failure_has_an_action_of_its_own(failure):
    policy = Policy(failure_actions={each: Action.BLOCK if each is failure else Action.FLAG for each in Failure})

    assert action_for(verdict(Label.UNVERIFIED, failure), policy) is Action.BLOCK


def test_a_failure_counts_before_the_label():
    policy = Policy(label_actions={label: Action.ALLOW for label in Label})

    assert action_for(verdict(Label.UNVERIFIED, Failure.ERROR), policy) is Action.BLOCK


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        ([], Action.ALLOW),
        ([Action.ALLOW, Action.FLAG], Action.FLAG),
        ([Action.REWRITE, Action.FLAG], Action.REWRITE),
        ([Action.BLOCK, Action.REWRITE, Action.ALLOW], Action.BLOCK),
    ],
    ids=["nothing", "flag", "rewrite", "block"],
)
def test_the_most_severe_action_decides(actions, expected):
    assert most_severe(actions) is expected


@pytest.mark.parametrize(("contradicted", "expected"), [(2, Action.REWRITE), (3, Action.BLOCK)])
def test_an_answer_that_is_wrong_all_over_is_blocked(contradicted, expected):
    rulings = [Ruling(verdict(Label.CONTRADICTED), Action.REWRITE, "mended")] * contradicted

    assert decide(rulings, Policy(max_contradicted=3)) is expected


def test_a_block_is_an_outage_only_when_the_guard_failed():
    assert Ruling(verdict(Label.UNVERIFIED, Failure.ERROR), Action.BLOCK).is_outage
    assert not Ruling(verdict(Label.UNVERIFIED, Failure.LANGUAGE), Action.BLOCK).is_outage
    assert not Ruling(verdict(Label.CONTRADICTED), Action.BLOCK).is_outage
    assert not Ruling(verdict(Label.UNVERIFIED, Failure.ERROR), Action.FLAG).is_outage


@pytest.mark.parametrize(
    ("label", "failure", "otherwise", "action"),
    [
        (Label.SUPPORTED, None, Action.BLOCK, Action.ALLOW),
        (Label.UNSUPPORTED, None, Action.FLAG, Action.FLAG),
        (Label.UNSUPPORTED, None, Action.BLOCK, Action.BLOCK),
        (Label.CONTRADICTED, None, Action.FLAG, Action.FLAG),
        (Label.CONTRADICTED, None, Action.BLOCK, Action.BLOCK),
        (Label.UNVERIFIED, None, Action.BLOCK, Action.FLAG),
        (Label.UNVERIFIED, Failure.ERROR, Action.FLAG, Action.BLOCK),
        (Label.UNVERIFIED, Failure.TIMEOUT, Action.BLOCK, Action.FLAG),
    ],
)
def test_an_argument_that_is_not_carried_has_an_action_of_its_own(label, failure, otherwise, action):
    verdict = Verdict(Claim("The amount of pay is 5", 11, 12), label, 0.1, "no", failure=failure)

    assert argument_ruling(verdict, Policy(), otherwise) == Ruling(verdict, action)


def test_a_rewrite_of_an_argument_is_what_happens_otherwise():
    verdict = Verdict(Claim("{", 0, 1), Label.UNVERIFIED, 0.0, "no JSON")
    policy = Policy(label_actions=dict.fromkeys(Label, Action.REWRITE))

    assert argument_ruling(verdict, policy, Action.BLOCK) == Ruling(verdict, Action.BLOCK)
