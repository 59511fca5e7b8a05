import pytest

from fakes import FakeKnowledgeBase, FakeRetriever, ReconsideringVerifier, ScriptedVerifier
from groundwire.domain import Action, Label, Question, Turn
from groundwire.errors import CheckError
from groundwire.evaluation.bench import Bench
from groundwire.policy.policy import Policy
from labelled import ANSWER, case, hit


class FindsTheClaim(FakeRetriever):
    """Finds for each claim a passage with its own words."""

    def retrieve(self, claims, question, snapshot, sources):
        self.snapshot = snapshot
        return [[hit(claim.text)] for claim in claims]


def bench(verifier=None, retriever=None, **policy):
    verifier, retriever = verifier or ScriptedVerifier(), retriever or FindsTheClaim()
    return Bench(FakeKnowledgeBase("default", "kb-1"), retriever, verifier, Policy(**policy), {"shop": ("kb-1",)})


def test_an_answer_is_split_and_judged_with_its_passages():
    found = bench().check(case("The fee is right. The limit is wrong."))
    assert [verdict.label for verdict in found.verdicts] == [Label.SUPPORTED, Label.CONTRADICTED]
    assert [[one.passage.text for one in hits] for hits in found.hits] == [
        ["The fee is right."],
        ["The limit is wrong."],
    ]
    assert (found.action, found.score) == (Action.REWRITE, pytest.approx(0.9))
    assert found.check_ms >= found.retrieval_ms > 0


@pytest.mark.parametrize(("name", "revision"), [("shop", "kb-1@1"), ("", "")])
def test_an_answer_is_checked_against_its_own_knowledge_base(name, revision):
    retriever = FindsTheClaim()
    bench(retriever=retriever).check(case(ANSWER, knowledge_base=name))
    assert retriever.snapshot.revision == revision


def test_one_claim_is_judged_whole():
    verifier = ScriptedVerifier()
    found = bench(verifier).check(case("The fee is right. The limit is perhaps 5", is_one_claim=True))
    assert verifier.batches == [["The fee is right. The limit is perhaps 5"]]
    assert found.score == pytest.approx(0.7)


@pytest.mark.parametrize("is_one_claim", [True, False])
def test_a_verifier_that_looks_again_does_so_here_too(is_one_claim):
    found = bench(ReconsideringVerifier()).check(case("The fee is perhaps 5.", is_one_claim=is_one_claim))
    assert [verdict.label for verdict in found.verdicts] == [Label.SUPPORTED]


def test_the_conversation_is_in_hand():
    verifier = ScriptedVerifier()
    question = Question((Turn("user", "What is the fee?"),))
    bench(verifier).check(case("The fee is right.", question=question))
    assert verifier.questions == [question]


def test_an_answer_without_claims_is_let_through():
    found = bench().check(case("Hello! How are you?"))
    assert (found.verdicts, found.hits, found.action, found.score) == ((), (), Action.ALLOW, 0.0)


def test_a_check_that_fails_leaves_the_answer_unverified(caplog):
    verifier = ScriptedVerifier()
    verifier.error = CheckError("broken")
    found = bench(verifier).check(case(ANSWER))
    assert [verdict.label for verdict in found.verdicts] == [Label.UNVERIFIED]
    assert (found.hits, found.action) == (((),), Action.BLOCK)
    assert "a.jsonl, line 1" in caplog.text


def test_passages_of_an_earlier_answer_are_forgotten():
    judge = bench()
    judge.check(case(ANSWER))
    assert judge.check(case("Hello!")).hits == ()


def test_the_policy_decides_about_the_answer():
    actions = dict.fromkeys(Label, Action.ALLOW)
    assert bench(label_actions=actions).check(case("The limit is wrong.")).action is Action.ALLOW
