from concurrent.futures import ThreadPoolExecutor

import pytest

from fakes import FakeKnowledgeBase, FakeRetriever, MemoryEventStore, ScriptedVerifier
from groundwire.domain import Action, Failure, Mode, Outcome, Question, Turn
from groundwire.errors import CheckError, GuardUnavailable, UnknownCollection
from groundwire.guardrail import Guardrail
from groundwire.policy.policy import FAILURE_ACTIONS, Policy
from groundwire.proxy.answering import AnswerService, CheckContext, new_id

OPEN = Policy(failure_actions={**FAILURE_ACTIONS, Failure.ERROR: Action.FLAG, Failure.EVENT_STORE: Action.FLAG})


@pytest.fixture
def knowledge():
    return FakeKnowledgeBase("default", "faq")


@pytest.fixture
def events():
    return MemoryEventStore()


@pytest.fixture
def service(knowledge, events):
    with ThreadPoolExecutor(1) as threads:
        yield AnswerService(Guardrail(knowledge, FakeRetriever(), ScriptedVerifier()), events, threads, ["default"])


def context(policy=None, mode=Mode.ENFORCE, **options):
    question = Question((Turn("user", "What is the fee?"),))
    return CheckContext(policy or Policy(), mode, question, "/api/v1/check", ("default",), **options)


async def test_a_check_decides_delivers_and_records(service, events):
    checked = await service.check("The fee is 5. It is wrong.", context(metadata={"segment": "retail"}))

    assert (checked.action, checked.delivered, checked.is_changed) == (
        Action.REWRITE,
        "The fee is 5. It is right.",
        True,
    )
    [event] = events.events
    assert (event.id, event.endpoint, event.metadata) == (checked.event_id, "/api/v1/check", {"segment": "retail"})


def test_collections_come_from_the_request_else_the_policy_else_the_default(service):
    assert service.collections_of(Policy(collections=("terms",)), ["faq"]) == ("faq",)
    assert service.collections_of(Policy(collections=("terms",))) == ("terms",)
    assert service.collections_of(Policy()) == ("default",)


def test_an_unknown_collection_is_the_callers_mistake(service):
    with pytest.raises(UnknownCollection):
        service.open(CheckContext(Policy(), Mode.ENFORCE, Question(), "x", ("nowhere",)))


@pytest.mark.parametrize("error", [RuntimeError("bug"), CheckError("down")], ids=repr)
def test_a_check_that_can_not_be_opened_closes_a_closed_policy(service, knowledge, error):
    knowledge.error = error

    with pytest.raises(GuardUnavailable):
        service.open(context())


@pytest.mark.parametrize(("policy", "mode"), [(OPEN, Mode.ENFORCE), (Policy(), Mode.SHADOW)], ids=["open", "shadow"])
async def test_otherwise_it_leaves_the_answer_unverified(service, knowledge, policy, mode):
    knowledge.error = RuntimeError("bug")

    checked = await service.check("The fee is 5.", context(policy, mode))

    assert checked.report.label == "unverified"
    assert checked.delivered == "The fee is 5."
    assert not checked.is_outage


async def test_an_event_that_is_not_stored_is_an_outage_under_a_closed_policy(service, events):
    events.is_down = True

    checked = await service.check("The fee is 5.", context())

    assert (checked.action, checked.is_outage, checked.event_id) == (Action.BLOCK, True, None)


async def test_shadow_never_blocks_for_an_event(service, events):
    events.is_down = True

    checked = await service.check("The fee is 5.", context(mode=Mode.SHADOW))

    assert (checked.action, checked.is_outage, checked.is_blocked) == (Action.ALLOW, False, False)
    assert checked.report.skipped[-1].what == "event"


async def test_outcome_and_usage_are_recorded(service, events):
    checks = service.open(context(model="m", upstream="u", key_id="k"))
    answers = [await checks.check("The fee is 5.", choice) for choice in range(2)]

    await checks.record(answers, outcome=Outcome.CLIENT_LEFT, usage={"total_tokens": 9})

    assert [event.outcome for event in events.events] == [Outcome.CLIENT_LEFT] * 2
    assert [event.usage for event in events.events] == [{"total_tokens": 9}, {}]
    assert {(event.model, event.upstream, event.key_id) for event in events.events} == {("m", "u", "k")}
    assert checks.revision == "default@1"


def test_ids_are_unique_and_sort_by_time(monkeypatch):
    now = 1_700_000_000_000_000_000
    ids = []
    for step in range(200):
        monkeypatch.setattr("time.time_ns", lambda step=step: now + step * 5_000_000)
        ids.append(new_id("evt"))

    assert ids == sorted(ids)
    assert len(set(ids)) == 200
    assert {len(each) for each in ids} == {30}


def test_a_check_draws_on_what_is_asked_for_else_on_the_policys_else_on_the_usual_ones():
    extra = []
    service = AnswerService(None, None, None, ["default"], lambda: extra)
    policy = Policy(collections=("faq",))

    assert service.collections_of(Policy()) == ("default",)
    extra.append("approved-answers")
    assert service.collections_of(Policy()) == ("default", "approved-answers")
    assert service.collections_of(policy) == ("faq",)
    assert service.collections_of(policy, ["shop"]) == ("shop",)


@pytest.mark.parametrize("mode", [Mode.ENFORCE, Mode.SHADOW])
async def test_without_a_model_to_ask_the_other_strategies_decide(service, mode):
    policy = Policy(strategies=("regenerate", "remove"))

    checked = await service.check("The fee is 5. It is wrong.", context(policy, mode))

    assert checked.action is Action.REWRITE
    assert checked.delivered == ("The fee is 5." if mode is Mode.ENFORCE else "The fee is 5. It is wrong.")
    assert checked.report.regeneration is None
