import pytest
from hypothesis import given, settings

from evidence_texts import PLANS, RETURNS, readings
from fakes import WordEmbedder
from groundwire.values import find_values
from groundwire.verification.binding import rarity
from groundwire.verification.selection import GLANCE_WORDS, MAX_STATEMENTS, Selector, glance, wanted
from markdown_texts import ANY_TEXT

MANY = " ".join(f"Rule {number} of the house concerns dogs and cats." for number in range(40))


def want(claim, found, asked=""):
    return wanted(f"{asked} || {claim}", claim, asked, find_values(claim), rarity(found))


def chosen(claim, *texts, asked="", **limits):
    found = readings(*texts)
    places = Selector(WordEmbedder()).choose(found, want(claim, found, asked), **limits)
    return [found[place].rendered for place in places]


@pytest.mark.parametrize(
    ("claim", "first"),
    [
        ("Gift cards are refundable.", "Gift cards cannot be refunded."),
        ("Loan devices cost €20 a week.", "Loan devices cost €15 a week."),
        ("The Team plan needs no set-up.", "Plan: Team; Price per month: €29; Storage: 500 GB; Set-up fee: none"),
    ],
)
def test_the_most_telling_statement_comes_first(claim, first):
    assert chosen(claim, RETURNS, PLANS)[0] == first


def test_the_question_counts_as_well():
    texts = ("The lounge costs €20.", "The shuttle costs €12.")

    assert [chosen("It costs €15.", *texts, asked=f"How much is the {name}?")[0] for name in ("lounge", "shuttle")] == [
        *texts
    ]


def test_every_part_of_a_claim_finds_its_statement():
    claim = "Repairs take 10 working days and gift cards cannot be refunded."

    assert set(chosen(claim, RETURNS, MANY, max_words=25)) >= {
        "Repairs take up to 10 working days.",
        "Gift cards cannot be refunded.",
    }


def test_an_exception_follows_its_rule():
    text = "Members may bring guests into the lounge. This does not hold on Sundays. " + MANY

    assert "This does not hold on Sundays." in chosen("Members may bring guests into the lounge.", text)


def test_nothing_is_chosen_from_nothing():
    assert chosen("Gift cards are refundable.") == []


def test_one_statement_is_always_chosen_and_no_more_than_the_most():
    assert len(chosen("Dogs are fine.", MANY, max_words=1)) == 1
    assert len(chosen("Dogs are fine.", MANY, max_words=10_000)) == MAX_STATEMENTS


@settings(max_examples=40)
@given(ANY_TEXT)
def test_places_are_valid_distinct_and_repeatable(text):
    found = readings(text, RETURNS)
    request = want("Goods can be returned within 30 days.", found)
    places = Selector(WordEmbedder()).choose(found, request)

    assert places
    assert len(set(places)) == len(places)
    assert all(0 <= place < len(found) for place in places)
    assert places == Selector(WordEmbedder()).choose(found, request)


def test_a_known_statement_is_not_embedded_again():
    embedder = WordEmbedder()
    selector, found = Selector(embedder), readings(RETURNS)

    selector.choose(found, want("Gift cards are refundable.", found))
    before = embedder.texts
    selector.choose(found, want("Gift cards can be refunded.", found))

    assert embedder.texts == before + 1


def glanced(claim, *texts, asked="", **limits):
    found = readings(*texts)
    return [found[place].rendered for place in glance(found, want(claim, found, asked), **limits)]


def test_a_glance_takes_the_statements_that_share_most_with_the_claim():
    claim = "Repairs take 10 working days and gift cards cannot be refunded."
    found = glanced(claim, MANY, RETURNS)

    assert set(found[:2]) == {"Repairs take up to 10 working days.", "Gift cards cannot be refunded."}


def test_a_glance_goes_by_the_question_as_well():
    texts = ("The lounge costs €20.", "The shuttle costs €12.")
    first = [glanced("It costs €15.", *texts, asked=f"How much is the {name}?")[0] for name in ("lounge", "shuttle")]

    assert first == [*texts]


@pytest.mark.parametrize("limit", [1, 12, GLANCE_WORDS, 100])
def test_a_glance_has_as_many_words_as_are_allowed_and_one_statement_at_least(limit):
    found = glanced("Dogs and cats concern the house.", MANY, max_words=limit)

    assert len(found) == 1 or sum(len(statement.split()) for statement in found) <= limit
    assert glanced("Dogs concern the house.") == []
