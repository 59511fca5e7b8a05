from dataclasses import replace

import pytest

from fakes import FakeLanguageModel
from groundwire.domain import Failure, Label, Question, Strictness, Turn
from groundwire.errors import CheckError
from groundwire.protocols import ReconsideringVerifier
from groundwire.verification.consultation import Consultant
from groundwire.verification.judge import Limits, SecondOpinion, is_second_opinion
from groundwire.verification.rations import TokenBudget

QUESTION = Question((Turn("user", "How long do refunds take?"),))
STRICT = Strictness()


class Given:
    """A verifier that returns these verdicts."""

    name = "first"

    def __init__(self, *verdicts):
        self.verdicts = list(verdicts)
        self.error = None

    def verify(self, claims, evidence, question, strictness):
        if self.error:
            raise self.error
        return self.verdicts


@pytest.fixture
def model():
    return FakeLanguageModel()


@pytest.fixture
def judged(model):
    """Returns the verdicts after a second opinion on these."""

    def judge(*verdicts, strictness=STRICT, **limits):
        consultant = Consultant(model, TokenBudget(1_000_000))
        verifier = SecondOpinion(Given(), consultant, Limits(**limits))
        return verifier.reconsider(verdicts, QUESTION, strictness, 60.0)

    return judge


def test_it_is_a_verifier_that_names_its_model(model):
    verifier = SecondOpinion(Given(), Consultant(model, TokenBudget(1)), Limits())

    assert verifier.name == verifier.rationed().name == "first+judge:big-model"
    assert isinstance(verifier, ReconsideringVerifier)


def test_only_open_claims_are_asked_about(judged, model, opened):
    judged(
        opened("Far below.", 0.19),
        opened("At the lower end.", 0.2),
        opened("At the upper end.", 0.8, Label.SUPPORTED),
        opened("Far above.", 0.81, Label.SUPPORTED),
        opened("Without evidence.", 0.5, quote=""),
        replace(opened("Unverified.", 0.5, Label.UNVERIFIED), failure=Failure.LANGUAGE),
    )

    assert len(model.prompts) == 1
    assert model.claims() == ["At the lower end.", "At the upper end."]


def test_without_an_open_claim_nothing_is_asked(judged, model, opened):
    verdicts = [opened("Far below.", 0.1), opened("Far above.", 0.9, Label.SUPPORTED)]

    assert judged(*verdicts) == verdicts
    assert judged() == []
    assert model.prompts == []


def test_changed_verdicts_say_so_and_keep_their_place(judged, model, opened):
    model.says = {"two": "supported", "three": "contradicted", "four": "unsupported"}
    verdicts = [
        opened("Settled.", 0.95, Label.SUPPORTED),
        opened("It takes two weeks.", 0.3),
        opened("It takes three weeks.", 0.6, Label.SUPPORTED),
        opened("Settled too.", 0.05),
        opened("It takes four weeks.", 0.5, Label.SUPPORTED),
    ]

    found = judged(*verdicts)

    assert [one.claim for one in found] == [one.claim for one in verdicts]
    assert [(one.label, one.support) for one in found] == [
        (Label.SUPPORTED, 0.95),
        (Label.SUPPORTED, 0.8),
        (Label.CONTRADICTED, 0.2),
        (Label.UNSUPPORTED, 0.05),
        (Label.UNSUPPORTED, 0.2),
    ]
    assert [one.reason for one in found] == [
        "first reason",
        "second opinion of big-model: the evidence carries this; before: first reason",
        "second opinion of big-model: the evidence says otherwise; before: first reason",
        "first reason",
        "second opinion of big-model: the evidence does not settle this; before: first reason",
    ]


@pytest.mark.parametrize("label", [Label.SUPPORTED, Label.CONTRADICTED, Label.UNSUPPORTED])
def test_a_verdict_that_is_confirmed_or_left_unsure_stays_as_it_was(judged, model, opened, label):
    verdict = opened("It takes two weeks.", 0.5, label)

    assert judged(verdict) == [verdict]
    model.says = {"two": label.value}
    assert judged(verdict) == [verdict]
    assert len(model.prompts) == 2


def test_corrections_go_when_the_label_they_belong_to_goes(judged, model, opened):
    verdict = opened("It takes two weeks.", 0.4, Label.CONTRADICTED)
    model.says = {"two": "supported"}
    [carried] = judged(verdict)
    model.says = {"two": "unsupported"}
    [unsettled] = judged(verdict)

    assert (carried.corrections, carried.spans) == ((), ())
    assert (unsettled.corrections, unsettled.spans) == ((), verdict.spans)
    assert carried.evidence == unsettled.evidence == verdict.evidence


def test_the_support_of_a_carried_claim_is_enough_for_a_strict_policy(judged, model, opened):
    model.says = {"two": "supported"}

    [found] = judged(opened("It takes two weeks.", 0.5), strictness=Strictness(0.9))

    assert (found.label, found.support) == (Label.SUPPORTED, 0.9)


def test_where_not_all_fit_the_ones_nearest_to_the_limit_are_asked_about(judged, model, opened):
    long = " word" * 300

    judged(opened("High." + long, 0.79), opened("Near." + long, 0.49), opened("Low." + long, 0.3), max_tokens=2_000)

    assert [claim.split(".")[0] for claim in model.claims()] == ["Low", "Near"]


@pytest.mark.parametrize(
    "fail",
    [
        lambda model: setattr(model, "error", CheckError("The judge service did not answer.")),
        lambda model: setattr(model, "text", "no JSON"),
        lambda model: setattr(model, "text", '{"labels": []}'),
    ],
    ids=["no answer", "no JSON", "no control"],
)
def test_a_failure_leaves_everything_as_it_was(judged, model, opened, fail):
    verdicts = [opened("It takes two weeks.", 0.3), opened("Settled.", 0.9, Label.SUPPORTED)]
    model.says = {"two": "supported"}
    fail(model)

    assert judged(*verdicts) == verdicts
    assert len(model.prompts) == 1


def test_the_first_verdicts_are_those_of_the_wrapped_verifier(model, opened):
    first = Given(opened("It is so.", 0.5))
    verifier = SecondOpinion(first, Consultant(model, TokenBudget(1_000_000)), Limits())

    assert verifier.verify([first.verdicts[0].claim], [[]], QUESTION, STRICT) == first.verdicts
    first.error = CheckError("The model is gone.")
    with pytest.raises(CheckError, match="The model is gone"):
        verifier.verify([first.verdicts[0].claim], [[]], QUESTION, STRICT)
    assert model.prompts == []


@pytest.mark.parametrize(("within_s", "most_s"), [(60.0, 1.5), (0.9, 0.9)])
def test_the_model_has_no_more_time_than_is_left(model, opened, within_s, most_s):
    verifier = SecondOpinion(Given(), Consultant(model, TokenBudget(1_000_000)), Limits(timeout_s=1.5))

    verifier.reconsider([opened("It is so.", 0.5)], QUESTION, STRICT, within_s)

    [timeout_s] = model.timeouts_s
    assert 0 < timeout_s <= most_s


def test_the_answers_to_one_request_share_one_ration(model, opened):
    verdict = opened("It takes two weeks.", 0.5)
    verifier = SecondOpinion(Given(), Consultant(model, TokenBudget(1_000_000)), Limits(max_tokens=2_000))
    model.tokens = (1_700, 100)
    one_request = verifier.rationed()

    for each in (one_request, one_request, verifier.rationed(), verifier, verifier):
        each.reconsider([verdict], QUESTION, STRICT, 60.0)

    assert len(model.prompts) == 4


def test_a_changed_verdict_can_be_told_from_others(judged, model, opened):
    model.says = {"open": Label.SUPPORTED}
    first = opened("It is open.")

    assert [is_second_opinion(one) for one in (first, *judged(first))] == [False, True]
