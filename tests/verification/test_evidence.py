import pytest

from groundwire.domain import Claim, Hit, Passage, Question, Strictness
from groundwire.embedding.onnx import OnnxEmbedder
from groundwire.models import EMBEDDER
from groundwire.verification.entailment import Judgement
from groundwire.verification.evidence import EvidenceVerifier
from groundwire.verification.shipped import FOLDER
from groundwire.verification.trees import TreeEnsemble

LONG = " and ".join(f"rule {number} of the handbook holds" for number in range(20))


class ShortWindow:
    """A network that reads 100 characters of a claim with its evidence."""

    name = "short"

    def judge(self, pairs):
        return [Judgement((1.0, 0.0, 0.0), (), 0.0, is_cut=len(evidence + claim) > 100) for evidence, claim in pairs]


@pytest.fixture(scope="module")
def verify():
    embedder, model = OnnxEmbedder(EMBEDDER), TreeEnsemble.load(FOLDER / "decision.npz")

    def judge(claims, document, entailment=None):
        verifier = EvidenceVerifier(embedder, entailment, model, name="under test")
        hit = Hit(Passage(1, "handbook", 1, "Handbook", document, 0, len(document)), 1.0, 0.9)
        asked = [Claim(claim, 0, len(claim)) for claim in claims]
        return verifier.verify(asked, [[hit]] * len(claims), Question(), Strictness())

    return judge


def test_a_claim_that_was_not_read_to_its_end_says_so(verify):
    found = verify(["Refunds take 14 days.", f"It says that {LONG}."], "Refunds take 14 days.", ShortWindow())

    assert [verdict.is_cut for verdict in found] == [False, True]


def test_evidence_that_was_not_read_to_its_end_says_so(verify):
    [verdict] = verify(["Refunds take 14 days."], f"Refunds take 14 days and {LONG}.", ShortWindow())

    assert verdict.is_cut


def test_without_a_network_nothing_is_cut(verify):
    [verdict] = verify([f"It says that {LONG}."], f"It says that {LONG}.")

    assert not verdict.is_cut
