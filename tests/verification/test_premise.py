import pytest

from evidence_texts import PLANS, RETURNS, asked, claim, readings
from groundwire.domain import Claim, Hit, Passage, Question, Source, Turn
from groundwire.verification.premise import claim_text, evidence_text, heading_of, telling
from groundwire.verification.units import read_hits


def said(*turns):
    """Readings of the user's turns as the retriever hands them over, with their question."""
    question = asked(*turns)
    passages = [
        Passage(place, f"conversation:{place}", 1, "", text, 0, len(text), source=Source.CONVERSATION)
        for place, text in enumerate(turns)
    ]
    return read_hits([Hit(one, 1.0, 0.5) for one in passages]), question


def test_statements_stand_under_their_headings_in_document_order():
    found = readings(RETURNS)
    text = evidence_text([found[-1], found[-2], found[1]])

    assert "Repairs take up to 10 working days. Loan devices cost €15 a week." in text
    assert text.index("Repairs:") < text.index("Goods can be returned")
    assert text.count("Guide > Returns > Repairs") == 1


def test_a_row_is_read_with_its_headers_but_not_twice():
    text = evidence_text(readings(PLANS)[-1:])

    assert text == "Guide > Plans: Plan: Team; Price per month: €29; Storage: 500 GB; Set-up fee: none"


def test_no_evidence_is_no_text():
    assert evidence_text([]) == ""


@pytest.mark.parametrize(
    ("source", "heading"),
    [
        (Source.CONVERSATION, "The user said"),
        (Source.SYSTEM, "Instructions"),
        (Source.TOOL_RESULTS, "Tool result"),
        (Source.KNOWLEDGE_BASE, "Guide"),
    ],
)
def test_a_heading_tells_who_speaks(source, heading):
    assert heading_of(readings("My parcel weighs 7 kg.", source=source)[0]) == heading


def test_what_was_asked_states_nothing():
    found, question = said("My parcel weighs 7 kg. Is that fine?", "And to Vienna?")

    assert [reading.statement.text for reading in telling(found, question)] == ["My parcel weighs 7 kg."]


def test_a_long_last_turn_keeps_its_statements():
    story = "My parcel weighs 7 kg and goes to Vienna. " * 5
    found, question = said(story + "Is that fine?")

    assert {reading.statement.text for reading in telling(found, question)} == {
        "My parcel weighs 7 kg and goes to Vienna."
    }


def test_documents_may_ask():
    found = readings("Who may enter? Members may enter.")

    assert telling(found, asked("Who may enter?")) == found


def test_a_claim_is_read_behind_its_question():
    text = claim_text(claim("It costs **€15**."), asked("What is the fee?"))

    assert text == "What is the fee? || It costs €15."


def test_a_claim_is_read_with_what_stood_before_it():
    one = Claim("It costs €15.", 0, 13, "Loan devices:")

    assert claim_text(one, Question()) == "Loan devices: || It costs €15."


def test_a_bare_claim_stands_alone():
    assert claim_text(claim("It costs €15."), Question((Turn("assistant", "Hello."),))) == "It costs €15."


def test_a_long_question_is_cut_at_its_front():
    text = claim_text(claim("It costs €15."), asked("word " * 300 + "what is the fee?"))

    assert text.endswith("what is the fee? || It costs €15.")
    assert len(text.split()) < 60
