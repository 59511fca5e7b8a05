from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundwire.domain import Action, Label, Mode, Source, SourceDocument, Strictness
from groundwire.policy.policy import LABEL_ACTIONS
from groundwire.policy.tools import ToolRule, ToolRules
from groundwire.replay.outcomes import Basis, Obstacle
from groundwire.replay.replaying import Replayer
from groundwire.replay.wanted import KnownPolicies, RevisionChoice, Wanted, always

ALL = dict.fromkeys(Label, Action.ALLOW)


@pytest.fixture
def blind(bench):
    """Replays without knowing any policy, so that everything is verified anew."""
    made = bench.replayer
    return Replayer(made.answers, made.guardrail, made.revisions, KnownPolicies())


async def test_under_the_same_everything_nothing_flips(history, bench):
    for name, events in history.events.items():
        for event in events:
            found = await bench.replayer.replay(event, Wanted(bench.own))

            assert (found.refusal, found.basis, found.is_flipped) == (None, Basis.STORED, False), name
            assert (found.after.label, found.after.action, found.after.mode) == (
                event.report.label,
                event.action,
                event.mode,
            ), name
            assert found.is_interrupted or found.after.delivered == event.delivered, name
            # In a stream, claims that arrived together with a blocked one were judged with it.
            assert all(
                claim.after is claim.before or (event.is_stream and claim.after is None) for claim in found.claims
            ), name
            assert [claim.before for claim in found.claims] == [one.label for one in event.report.verdicts], name


async def test_the_history_has_everything_that_can_happen(history):
    actions = {event.action for event in history.all}
    labels = {verdict.label for event in history.all for verdict in event.report.verdicts}
    kinds = {evidence.source for event in history.all for one in event.report.verdicts for evidence in one.evidence}

    assert actions == set(Action)
    assert labels == set(Label)
    assert {Source.KNOWLEDGE_BASE, Source.REQUEST_DOCUMENTS, Source.CONVERSATION} <= kinds
    assert {event.mode for event in history.all} == {Mode.ENFORCE, Mode.SHADOW}
    assert [event.choice for event in history.events["two choices"]] == [0, 1]
    assert any(event.report.structure for event in history.all)
    assert {(event.is_stream, event.outcome) for event in history.all} >= {(True, "client_left"), (True, "completed")}


async def test_verified_anew_against_the_same_documents_nothing_flips(history, bench, blind):
    for name, events in history.events.items():
        for event in events:
            found = await blind.replay(event, Wanted(lambda each: replace(bench.own(each), version="other")))

            assert (found.refusal, found.basis) == (None, Basis.VERIFIED), name
            # The mode of a request that asked for one is not known without the policy.
            assert found.flips == (), name
            assert found.after.action is event.action, name


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from([Action.FLAG, Action.REWRITE, Action.BLOCK]))
async def test_relabelled_verdicts_are_those_of_a_new_check(history, bench, blind, support, contradiction, action):
    policy = bench.policy(
        strictness=Strictness(support, contradiction),
        label_actions={**LABEL_ACTIONS, Label.CONTRADICTED: Action.REWRITE, Label.UNSUPPORTED: action},
    )
    for name in ("allow", "rewrite", "flag", "block", "block stream", "two choices", "structured", "conversation"):
        for event in history.events[name]:
            kept = await bench.replayer.replay(event, Wanted(always(policy)))
            anew = await blind.replay(event, Wanted(always(policy)))

            assert (kept.basis, anew.basis) == (Basis.STORED, Basis.VERIFIED)
            assert [claim.after for claim in kept.claims] == [claim.after for claim in anew.claims]
            assert (kept.after.action, kept.after.delivered) == (anew.after.action, anew.after.delivered)


async def test_other_thresholds_flip_what_lies_between(history, bench):
    [event] = history.events["allow"]
    strict = bench.policy(strictness=Strictness(min_support=1.0))

    found = await bench.replayer.replay(event, Wanted(always(strict)))

    assert found.is_flipped
    assert {claim.before for claim in found.flips} == {Label.SUPPORTED}
    assert "is below thresholds.support 1" in found.flips[0].why
    assert (found.before.action, found.before.delivered) == (Action.ALLOW, event.delivered)
    assert found.after.action is not Action.ALLOW


async def test_other_actions_flip_what_is_delivered_but_no_verdict(history, bench):
    [event] = history.events["rewrite"]

    found = await bench.replayer.replay(event, Wanted(always(bench.policy(label_actions=ALL))))

    assert found.is_flipped
    assert found.flips == ()
    assert (found.after.action, found.after.delivered) == (Action.ALLOW, event.report.answer)


async def test_without_a_block_the_rest_of_a_stream_is_looked_at(history, bench):
    [event] = history.events["block stream"]
    calm = bench.policy(max_contradicted=99, label_actions=ALL)

    found = await bench.replayer.replay(event, Wanted(always(calm)))

    assert (found.after.action, found.after.delivered) == (Action.ALLOW, event.report.answer)
    assert len(found.claims) == 4


async def test_a_shadow_policy_delivers_what_the_model_wrote(history, bench):
    [event] = history.events["block"]

    found = await bench.replayer.replay(event, Wanted(always(bench.policy(mode=Mode.SHADOW))))

    assert (found.after.mode, found.after.action) == (Mode.SHADOW, event.action)
    assert (found.after.delivered, found.is_flipped) == (event.report.answer, True)


async def test_other_evidence_is_looked_at_anew(history, bench):
    [event] = history.events["request documents"]
    alone = bench.policy(sources=frozenset((Source.KNOWLEDGE_BASE,)))

    found = await bench.replayer.replay(event, Wanted(always(alone)))

    assert found.basis is Basis.VERIFIED
    assert found.notes[0] == "evidence: conversation, knowledge_base, request_documents → knowledge_base"
    assert [(claim.before, claim.after) for claim in found.flips] == [(Label.SUPPORTED, Label.UNSUPPORTED)]


async def test_sources_that_this_event_has_none_of_change_nothing(history, bench):
    [event] = history.events["allow"]
    fewer = bench.policy(sources=frozenset(Source) - {Source.TOOL_RESULTS, Source.REQUEST_DOCUMENTS})

    found = await bench.replayer.replay(event, Wanted(always(fewer)))

    assert (found.basis, found.is_flipped) == (Basis.STORED, False)


async def test_the_arguments_of_calls_are_run_again(history, bench):
    [right], [wrong] = history.events["right call"], history.events["wrong call"]
    assert (right.action, wrong.action) == (Action.ALLOW, Action.BLOCK)
    assert [verdict.claim.target for verdict in wrong.report.verdicts] != []
    calm = bench.policy("calling", tools=ToolRules({"issue_refund": ToolRule(otherwise=Action.FLAG)}))

    found = await bench.replayer.replay(wrong, Wanted(always(calm)))

    assert (found.basis, found.after.action, found.flips) == (Basis.STORED, Action.FLAG, ())
    assert "issue_refund(" in found.after.delivered


async def test_other_documents_are_read(history, bench):
    [event] = history.events["rewrite"]
    at_zero = RevisionChoice({"default": 0})

    found = await bench.replayer.replay(event, Wanted(bench.own, at_zero))

    assert (found.basis, found.revision) == (Basis.VERIFIED, "default@0")
    assert found.notes == ("documents: default@1 → default@0",)
    assert [claim.after for claim in found.claims] == [Label.UNSUPPORTED]


async def test_a_revision_that_is_gone_is_told(history, bench):
    [event] = history.events["rewrite"]

    found = await bench.replayer.replay(event, Wanted(bench.own, RevisionChoice({"default": 99})))

    assert (found.after, found.refusal.obstacle) == (None, Obstacle.REVISION_GONE)
    assert "no revision 99" in found.refusal.reason
    assert not found.is_flipped


async def test_documents_that_were_not_kept_are_told(history, bench):
    [event] = history.events["request documents"]
    bare = replace(event, question=replace(event.question, documents=()))
    other = RevisionChoice({"default": 0})

    found = await bench.replayer.replay(bare, Wanted(bench.own, other))

    assert found.refusal.obstacle is Obstacle.DOCUMENTS_GONE
    assert "'document-1' of the request was not kept" in found.refusal.reason


async def test_a_policy_that_is_gone_is_told(history, bench):
    [event] = history.events["rewrite"]

    found = await bench.replayer.replay(replace(event, policy="gone"), Wanted(lambda _: None))

    assert found.refusal.obstacle is Obstacle.POLICY_UNKNOWN
    assert "no policy 'gone' any more" in found.refusal.reason


async def test_a_check_that_breaks_is_told(history, bench, monkeypatch):
    [event] = history.events["rewrite"]
    monkeypatch.setattr(bench.replayer.guardrail, "over", lambda _: 1 / 0)

    found = await bench.replayer.replay(event, Wanted(bench.own, RevisionChoice({"default": 0})))

    assert found.refusal.obstacle is Obstacle.CHECK_FAILED


async def test_an_event_whose_check_was_never_opened_keeps_its_verdicts(history, bench):
    [event] = history.events["flag"]
    closed = replace(event, report=replace(event.report, revision=""))

    same = await bench.replayer.replay(closed, Wanted(bench.own))
    other = await bench.replayer.replay(closed, Wanted(always(bench.policy(sources=frozenset()))))

    assert (same.basis, same.is_flipped) == (Basis.STORED, False)
    assert other.refusal.obstacle is Obstacle.REVISION_GONE
    assert "no revision is known" in other.refusal.reason


async def test_verdicts_of_another_verifier_are_made_anew(history, bench):
    [event] = history.events["rewrite"]

    found = await bench.replayer.replay(replace(event, verifier="older"), Wanted(bench.own))

    assert found.basis is Basis.VERIFIED
    assert found.notes[0].startswith("verifier: older → values+")
    assert not found.is_flipped


async def test_events_that_lack_the_probability_of_contradiction_are_verified_anew(history, bench):
    [event] = history.events["flag"]
    older = [replace(verdict, contradiction=0.0) for verdict in event.report.verdicts]
    older = replace(event, report=replace(event.report, verdicts=tuple(older), mended=()))
    other = bench.policy(strictness=Strictness(0.9, 0.4))

    found = await bench.replayer.replay(older, Wanted(always(other)))
    newer = await bench.replayer.replay(event, Wanted(always(other)))

    assert found.notes == ("verified anew: 1 text whose verdict the event does not hold",)
    assert [claim.after for claim in found.claims] == [claim.after for claim in newer.claims]


async def test_other_collections_of_the_policy_are_drawn_on(history, bench):
    [event] = history.events["rewrite"]

    found = await bench.replayer.replay(event, Wanted(always(bench.policy(collections=("missing",)))))

    assert found.refusal.obstacle is Obstacle.REVISION_GONE
    assert "No collection 'missing'" in found.refusal.reason


async def test_collections_that_the_request_named_stay(history, bench):
    [event] = history.events["rewrite"]
    named = replace(event, collections=("faq",), report=replace(event.report, revision="faq@1"))

    found = await bench.replayer.replay(named, Wanted(always(bench.policy(collections=("missing",)))))

    assert (found.basis, found.revision) == (Basis.STORED, "faq@1")


async def test_a_shorter_limit_leaves_the_rest_unchecked(history, bench):
    [event] = history.events["block"]
    limits = replace(bench.policies["default"].limits, max_answer_chars=60)

    found = await bench.replayer.replay(event, Wanted(always(bench.policy(limits=limits))))

    assert found.claims[0].after is Label.CONTRADICTED
    assert Label.UNVERIFIED in {claim.after for claim in found.claims}


async def test_documents_that_came_with_the_request_are_read_again(history, bench, blind):
    [event] = history.events["request documents"]
    other = SourceDocument(event.question.documents[0].id, "Note", "We have no store.", Source.REQUEST_DOCUMENTS)
    changed = replace(event, question=replace(event.question, documents=(other,)))

    found = await blind.replay(changed, Wanted(always(bench.policy())))

    assert [claim.after for claim in found.flips] != []
