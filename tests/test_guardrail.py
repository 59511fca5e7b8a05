import math
from dataclasses import replace

import pytest

from fakes import FakeKnowledgeBase, FakeRetriever, ReconsideringVerifier, ScriptedVerifier
from groundwire.claims.splitting import split_answer
from groundwire.domain import (
    Claim,
    Failure,
    Hit,
    Label,
    Passage,
    Question,
    Source,
    SourceDocument,
    Strictness,
    Turn,
)
from groundwire.errors import CheckError, UnknownCollection
from groundwire.guardrail import Guardrail, Scope, skipped, unverified
from groundwire.verification.arguments import Argument

SCOPE = Scope(("default",))
PASSAGE = Passage(1, "handbook", 1, "Handbook", "It is right.", 0, 12)


class Recording(FakeRetriever):
    """Finds what it is told to, and remembers what it was asked."""

    def __init__(self, *hits):
        self.hits = list(hits)
        self.asked = []

    def retrieve(self, claims, question, snapshot, sources):
        self.asked.append(([claim.text for claim in claims], question, snapshot.revision, sources))
        return [self.hits for _ in claims]


def test_the_same_check_can_be_had_over_other_documents():
    guardrail = Guardrail(FakeKnowledgeBase(), FakeRetriever(), ScriptedVerifier())

    other = guardrail.over(FakeKnowledgeBase("faq"))

    assert other.open(Question(), Scope(("faq",))).revision == "faq@1"
    with pytest.raises(UnknownCollection):
        guardrail.open(Question(), Scope(("faq",)))


@pytest.fixture
def knowledge():
    return FakeKnowledgeBase("default", "faq")


@pytest.fixture
def verifier():
    return ScriptedVerifier()


@pytest.fixture
def guardrail(knowledge, verifier):
    return Guardrail(knowledge, FakeRetriever(), verifier)


def test_a_report_has_a_verdict_for_each_claim(guardrail):
    report = guardrail.check("Hi! The fee is wrong. The rest is fine.", Question(), SCOPE)

    assert [(one.claim.text, one.label) for one in report.verdicts] == [
        ("The fee is wrong.", Label.CONTRADICTED),
        ("The rest is fine.", Label.SUPPORTED),
    ]
    assert (report.revision, report.label) == ("default@1", Label.CONTRADICTED)
    assert set(report.timing_ms) == {"claims", "verdicts"}


def test_an_answer_without_claims_is_not_looked_up(guardrail, verifier):
    report = guardrail.check("Hello! How can I help?", Question(), SCOPE)

    assert (report.verdicts, report.label, verifier.batches) == ((), Label.SUPPORTED, [])


def test_all_claims_go_to_the_verifier_in_one_batch(guardrail, verifier):
    guardrail.check("The fee is low. The rest is fine. It rises.", Question(), SCOPE)

    assert verifier.batches == [["The fee is low.", "The rest is fine.", "It rises."]]


def test_the_retriever_gets_question_revision_and_sources(knowledge, verifier):
    retriever = Recording()
    question = Question(documents=(SourceDocument("d", "Fees", "The fee is low."),))
    scope = Scope(("default", "faq"), frozenset((Source.SYSTEM,)))

    Guardrail(knowledge, retriever, verifier).check("The fee is low.", question, scope)

    assert retriever.asked == [(["The fee is low."], question, "default@1,faq@1", frozenset((Source.SYSTEM,)))]


def test_the_verifier_gets_evidence_and_strictness(knowledge):
    class Verifier(ScriptedVerifier):
        def verify(self, claims, evidence, question, strictness):
            self.seen = (evidence, strictness)
            return super().verify(claims, evidence, question, strictness)

    verifier, hit = Verifier(), Hit(PASSAGE, 1.0, 0.9)

    Guardrail(knowledge, Recording(hit), verifier).check(
        "The fee is low.", Question(), Scope(("default",), strictness=Strictness(0.7, 0.8))
    )

    assert verifier.seen == ([[hit]], Strictness(0.7, 0.8))


def test_without_any_document_the_claims_are_unverified(guardrail, knowledge, verifier):
    knowledge.is_empty = True

    [verdict] = guardrail.check("The fee is low.", Question(), SCOPE).verdicts

    assert (verdict.label, verdict.failure) == (Label.UNVERIFIED, Failure.EMPTY_KNOWLEDGE_BASE)
    assert "no document" in verdict.reason
    assert verifier.batches == []


def test_a_claim_in_another_language_is_unverified_and_the_others_are_judged(guardrail, verifier):
    answer = "The fee is low. Die Gebühr ist nicht hoch. The rest is wrong."

    found = guardrail.check(answer, Question(), SCOPE).verdicts

    assert [one.label for one in found] == [Label.SUPPORTED, Label.UNVERIFIED, Label.CONTRADICTED]
    assert (found[1].failure, found[1].reason) == (Failure.LANGUAGE, "the check covers English only")
    assert verifier.batches == [["The fee is low.", "The rest is wrong."]]


def test_documents_of_the_request_do_for_an_empty_knowledge_base(knowledge, verifier):
    knowledge.is_empty = True

    [verdict] = (
        Guardrail(knowledge, Recording(Hit(PASSAGE, 1.0, 0.9)), verifier)
        .check("The fee is low.", Question(), SCOPE)
        .verdicts
    )

    assert verdict.label is Label.SUPPORTED


def test_an_unknown_collection_is_an_error_that_lists_the_known_ones(guardrail):
    with pytest.raises(UnknownCollection, match=r"'other'.*default, faq"):
        guardrail.open(Question(), Scope(("other",)))


def test_a_check_that_breaks_is_an_error_and_never_a_verdict(guardrail, verifier):
    verifier.error = CheckError("The model is gone.")

    with pytest.raises(CheckError, match="The model is gone"):
        guardrail.check("The fee is low.", Question(), SCOPE)


def test_a_verifier_that_forgets_a_claim_is_an_error(knowledge):
    class Forgetful(ScriptedVerifier):
        def verify(self, claims, evidence, question, strictness):
            return super().verify(claims[:1], evidence, question, strictness)

    with pytest.raises(CheckError, match="1 verdicts on 2 claims"):
        Guardrail(knowledge, FakeRetriever(), Forgetful()).check("The fee is low. It rises.", Question(), SCOPE)


def test_claims_one_by_one_get_the_verdicts_of_all_at_once(guardrail):
    check = guardrail.open(Question(), SCOPE)
    claims = [segment.claim for segment in split_answer("The fee is wrong. The rest is fine.") if segment.claim]

    assert [check.verify([claim])[0] for claim in claims] == check.verify(claims)
    assert check.verify([]) == []


def test_a_check_keeps_its_revision(guardrail, knowledge):
    check = guardrail.open(Question(), SCOPE)
    knowledge.names = ()

    assert check.report("The fee is low.").revision == "default@1"


def test_the_verifier_is_named(guardrail):
    assert guardrail.verifier_name == "scripted"


def test_a_verifier_that_looks_again_does_so_once_an_answer(knowledge):
    verifier, question = ReconsideringVerifier(), Question()

    report = Guardrail(knowledge, FakeRetriever(), verifier).check("It perhaps rises. It falls.", question, SCOPE)

    assert [one.label for one in report.verdicts] == [Label.SUPPORTED, Label.SUPPORTED]
    assert verifier.asked == [(question, SCOPE.strictness, math.inf)]


def test_each_request_has_a_ration_of_its_own(knowledge):
    verifier = ReconsideringVerifier()
    guardrail = Guardrail(knowledge, FakeRetriever(), verifier)
    check = guardrail.open(Question(), SCOPE)
    check.report("The fee is low.")
    check.report("The rest is fine.")
    guardrail.check("The fee is low.", Question(), SCOPE)

    assert check.can_reconsider
    assert (verifier.given, len(verifier.asked)) == (2, 3)


def test_a_verifier_that_never_looks_again_leaves_its_verdicts(guardrail):
    check = guardrail.open(Question(), SCOPE)
    verdicts = check.verify([split_answer("It perhaps rises.")[0].claim])

    assert not check.can_reconsider
    assert check.reconsider(verdicts) == verdicts


def test_a_claim_that_was_not_read_to_its_end_is_in_the_coverage(knowledge):
    class Cutting(ScriptedVerifier):
        def verify(self, *asked):
            return [replace(one, is_cut="long" in one.claim.text) for one in super().verify(*asked)]

    report = Guardrail(knowledge, FakeRetriever(), Cutting()).check("The fee is low. It is long.", Question(), SCOPE)

    assert [(entry.what, entry.why) for entry in report.skipped] == [
        (
            "a part of the claim at characters 16 to 27",
            "the claim or its evidence is longer than is read at once; the rest was not read",
        )
    ]


def test_code_is_in_the_coverage_and_a_greeting_is_not():
    entries = skipped(split_answer("Hello!\n```\nx = 1\n```\n"))

    assert [(entry.what, entry.why) for entry in entries] == [("```", "code")]


@pytest.mark.parametrize("failure", Failure)
def test_an_unverified_verdict_names_its_failure(failure):
    claim = split_answer("The fee is low.")[0].claim

    verdict = unverified(claim, failure, "because")

    assert (verdict.label, verdict.failure, verdict.support) == (Label.UNVERIFIED, failure, 0.0)


def values_of(*pairs):
    return [Argument(Claim(f"The {name} is {value}", 0, len(value)), name, value) for name, value in pairs]


def test_arguments_are_looked_up_in_what_came_with_the_request():
    asked = Question((Turn("user", "Refund A-17."), Turn("tool", '{"amount": 45}'), Turn("assistant", "It is B-9.")))
    verifier = ScriptedVerifier()
    check = Guardrail(FakeKnowledgeBase(), FakeRetriever(), verifier).open(asked, Scope(("default",)))

    found = check.verify_arguments(values_of(("order", "A-17"), ("amount", "45"), ("amount", "54"), ("order", "B-9")))

    assert [one.label for one in found] == ["supported", "supported", "contradicted", "unsupported"]
    assert verifier.batches == [["The order is B-9"]]


def test_arguments_are_looked_up_in_what_the_knowledge_base_has_for_them():
    found = Recording(Hit(PASSAGE, 1.0, 1.0))
    check = Guardrail(FakeKnowledgeBase(), found, ScriptedVerifier()).open(Question(), SCOPE)

    right, left = check.verify_arguments(values_of(("side", "right"), ("side", "left")))

    assert (right.label, right.evidence[0].document_id, right.evidence[0].quote) == (
        "supported",
        "handbook",
        "It is right.",
    )
    assert left.label == "unsupported"


def test_a_source_that_is_off_holds_no_argument():
    asked = Question((Turn("user", "Refund A-17."),))
    scope = Scope(("default",), frozenset(Source) - {Source.CONVERSATION})
    check = Guardrail(FakeKnowledgeBase(), FakeRetriever(), ScriptedVerifier()).open(asked, scope)

    assert [one.label for one in check.verify_arguments(values_of(("order", "A-17")))] == ["unsupported"]


def test_no_arguments_need_no_check():
    verifier = ScriptedVerifier()
    check = Guardrail(FakeKnowledgeBase(), FakeRetriever(), verifier).open(Question(), Scope(("default",)))

    assert (check.verify_arguments([]), verifier.batches) == ([], [])
