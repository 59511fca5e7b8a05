from dataclasses import replace

import pytest

from groundwire.domain import Claim, Hit, Label, Passage, Question, Strictness
from groundwire.embedding.onnx import OnnxEmbedder
from groundwire.models import EMBEDDER, VERIFIER
from groundwire.verification.decision import Decision
from groundwire.verification.entailment import Judgement
from groundwire.verification.evidence import EvidenceVerifier
from groundwire.verification.selection import GLANCE_WORDS

LONG = " and ".join(f"rule {number} of the handbook holds" for number in range(20))


class ShortWindow:
    """A network that reads 100 characters of a claim with its evidence."""

    name = "short"

    def judge(self, pairs):
        return [Judgement((1.0, 0.0, 0.0), (), 0.0, is_cut=len(evidence + claim) > 100) for evidence, claim in pairs]


@pytest.fixture(scope="module")
def verify():
    embedder, model = OnnxEmbedder(EMBEDDER), Decision.load(VERIFIER / "decision.npz")

    def judge(claims, document, entailment):
        verifier = EvidenceVerifier(embedder, entailment, model, name="under test")
        hit = Hit(Passage(1, "handbook", 1, "Handbook", document, 0, len(document)), 1.0, 0.9)
        asked = [Claim(claim, 0, len(claim)) for claim in claims]
        return verifier.verify(asked, [[hit]] * len(claims), Question(), Strictness())

    return judge


def test_a_claim_that_was_not_read_to_its_end_says_so(verify):
    found = verify(["Refunds take two weeks.", f"It says that {LONG}."], "Refunds take 14 days.", ShortWindow())

    assert [verdict.is_cut for verdict in found] == [False, True]


def test_evidence_that_was_not_read_to_its_end_says_so(verify):
    [verdict] = verify(["Refunds take two weeks."], f"Refunds take 14 days and {LONG}.", ShortWindow())

    assert verdict.is_cut


def test_a_claim_that_repeats_a_statement_needs_no_network(verify):
    class Unasked:
        name = "unasked"

        def judge(self, pairs):
            assert not pairs
            return []

    [verdict] = verify(["The refund takes **14 days** in all."], "Note. The refund takes 14 days in all.", Unasked())

    assert verdict.label is Label.SUPPORTED
    assert not verdict.is_cut


def test_a_value_written_otherwise_is_read_as_the_document_writes_it(verify):
    read = []

    class Reader:
        name = "reader"

        def judge(self, pairs):
            read.extend(claim for _, claim in pairs)
            return [Judgement((3.0, 0.0, 0.0), ((0, 7),), 0.9) for _ in pairs]

    verify(["Refunds need two weeks to arrive."], "A refund takes 14 days.", Reader())

    assert read == ["Refunds need 14 days to arrive."]


def test_words_that_no_evidence_carries_are_found_in_the_claim_as_it_was_written(verify):
    class Doubter:
        name = "doubter"

        def judge(self, pairs):
            places = [claim.index("blue stamp") for _, claim in pairs]
            return [Judgement((-6.0, -2.0, 5.0), ((place, place + 10),), 0.99) for place in places]

    text = "Refunds need **two weeks** and a blue stamp to arrive."
    [verdict] = verify([text], "A refund takes 14 days.", Doubter())

    assert [text[start:end] for start, end in verdict.spans] == ["blue stamp"]


class Reader:
    """A network that finds a claim carried, or not, and remembers what it read."""

    name = "reader"

    def __init__(self, *, carries):
        self.read = []
        self._logits = (8.0, -4.0, -4.0) if carries else (-4.0, -4.0, 8.0)

    def judge(self, pairs):
        self.read.extend(evidence for evidence, _ in pairs)
        return [Judgement(self._logits, (), 0.0)] * len(pairs)


RULES = (
    "Refunds for cards take 14 days to arrive.",
    *(f"Shop {place} sells cards and opens daily." for place in range(30)),
)


def test_a_claim_that_the_first_statements_carry_needs_no_more_of_them(verify):
    reader = Reader(carries=True)
    [verdict] = verify(["A refund to your card takes 14 days to arrive."], " ".join(RULES), reader)

    [evidence] = reader.read
    assert RULES[0] in evidence
    assert len(evidence.split()) <= GLANCE_WORDS
    assert verdict.label is Label.SUPPORTED


def test_a_claim_that_the_first_statements_leave_open_is_read_with_all_of_them(verify):
    reader = Reader(carries=False)
    [verdict] = verify(["A refund to your card takes 14 days to arrive."], " ".join(RULES), reader)

    first, second = reader.read
    assert len(first.split()) <= GLANCE_WORDS < len(second.split())
    assert verdict.label is not Label.SUPPORTED


def test_a_refuted_value_is_read_with_all_of_the_evidence(verify):
    reader = Reader(carries=True)
    verify(["A refund to your card takes 30 days to arrive."], " ".join(RULES), reader)

    assert len(reader.read) == 2


def test_what_the_second_look_says_counts(verify):
    class SecondThought(Reader):
        def judge(self, pairs):
            found = super().judge(pairs)
            self._logits = (8.0, -4.0, -4.0)
            return found

    [first], [second] = (
        verify(["A refund to your card takes 14 days to arrive."], " ".join(RULES), reader)
        for reader in (Reader(carries=False), SecondThought(carries=False))
    )

    assert first.label is not Label.SUPPORTED
    assert second.label is Label.SUPPORTED


def test_a_first_look_that_was_cut_short_is_not_enough(verify):
    class Cut(Reader):
        def judge(self, pairs):
            return [replace(judgement, is_cut=True) for judgement in super().judge(pairs)]

    reader = Cut(carries=True)
    verify(["A refund to your card takes 14 days to arrive."], " ".join(RULES), reader)

    assert len(reader.read) == 2
