import logging

import pytest

from fakes import FakeLanguageModel
from groundwire.domain import Label, Question
from groundwire.errors import CheckError
from groundwire.verification.consultation import Consultant
from groundwire.verification.opinion import inquire
from groundwire.verification.rations import Ration, TokenBudget


@pytest.fixture
def model():
    return FakeLanguageModel({"two": "supported"})


@pytest.fixture
def counted():
    return []


@pytest.fixture
def budget():
    return TokenBudget(10_000)


@pytest.fixture
def consultant(model, budget, counted):
    return Consultant(model, budget, counted.append)


def ration(tokens=4_000, seconds=1.5):
    return Ration(tokens, seconds)


def costs(one):
    return (one.outcome, one.claims, one.asked, one.changed, one.prompt_tokens, one.completion_tokens)


def test_labels_come_in_the_order_of_the_verdicts(consultant, opened):
    verdicts = [opened("It takes one week."), opened("It takes two weeks."), opened("It takes three weeks.")]

    labels = consultant.labels(verdicts, Question(), ration())

    assert labels == [Label.UNSUPPORTED, Label.SUPPORTED, Label.UNSUPPORTED]


def test_all_claims_go_out_in_one_request_within_time_and_tokens(consultant, model, opened):
    consultant.labels([opened(f"Rule {number}.") for number in range(9)], Question(), ration())

    [prompt], [timeout_s] = model.prompts, model.timeouts_s
    assert len(model.claims()) == 9
    assert timeout_s == 1.5
    assert 0 < prompt.max_tokens < 4_000


def test_what_is_spent_is_counted_and_taken_from_ration_and_budget(consultant, budget, counted, opened):
    mine = ration()

    consultant.labels([opened("It takes two weeks."), opened("It takes one week.")], Question(), mine)

    assert costs(counted[0]) == ("answered", 2, 2, 1, 300, 40)
    assert (mine.tokens, budget.left) == (4_000 - 340, 10_000 - 340)
    assert mine.seconds == 1.5 - counted[0].seconds


def test_tokens_are_estimated_where_the_service_counts_none(consultant, model, counted, opened):
    model.tokens = (None, None)
    verdicts = [opened("It takes two weeks.")]

    consultant.labels(verdicts, Question(), ration())

    assert counted[0].prompt_tokens == pytest.approx(inquire(verdicts, Question(), 4_000).prompt_tokens, abs=5)
    assert 30 < counted[0].completion_tokens < 100


def test_a_failure_changes_nothing_and_counts_as_read(consultant, model, counted, caplog, opened):
    model.error = CheckError("The judge service did not answer.")
    verdicts = [opened("It takes two weeks.")]

    assert consultant.labels(verdicts, Question(), ration()) == [Label.UNSUPPORTED]
    assert costs(counted[0])[:4] == ("failed", 1, 1, 0)
    assert counted[0].prompt_tokens > 300
    assert counted[0].completion_tokens == 0
    assert "verdicts stay as they were. The judge service did not answer." in caplog.text


def test_after_a_failure_the_same_request_does_not_try_again(consultant, model, counted, opened):
    model.text = "Sorry!"
    mine = ration()

    for _ in range(2):
        consultant.labels([opened("It takes two weeks.")], Question(), mine)
    consultant.labels([opened("It takes two weeks.")], Question(), ration())

    assert [one.outcome for one in counted] == ["failed", "over_budget", "failed"]


def test_a_useless_reply_is_paid_for(consultant, model, counted, opened):
    model.text = "Sorry!"

    consultant.labels([opened("It takes two weeks.")], Question(), ration())

    assert costs(counted[0]) == ("failed", 1, 1, 0, 300, 40)


@pytest.mark.parametrize(
    "left", [{"tokens": 100}, {"seconds": 0.0}, {"tokens": -5}], ids=["tokens", "time", "overspent"]
)
def test_a_ration_that_is_used_up_asks_nothing(consultant, model, counted, opened, left):
    assert consultant.labels([opened("It takes two weeks.")], Question(), ration(**left)) == [Label.UNSUPPORTED]
    assert costs(counted[0]) == ("over_budget", 1, 0, 0, 0, 0)
    assert model.prompts == []


def test_an_hour_s_budget_that_is_used_up_asks_nothing(model, counted, opened):
    consultant = Consultant(model, TokenBudget(1_000), counted.append)
    model.tokens = (900, 50)

    for _ in range(3):
        consultant.labels([opened("It takes two weeks.")], Question(), ration())

    assert [one.outcome for one in counted] == ["answered", "over_budget", "over_budget"]
    assert len(model.prompts) == 1


def test_the_last_of_a_budget_is_used_for_what_still_fits(model, counted, opened):
    consultant = Consultant(model, TokenBudget(2_000), counted.append)

    consultant.labels([opened(f"Rule {number}." + " word" * 100) for number in range(9)], Question(), ration())

    [one] = counted
    assert 0 < one.asked < one.claims == 9
    assert one.asked == len(model.claims())


def test_after_three_failures_the_service_is_left_alone(consultant, model, counted, opened):
    model.error = CheckError("It is down.")

    for _ in range(5):
        consultant.labels([opened("It takes two weeks.")], Question(), ration())

    assert [one.outcome for one in counted] == ["failed"] * 3 + ["resting"] * 2
    assert len(model.prompts) == 3


def test_the_log_tells_the_cost_and_not_what_was_said(consultant, caplog, opened):
    caplog.set_level(logging.INFO)

    consultant.labels([opened("It takes two weeks.")], Question(), ration())

    assert "prompt_tokens=300, completion_tokens=40" in caplog.text
    assert "weeks" not in caplog.text
    assert "Refunds" not in caplog.text
