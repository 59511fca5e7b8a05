import pytest

from groundwire.claims.context import AnswerContext
from groundwire.claims.splitting import split_answer
from groundwire.domain import Question, Turn

ASKED = Question(
    (
        Turn("user", "Do you ship abroad?"),
        Turn("assistant", "Yes, to Europe."),
        Turn("user", "What does *Express* cost?"),
    )
)


def contexts(answer, question=ASKED):
    claims = [segment.claim for segment in split_answer(answer, question) if segment.claim]
    return {claim.text: claim.context for claim in claims}


def test_a_claim_that_speaks_for_itself_has_no_context():
    claim = "Express shipping within Europe costs nine euros for every parcel."

    assert contexts(claim) == {claim: ""}


@pytest.mark.parametrize(
    "claim", ["Yes.", "It's $12 a month.", "$12.", "That includes a parcel of any size and weight."]
)
def test_a_claim_that_leans_on_the_question_brings_the_last_one(claim):
    assert contexts(claim) == {claim: "What does Express cost?"}


def test_a_pronoun_brings_the_sentence_before():
    answer = "Parcels above thirty kilos travel as freight with our partner. They take five days to arrive."

    found = contexts(answer, Question())

    assert found["They take five days to arrive."] == "Parcels above thirty kilos travel as freight with our partner."


def test_an_item_is_read_with_its_lead_in_and_heading():
    found = contexts("# Express\n\nIt covers:\n\n- parcels up to thirty kilos in all of Europe\n", Question())

    assert found["parcels up to thirty kilos in all of Europe"] == "Express\nIt covers:"


def test_a_row_is_read_with_its_header():
    found = contexts(
        "| Plan | Price |\n|---|---|\n| Express parcels in Europe and overseas | $12 a month |", Question()
    )

    assert list(found.values()) == ["Plan ; Price"]


def test_a_new_heading_ends_what_was_said_before():
    context = AnswerContext(Question())
    context.follow("Parcels travel as freight.", "")
    context.heading("Returns")

    assert context.of("They are free.") == "Returns"


def test_a_paragraph_after_a_list_does_not_lean_on_its_lead_in():
    answer = "It covers:\n- parcels\n\nReturns of any kind are paid by the customer in full.\n- letters"

    assert contexts(answer, Question())["Returns of any kind are paid by the customer in full."] == ""


def test_only_what_the_user_asked_counts_as_the_question():
    said = Question((Turn("user", "What does it cost?"), Turn("system", "Be brief."), Turn("tool", "12")))

    assert contexts("$12.", said) == {"$12.": "What does it cost?"}


def asking(*questions):
    turns = [(Turn("user", question), Turn("assistant", "Sure.")) for question in questions]
    return Question(tuple(turn for pair in turns for turn in pair)[:-1])


@pytest.mark.parametrize(
    "follow_up", ["And Express?", "What does it cost?", "How about parcels to Berlin?", "Express."]
)
def test_a_question_that_goes_on_from_another_brings_that_one_too(follow_up):
    found = contexts("It's $12.", asking("How long does shipping to Europe take?", follow_up))

    assert found == {"It's $12.": f"{follow_up}\nHow long does shipping to Europe take?"}


def test_questions_are_followed_back_as_far_as_they_lean_but_not_without_end():
    asked = ["What does shipping to Europe cost?", "Is it insured?", "And Express?", "Up to what?"]

    assert contexts("$900.", asking(*asked[:2])) == {"$900.": "Is it insured?\nWhat does shipping to Europe cost?"}
    assert contexts("$900.", asking(*asked)) == {"$900.": "Up to what?\nAnd Express?\nIs it insured?"}


def test_a_question_that_stands_alone_ends_what_came_before():
    asked = asking("Do you ship abroad?", "How long do parcels to Berlin take?", "And to Rome?")

    assert contexts("Five days.", asked) == {"Five days.": "And to Rome?\nHow long do parcels to Berlin take?"}
