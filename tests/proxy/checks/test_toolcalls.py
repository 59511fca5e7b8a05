import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from fakes import FakeKnowledgeBase, FakeRetriever, ScriptedVerifier
from groundwire.domain import Action, Failure, Label, Question, ToolCall, Turn
from groundwire.guardrail import Guardrail, Scope
from groundwire.policy.policy import Limits, Policy
from groundwire.policy.tools import ToolRule, ToolRules
from groundwire.proxy.checks.judges import BrokenJudge
from groundwire.proxy.checks.toolcalls import CallChecks

ASKED = Question((Turn("user", "Refund A-17."), Turn("tool", '{"amount": 45}')))
RULES = ToolRules({"refund": ToolRule(), "pay": ToolRule(otherwise=Action.BLOCK)})


@pytest.fixture
def verifier():
    return ScriptedVerifier()


@pytest.fixture
def checks(verifier):
    judge = Guardrail(FakeKnowledgeBase(), FakeRetriever(), verifier).open(ASKED, Scope(("default",)))
    with ThreadPoolExecutor(1) as threads:
        yield lambda **policy: CallChecks(judge, Policy(tools=RULES, **policy), threads)


def call(arguments, name="refund", number=0):
    return ToolCall(f"calls[{number}]", name, arguments)


async def test_the_verdicts_come_in_the_order_of_the_values(checks):
    one = checks()
    one.take(call('{"amount": 45, "note": "We pay at once. It is wrong.", "order": "A-18", "id": "A-17"}'))

    rulings = await one.settle()

    assert [(ruling.verdict.claim.target, ruling.verdict.label) for ruling in rulings] == [
        ("calls[0].amount", Label.SUPPORTED),
        ("calls[0].note", Label.SUPPORTED),
        ("calls[0].note", Label.CONTRADICTED),
        ("calls[0].order", Label.UNSUPPORTED),
        ("calls[0].id", Label.SUPPORTED),
    ]
    assert [ruling.action for ruling in rulings] == ["allow", "allow", "flag", "flag", "allow"]
    assert all(ruling.mended is None for ruling in rulings)


async def test_each_call_has_the_action_of_its_own_tool(checks):
    one = checks()
    one.take(call('{"amount": 54}'))
    one.take(call('{"amount": 54}', "pay", 1))

    assert [ruling.action for ruling in await one.settle()] == [Action.FLAG, Action.BLOCK]
    assert await one.settle() == []


async def test_a_tool_that_no_rule_names_is_not_checked(checks, verifier):
    one = checks()
    one.take(call('{"amount": 54}', "look_up"))

    assert await one.settle() == []
    assert [(entry.what, entry.why) for entry in one.skipped] == [("calls[0]", "not checked")]
    assert (one.calls, verifier.batches) == ([], [])


async def test_arguments_that_are_too_long_are_over_length(checks):
    one = checks(limits=Limits(max_answer_chars=10))
    one.take(call('{"amount": 45}'))

    [ruling] = await one.settle()

    assert (ruling.verdict.failure, ruling.action) == (Failure.OVER_LENGTH, Action.FLAG)
    assert one.skipped[0].why == "longer than 10 characters"


async def test_a_claim_that_is_too_long_is_over_length(checks):
    one = checks()
    one.take(call('{"note": "%s"}' % ("word " * 600)))

    assert Failure.OVER_LENGTH in [ruling.verdict.failure for ruling in await one.settle()]


async def test_a_check_that_breaks_is_a_failure_of_each_call(checks, verifier):
    verifier.error = RuntimeError("out of memory")
    one = checks()
    one.take(call('{"order": "A-18"}'))
    one.take(call('{"amount": 45}', "pay", 1))

    rulings = await one.settle()

    assert [(ruling.verdict.failure, ruling.action) for ruling in rulings] == [(Failure.ERROR, Action.BLOCK)] * 2
    assert [ruling.verdict.claim.target for ruling in rulings] == ["calls[0]", "calls[1]"]


async def test_a_check_that_takes_too_long_is_a_timeout(checks, verifier):
    verifier.gate = threading.Event()
    one = checks(limits=Limits(budget_s=0.02))
    one.take(call('{"order": "A-18"}'))

    [ruling] = await one.settle()
    verifier.gate.set()

    assert (ruling.verdict.failure, ruling.action) == (Failure.TIMEOUT, Action.FLAG)


async def test_a_check_that_could_not_be_opened_is_a_failure():
    with ThreadPoolExecutor(1) as threads:
        one = CallChecks(BrokenJudge(ASKED), Policy(tools=RULES), threads)
        one.take(call('{"amount": 45}'))

        assert [ruling.verdict.failure for ruling in await one.settle()] == [Failure.ERROR]
