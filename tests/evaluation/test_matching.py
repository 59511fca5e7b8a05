import pytest

from groundwire.domain import Hit, Label, Passage, Source
from groundwire.evaluation.cases import Quote
from groundwire.evaluation.matching import is_document_found, is_quote_found, judged
from labelled import case, hit, verdict

ANSWER = "Plan A costs $5, and plan B costs $9. Both are monthly."
WHOLE, TAIL = "Plan A costs $5, and plan B costs $9.", "Both are monthly."
QUOTE = Quote("plans", "Plan A costs **$5** a month.")


def claim(text):
    return case(ANSWER, [(text, Label.SUPPORTED)]).claims[0]


def test_the_worst_overlapping_verdict_counts():
    verdicts = [
        verdict("Plan A costs $5,", ANSWER, 0.9),
        verdict("and plan B costs $9.", ANSWER, 0.3, Label.UNSUPPORTED),
        verdict(TAIL, ANSWER, 0.1, Label.CONTRADICTED),
    ]
    found = judged(claim(WHOLE), verdicts, [[hit("a", number=1)], [hit("b", number=2)], [hit("c", number=3)]])
    assert (found.label, found.support, found.is_matched, found.is_flagged) == (Label.UNSUPPORTED, 0.3, True, True)
    assert [one.passage.text for one in found.hits] == ["a", "b"]


def test_one_verdict_may_stand_for_several_claims():
    verdicts = [verdict(WHOLE, ANSWER, 0.2)]
    assert judged(claim("Plan A costs $5,"), verdicts, [[]]).support == 0.2
    assert judged(claim("and plan B costs $9."), verdicts, [[]]).support == 0.2


@pytest.mark.parametrize(
    ("labels", "worst"),
    [
        ((Label.SUPPORTED, Label.UNVERIFIED), Label.UNVERIFIED),
        ((Label.UNVERIFIED, Label.UNSUPPORTED), Label.UNSUPPORTED),
        ((Label.UNSUPPORTED, Label.CONTRADICTED), Label.CONTRADICTED),
    ],
)
def test_labels_from_good_to_bad(labels, worst):
    verdicts = [verdict(WHOLE, ANSWER, 0.5, label) for label in labels]
    assert judged(claim(WHOLE), verdicts, [[], []]).label is worst


def test_a_claim_that_none_of_ours_overlaps_was_let_through():
    found = judged(claim(TAIL), [verdict(WHOLE, ANSWER, 0.1)], [[]])
    assert (found.label, found.support, found.is_matched, found.hits) == (Label.SUPPORTED, 1.0, False, ())


@pytest.mark.parametrize(
    ("texts", "is_found"),
    [
        pytest.param(["Plan A costs $5 a month. Plan B costs $9."], True, id="marks and white space do not matter"),
        pytest.param(["Each month, $5 is what plan A costs."], True, id="the same words in another order"),
        pytest.param(["Plan B costs $9 a month."], False, id="the sibling"),
        pytest.param(["Plan A costs", "$5 a month"], False, id="scattered over passages"),
        pytest.param([], False, id="nothing retrieved"),
    ],
)
def test_a_quote_is_found_by_its_words(texts, is_found):
    assert is_quote_found([QUOTE], [hit(text, number=number) for number, text in enumerate(texts)]) is is_found


def test_every_quote_has_to_be_found():
    hits = [hit("Plan A costs $5 a month.", "plans")]
    assert is_quote_found([QUOTE], hits)
    assert not is_quote_found([QUOTE, Quote("plans", "Plan B costs $9.")], hits)


def test_a_quote_counts_only_from_the_knowledge_base():
    said = Passage(-1, "conversation:0", 1, "", QUOTE.text, 0, 10, source=Source.CONVERSATION)
    assert not is_quote_found([QUOTE], [Hit(said, 1.0, 1.0)])


def test_documents_are_found_by_name():
    assert is_document_found([QUOTE], [hit("x", "plans")])
    assert not is_document_found([QUOTE, Quote("fees", "y")], [hit("x", "plans")])
