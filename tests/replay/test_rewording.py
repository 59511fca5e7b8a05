import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from fakes import FakeKnowledgeBase, FakeRetriever, ScriptedVerifier
from groundwire.domain import Question, Report
from groundwire.guardrail import Guardrail, Scope
from groundwire.policy.policy import Policy
from groundwire.proxy.checks.inspection import Inspection
from groundwire.replay.rewording import Remembered

ANSWER = "It is wrong and stuck. It is wrong."
POLICY = Policy(strategies=("correct", "regenerate", "remove"))


async def checked(ask):
    judge = Guardrail(FakeKnowledgeBase(), FakeRetriever(), ScriptedVerifier()).open(Question(), Scope(("default",)))
    with ThreadPoolExecutor(1) as threads:
        inspection = Inspection(judge, POLICY, threads, ask)
        inspection.feed(ANSWER)
        inspection.close()
        await inspection.settle()
    return inspection


@pytest.fixture
async def report():
    """A report on an answer, of which the model reworded the first claim."""

    async def ask(instructions, material):
        claims = json.loads(material)["claims"]
        written = json.dumps({"claims": [{"id": one["id"], "text": "It is really right."} for one in claims]})
        return type("Reply", (), {"text": written, "prompt_tokens": 5, "completion_tokens": 5})()

    return (await checked(ask)).report()


async def test_what_the_model_wrote_is_used_again(report):
    assert report.mended == ("It is really right.", "It is right.")

    again = await checked(Remembered(report))

    assert again.report().mended == report.mended
    assert again.delivery.answer == "It is really right. It is right."


async def test_for_other_claims_nothing_was_written(report):
    reply = await Remembered(report)("", json.dumps({"claims": [{"id": "a", "text": "It is new."}]}))

    assert json.loads(reply.text) == {"claims": [{"id": "a", "text": ""}]}


async def test_corrections_are_no_words_of_a_model(report):
    assert not Remembered(report).is_empty
    assert Remembered(Report(ANSWER, report.verdicts, mended=("", "It is right."))).is_empty
    assert Remembered(Report(ANSWER, report.verdicts)).is_empty
