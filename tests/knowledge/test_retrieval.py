import pytest

from groundwire.domain import Claim, Passage, Question, Source, SourceDocument, Turn
from groundwire.knowledge.retrieval import FusedRetriever, attached_hits, attachments, passage_stems, split
from groundwire.verification.words import stems

EVERYWHERE = frozenset(Source)
KNOWLEDGE_BASE = frozenset({Source.KNOWLEDGE_BASE})
PLANS = {
    "essential": "# Essential\n\nEssential keeps video for 7 days.",
    "plus": "# Plus\n\nPlus keeps video for 30 days.",
    "pro": "# Pro\n\nPro keeps video for 60 days.",
    "refunds": "# Refunds\n\nRefunds take 14 days.",
}


def claim(text, context=""):
    return Claim(text, 0, len(text), context)


def asked(text, *documents):
    return Question((Turn("user", text),), documents)


@pytest.fixture
def retrieve(library):
    """Retrieve over the plans and return the document ids of each claim, best first."""
    library.add(**PLANS)
    retriever = FusedRetriever(library.embedder, passages_per_claim=3)

    def run(claims, question=None, sources=KNOWLEDGE_BASE):
        hits = retriever.retrieve(claims, question or Question(), library.knowledge.snapshot([]), sources)
        return [[hit.passage.document_id for hit in found] for found in hits]

    return run


def test_each_claim_gets_its_own_evidence_in_input_order(retrieve):
    first, second = retrieve([claim("Refunds take 30 days."), claim("Pro keeps video for 60 days.")])
    assert (first[0], second[0]) == ("refunds", "pro")
    assert len(first) <= 3


def test_the_question_finds_what_the_claim_does_not_name(retrieve):
    [without] = retrieve([claim("It keeps video for 14 days.")])
    [found] = retrieve([claim("It keeps video for 14 days.")], asked("What does the Pro plan do with my video?"))
    assert "pro" in found
    assert found.index("pro") <= (without.index("pro") if "pro" in without else 3)


def test_the_words_of_the_claim_outweigh_those_of_its_context(retrieve):
    [found] = retrieve([claim("Refunds take 14 days.", context="Plus keeps video, and Pro keeps video too.")])
    assert found[0] == "refunds"


def test_a_source_that_is_off_is_not_searched(retrieve):
    assert retrieve([claim("Refunds take 30 days.")], sources=frozenset({Source.CONVERSATION})) == [[]]


def test_what_came_with_the_request_comes_before_the_knowledge_base(retrieve):
    sent = SourceDocument("sent", "Policy", "Refunds take 21 days.")
    [found] = retrieve([claim("Refunds take 30 days.")], asked("How long?", sent), EVERYWHERE)
    assert found[0] == "sent"
    assert "refunds" in found


@pytest.mark.parametrize("question", ["", "   ", "\n"], ids=repr)
def test_an_empty_question_changes_nothing(retrieve, question):
    claims = [claim("Refunds take 30 days.")]
    assert retrieve(claims, asked(question)) == retrieve(claims)


def test_no_claim_has_no_evidence_and_an_empty_collection_has_none_either(library):
    retriever = FusedRetriever(library.embedder)
    empty = library.knowledge.snapshot([])
    assert retriever.retrieve([], Question(), empty, EVERYWHERE) == []
    assert retriever.retrieve([claim("It is free.")], Question(), empty, EVERYWHERE) == [[]]


def test_turns_count_by_their_role_and_the_assistants_own_words_never_do():
    roles = ("system", "developer", "user", "assistant", "tool", "function")
    question = Question(tuple(Turn(role, f"The {role} speaks.") for role in roles))
    assert [document.source for document in attachments(question, EVERYWHERE)] == [
        Source.SYSTEM,
        Source.SYSTEM,
        Source.CONVERSATION,
        Source.TOOL_RESULTS,
        Source.TOOL_RESULTS,
    ]
    assert attachments(question, KNOWLEDGE_BASE) == []


def test_attached_passages_are_ranked_by_shared_words():
    documents = tuple(SourceDocument(name, name, text) for name, text in PLANS.items()) * 3
    [found] = attached_hits([claim("Pro keeps video for 90 days.")], Question((), documents), EVERYWHERE)
    assert found[0].passage.document_id == "pro"
    assert len(found) == 6
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)


def test_a_document_of_a_request_is_cut_into_passages_that_slice_it():
    text = "# Rules\n\n" + "\n\n".join(f"## Rule {n}\n\n" + f"Rule {n} holds. " * 40 for n in range(4))
    passages = split(SourceDocument("sent", "Rules", text))
    assert len(passages) > 1
    assert all(passage.text == text[passage.start : passage.end] for passage in passages)
    assert len({passage.id for passage in passages}) == len(passages)


def test_headings_belong_to_the_words_of_a_passage():
    passage = Passage(1, "a", 1, "Fares", "24 euros.", 0, 9, ("Baggage",), "Fare and fee")
    assert stems("fares baggage fee euros 24") <= passage_stems(passage)
