import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence_texts import PLANS, RETURNS, asked, claim, hits
from groundwire.domain import Question
from groundwire.embedding.onnx import OnnxEmbedder
from groundwire.models import EMBEDDER
from groundwire.verification.entailment import Judgement
from groundwire.verification.evidence import EvidenceVerifier

NOTHING_ASKED = Question()


class Network:
    """Says the same of every pair."""

    name = "same-1"

    def judge(self, pairs):
        return [Judgement((2.0, -1.0, 0.5), ((0, 4),), 0.75) for _ in pairs]


@pytest.fixture(scope="module")
def embedder():
    return OnnxEmbedder(EMBEDDER)


@pytest.fixture(scope="module")
def measured(embedder):
    verifier = EvidenceVerifier(embedder, Network(), None, name="rules")

    def measure(text, *documents, question=NOTHING_ASKED):
        [one] = verifier.measure([claim(text)], [hits(*documents)], question)
        return one.features

    return measure


@pytest.mark.parametrize(
    ("faithful", "wrong", "name"),
    [
        ("Goods can be returned within 30 days.", "Goods can be returned within 45 days.", "values_different"),
        ("The Team plan costs €29 per month.", "The Team plan costs €9 per month.", "values_elsewhere"),
        ("Gift cards cannot be refunded.", "Gift cards can be refunded.", "negation_differs"),
        ("Refunds are paid to the original card.", "Refunds are paid to the nearest volcano.", "unseen_share"),
        ("Repairs take up to 10 working days.", "Only repairs take up to 10 working days.", "only_added"),
        ("Loan devices cost €15 a week.", "Loan devices may cost €15 a week.", "permission_added"),
    ],
)
def test_a_mistake_shows_in_its_number(measured, faithful, wrong, name):
    assert measured(wrong, RETURNS, PLANS)[name] > measured(faithful, RETURNS, PLANS)[name]


@pytest.mark.parametrize("name", ["cover_best", "align_best_mean", "cosine_best", "align_all_low"])
def test_a_carried_claim_is_nearer_to_the_documents(measured, name):
    carried, foreign = (measured(text, RETURNS) for text in ("Gift cards are not refunded.", "Whales sing at night."))

    assert carried[name] > foreign[name]


def test_what_the_user_said_counts(measured):
    told = measured("Your parcel weighs 7 kg.", RETURNS, question=asked("My parcel weighs 7 kg."))

    assert told["values_restated"] == 1
    assert told["said_cover"] > measured("Your parcel weighs 7 kg.", RETURNS)["said_cover"]


def test_the_network_s_opinion_adds_its_numbers(embedder):
    verifier = EvidenceVerifier(embedder, Network(), None, name="rules")
    [one] = verifier.measure([claim("Gift cards can be refunded.")], [hits(RETURNS)], Question())

    assert one.features["entailed"] == 1.5
    assert one.features["wrong_word"] == 0.75
    assert 0 < one.features["entail_contradicted"] < one.features["entail_supported"] < 1


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=60), st.lists(st.sampled_from([RETURNS, PLANS, "", "Dogs bark."]), max_size=3))
def test_any_claim_has_the_same_finite_numbers(measured, text, documents):
    numbers = measured(text, *documents)

    assert numbers.keys() == measured("Gift cards can be refunded.", RETURNS).keys()
    assert all(math.isfinite(number) for number in numbers.values())
