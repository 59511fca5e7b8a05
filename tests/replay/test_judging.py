import pytest

from fakes import FakeKnowledgeBase, FakeRetriever, ScriptedVerifier, judged
from groundwire.domain import Claim, Failure, Label, Question, Report, Skipped
from groundwire.errors import CheckError, NotFound
from groundwire.guardrail import Guardrail, Scope
from groundwire.proxy.checks.arguments import LISTED
from groundwire.replay.judging import ReplayJudge
from groundwire.verification.arguments import Argument

FINE, WRONG = Claim("It is fine.", 0, 11), Claim("It is wrong.", 12, 24)
REPORT = Report("It is fine. It is wrong.", revision="default@1")


@pytest.fixture
def verifier():
    return ScriptedVerifier()


@pytest.fixture
def judge(verifier):
    """A judge that remembers what it is given and has the rest verified."""

    def made(known=None, opened=None, report=REPORT):
        guardrail = Guardrail(FakeKnowledgeBase(), FakeRetriever(), verifier)
        check = opened or (lambda: guardrail.open(Question(), Scope(("default",))))
        return ReplayJudge(Question(), report, (known or {}).get, check)

    return made


def test_what_is_remembered_is_not_verified(judge, verifier):
    known = judged(FINE)
    made = judge({FINE: known})

    assert made.verify([FINE]) == [known]
    assert (made.verified, verifier.batches) == (0, [])


def test_the_rest_is_verified_in_one_batch_and_keeps_its_place(judge, verifier):
    other = Claim("It is right.", 30, 42)
    made = judge({FINE: judged(FINE)})

    found = made.verify([WRONG, FINE, other])

    assert [verdict.claim for verdict in found] == [WRONG, FINE, other]
    assert [verdict.label for verdict in found] == [Label.CONTRADICTED, Label.SUPPORTED, Label.SUPPORTED]
    assert (made.verified, verifier.batches) == (2, [["It is wrong.", "It is right."]])


def test_arguments_are_remembered_too(judge):
    claim = Claim("The days of refund is 30", 8, 10, target="tool_calls[0].days")
    made = judge({claim: judged(claim)})

    assert made.verify_arguments([Argument(claim, "days", "30")]) == [judged(claim)]
    assert made.verified == 0


def test_arguments_whose_values_the_tool_lists_are_not_looked_up(judge, verifier):
    claim = Claim("The kind of refund is full", 8, 12, target="tool_calls[0].kind")
    made = judge(report=Report("", skipped=(Skipped("tool_calls[0].kind", LISTED),)))

    assert made.verify_arguments([Argument(claim, "kind", "full")])[0].label is Label.SUPPORTED
    assert verifier.batches == []


@pytest.mark.parametrize("error", [NotFound("It is gone."), CheckError("It broke.")])
def test_why_nothing_can_be_verified_is_kept(judge, error):
    opened = []

    def fail():
        opened.append(1)
        raise error

    made = judge({FINE: judged(FINE)}, fail)

    assert [verdict.failure for verdict in made.verify([FINE, WRONG])] == [None, Failure.ERROR]
    assert made.error is error
    made.verify([WRONG])
    assert len(opened) == 1


def test_whatever_breaks_is_an_error_of_the_check(judge, verifier, caplog):
    verifier.error = ValueError("secret")
    made = judge()

    made.verify([WRONG])

    assert made.error.message == "The check broke; the log has the details."
    assert "secret" in caplog.text


def test_no_model_is_asked_again(judge):
    made = judge()

    assert not made.can_reconsider
    assert made.reconsider([judged(WRONG)], 1.0) == [judged(WRONG)]
