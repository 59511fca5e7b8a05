from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence_texts import PLANS, RETURNS, asked, claim, hits
from fakes import WordEmbedder
from groundwire.domain import Label, Question, Strictness
from groundwire.verification.features import prepare
from groundwire.verification.selection import Selector
from groundwire.verification.verdicts import verdict

NOTHING_ASKED = Question()
SURE = {
    Label.SUPPORTED: {Label.SUPPORTED: 0.9, Label.CONTRADICTED: 0.05, Label.UNSUPPORTED: 0.05},
    Label.CONTRADICTED: {Label.SUPPORTED: 0.1, Label.CONTRADICTED: 0.8, Label.UNSUPPORTED: 0.1},
    Label.UNSUPPORTED: {Label.SUPPORTED: 0.1, Label.CONTRADICTED: 0.1, Label.UNSUPPORTED: 0.8},
}


def judged(text, label, *documents, start=0, wrong=(), question=NOTHING_ASKED):
    prepared = prepare(claim(text, start), hits(*documents), question, Selector(WordEmbedder()).choose)
    return verdict(prepared, prepared.chosen, SURE[label], wrong, Strictness())


def marked(found):
    return [found.claim.text[start - found.claim.start : end - found.claim.start] for start, end in found.spans]


@pytest.mark.parametrize(
    ("text", "reason", "corrected"),
    [
        (
            "Goods can be returned within 45 days of delivery.",
            "document says at most 30 days, answer says at most 45 days",
            "Goods can be returned within 30 days of delivery.",
        ),
        (
            "Loan devices cost twenty euros a week.",
            "document says €15 per week, answer says twenty euros per week",
            "Loan devices cost fifteen euros a week.",
        ),
        (
            "The Team plan costs €9 per month.",
            "document says €29, answer says €9 per month",
            "The Team plan costs €29 per month.",
        ),
    ],
)
def test_a_sure_value_is_the_reason_and_the_correction(text, reason, corrected):
    found = judged(text, Label.CONTRADICTED, RETURNS, PLANS)

    assert (found.label, found.reason, found.corrected_text) == (Label.CONTRADICTED, reason, corrected)
    assert marked(found) == [text[edit.start : edit.end] for edit in found.corrections]


@pytest.mark.parametrize("label", SURE)
def test_both_probabilities_are_kept_so_that_thresholds_can_be_tried_later(label):
    found = judged("Refunds take 30 days.", label, "Refunds take 14 days.")

    assert (found.support, found.contradiction) == (SURE[label][Label.SUPPORTED], SURE[label][Label.CONTRADICTED])


def test_corrections_and_spans_are_offsets_into_the_answer():
    text = "Goods can be returned within 45 days of delivery."
    found = judged(text, Label.CONTRADICTED, RETURNS, start=100)
    [edit] = found.corrections

    assert found.claim.text[edit.start - 100 : edit.end - 100] == "45 days"
    assert found.spans == ((edit.start, edit.end),)


@pytest.mark.parametrize(
    ("text", "documents"),
    [
        ("Refunds take 9 days.", ("Cancelled trips: 14 days of waiting.", "Lost cheques: 21 days of waiting.")),
        ("The set-up fee for Team is €20.", (PLANS,)),
        ("Gift cards can be refunded.", (RETURNS,)),
    ],
    ids=["two places", "no value there", "no value at all"],
)
def test_without_a_sure_place_nothing_is_corrected(text, documents):
    found = judged(text, Label.CONTRADICTED, *documents)

    assert found.corrections == ()
    assert found.corrected_text is None
    assert found.reason


def test_a_cell_that_says_none_is_the_reason():
    found = judged("The set-up fee for Team is €20.", Label.CONTRADICTED, PLANS)

    assert found.reason == "document says none, answer says €20"
    assert marked(found) == ["€20"]


def test_a_value_without_a_sure_counterpart_is_named_with_the_quote():
    found = judged(
        "Refunds take 9 days.",
        Label.CONTRADICTED,
        "Cancelled trips: 14 days of waiting.",
        "Lost cheques: 21 days of waiting.",
    )

    assert found.reason.startswith("document does not say '9 days': ")
    assert marked(found) == ["9 days"]


@pytest.mark.parametrize("label", [Label.SUPPORTED, Label.UNSUPPORTED])
def test_only_a_contradicted_claim_is_corrected(label):
    assert judged("Goods can be returned within 45 days of delivery.", label, RETURNS).corrections == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Pay before delivery.", "document says 'after', answer says 'before': \"Pay after delivery.\""),
        ("Do not pay after delivery.", 'answer denies what the document says: "Pay after delivery."'),
        ("Pay in gold after delivery.", 'document says otherwise: "Pay after delivery."'),
    ],
)
def test_a_contradiction_without_values_names_what_turns_it(text, reason):
    assert judged(text, Label.CONTRADICTED, "Pay after delivery.").reason == reason


@pytest.mark.parametrize(
    ("text", "document", "reason"),
    [
        ("The fee is €80.", "Gift cards are nice.", "no document says '€80' of this"),
        ("The lounge has whales.", "The lounge opens early.", "no document mentions 'whales'"),
        (
            "The lounge opens early.",
            "The lounge opens early.",
            'no document settles this; the nearest passage says "The',
        ),
    ],
)
def test_an_unsupported_claim_says_what_is_missing(text, document, reason):
    assert judged(text, Label.UNSUPPORTED, document).reason.startswith(reason)


def test_without_documents_nothing_settles_a_claim():
    found = judged("It is so.", Label.UNSUPPORTED)

    assert (found.reason, found.evidence) == ("no document settles this", ())


@pytest.mark.parametrize(
    ("text", "question", "reason"),
    [
        ("Gift cards cannot be refunded.", (), 'document says "Gift cards cannot be refunded."'),
        ("Your parcel weighs 7 kg.", ("It weighs 7 kg.",), "repeats what the user said"),
        ("For 4 weeks it is €60.", ("I need one for 4 weeks.",), "follows from the documents: "),
    ],
)
def test_a_supported_claim_says_why(text, question, reason):
    assert judged(text, Label.SUPPORTED, RETURNS, question=asked(*question)).reason.startswith(reason)


def test_the_network_s_words_are_marked_where_no_value_is_wrong():
    text = "Gift cards can be refunded."

    assert marked(judged(text, Label.CONTRADICTED, RETURNS, wrong=[(11, 14)])) == ["can"]


def test_the_deciding_statement_comes_first_and_evidence_is_short():
    found = judged("Goods can be returned within 45 days of delivery.", Label.CONTRADICTED, PLANS, RETURNS)

    assert found.evidence[0].quote == "Goods can be returned within 30 days of delivery."
    assert len(found.evidence) <= 3
    assert len({(one.document_id, one.start) for one in found.evidence}) == len(found.evidence)


PIECES = "Goods Refunds gift cards Team plan cost €20 €29 9 days 14 within not can only be paid refunded 50% of".split()


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=14).map(" ".join),
    st.sampled_from(sorted(SURE)),
    st.lists(st.sampled_from([RETURNS, PLANS, "Dogs bark."]), max_size=3),
    st.integers(0, 50),
)
def test_everything_lies_where_it_says(text, label, documents, start):
    found = judged(text, label, *documents, start=start)
    sources = {f"d{place}": document for place, document in enumerate(documents)}

    assert all(sources[one.document_id][one.start : one.end] == one.quote for one in found.evidence)
    inside = [*found.spans, *((edit.start, edit.end) for edit in found.corrections)]
    assert all(start <= low < high <= start + len(text) for low, high in inside)
    assert all(one[1] <= other[0] for one, other in pairwise(found.spans))
    assert found == judged(text, label, *documents, start=start)


def test_a_supported_claim_shows_the_statement_that_holds_its_values():
    found = judged(
        "It includes 10 cameras and 30 days of video history.",
        Label.SUPPORTED,
        "Business includes 32 cameras and 90 days of video history.",
        "Plus covers 10 cameras for 30 days.",
    )

    assert found.evidence[0].quote == "Plus covers 10 cameras for 30 days."
