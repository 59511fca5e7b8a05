"""The verifier that ships, with its real models, on plain claims."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence_texts import PLANS, RETURNS, asked, claim, hits
from groundwire.domain import Label, Question, Strictness
from groundwire.embedding.onnx import OnnxEmbedder
from groundwire.models import EMBEDDER
from groundwire.verification.shipped import load_verifier

QUESTION = asked("How do returns and plans work?")


@pytest.fixture(scope="module")
def verifier():
    return load_verifier(OnnxEmbedder(EMBEDDER))


def judged(verifier, text, *documents, start=0, question=QUESTION):
    [found] = verifier.verify([claim(text, start)], [hits(*documents)], question, Strictness())
    return found


@pytest.mark.parametrize(
    "text",
    [
        "Goods can be returned within 30 days of delivery.",
        "Refunds are paid within two weeks to the original card.",
        "The Team plan costs €29 per month.",
        "Gift cards cannot be refunded.",
        "Repairs take up to 10 working days.",
    ],
)
def test_what_the_documents_say_is_supported_with_its_quote(verifier, text):
    found = judged(verifier, text, RETURNS, PLANS)

    assert (found.label, found.corrections, found.spans) == (Label.SUPPORTED, (), ())
    assert found.support >= 0.5
    assert found.reason.startswith("document says")


@pytest.mark.parametrize(
    ("text", "said", "corrected"),
    [
        (
            "Goods can be returned within 60 days of delivery.",
            ("30 days", "60 days"),
            "Goods can be returned within 30 days of delivery.",
        ),
        ("The Team plan costs €9 per month.", ("€29", "€9"), "The Team plan costs €29 per month."),
        ("Loan devices cost €45 a week.", ("€15", "€45"), "Loan devices cost €15 a week."),
    ],
)
def test_a_wrong_value_is_contradicted_with_both_values_and_corrected(verifier, text, said, corrected):
    found = judged(verifier, text, RETURNS, PLANS)

    assert found.label is Label.CONTRADICTED
    assert found.corrected_text == corrected
    assert all(value in found.reason for value in said)
    assert judged(verifier, corrected, RETURNS, PLANS).label is Label.SUPPORTED


def test_a_turned_statement_is_not_supported(verifier):
    found = judged(verifier, "Gift cards can be refunded.", RETURNS, PLANS)

    assert found.label is not Label.SUPPORTED
    assert found.corrected_text is None


def test_what_no_document_mentions_is_not_supported(verifier):
    found = judged(verifier, "The shop sponsors a football team in Lisbon.", RETURNS, PLANS)

    assert found.label is not Label.SUPPORTED
    assert found.spans


def test_without_any_evidence_nothing_is_supported(verifier):
    found = judged(verifier, "Goods can be returned within 30 days.", question=Question())

    assert (found.label, found.evidence) == (Label.UNSUPPORTED, ())


def test_verdicts_come_in_the_order_of_the_claims(verifier):
    texts = ["Gift cards cannot be refunded.", "The Team plan costs €9 per month.", "Gift cards cannot be refunded."]
    claims = [claim(text, 40 * place) for place, text in enumerate(texts)]
    found = verifier.verify(claims, [hits(RETURNS, PLANS)] * 3, QUESTION, Strictness())

    assert [verdict.claim for verdict in found] == claims
    assert found[0].label is found[2].label is not found[1].label
    assert verifier.verify([], [], QUESTION, Strictness()) == []


def test_a_stricter_policy_supports_less(verifier):
    one = claim("Refunds are paid within two weeks to the original card.")
    [mild], [strict] = (
        verifier.verify([one], [hits(RETURNS)], QUESTION, Strictness(min_support=limit)) for limit in (0.01, 1.0)
    )

    assert (mild.label, mild.support) == (Label.SUPPORTED, strict.support)
    assert strict.label is not Label.SUPPORTED


PIECES = (
    "Goods Refunds gift cards Team plan cost €20 €29 9 days 14 within not can only be paid refunded 50% whales".split()
)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=14).map(" ".join),
    st.lists(st.sampled_from([RETURNS, PLANS, "Dogs bark.", "| a |"]), max_size=3),
    st.integers(0, 50),
)
def test_everything_lies_where_it_says_and_comes_again(verifier, text, documents, start):
    found = judged(verifier, text, *documents, start=start)
    sources = {f"d{place}": document for place, document in enumerate(documents)}

    assert all(sources[one.document_id][one.start : one.end] == one.quote for one in found.evidence)
    inside = [*found.spans, *((edit.start, edit.end) for edit in found.corrections)]
    assert all(start <= low < high <= start + len(text) for low, high in inside)
    assert all(one[1] <= other[0] for one, other in pairwise(found.spans))
    assert 0 <= found.support <= 1
    assert found == judged(verifier, text, *documents, start=start)
