import random

import pytest

from groundwire.domain import Passage
from groundwire.knowledge.words import WordIndexer, terms_of


def passage(number, text, *headings, lead="", title=""):
    return Passage(number, f"d{number}", 1, title, text, 0, len(text), headings, lead)


def index_of(*texts):
    passages = [passage(number, text) for number, text in enumerate(texts, start=1)]
    return WordIndexer().index("faq", [found.id for found in passages], passages)


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("How long do refunds take?", ["how", "long", "refunds", "take"]),
        ("Refunds refunds REFUNDS", ["refunds"]),
        ("FH-102: hub?", ["fh", "102", "hub"]),
        ("Größe über 5 €", ["grosse", "uber", "5"]),
        ("what is it", ["what", "is", "it"]),
        ("x" * 65 + " refunds", ["refunds"]),
        ("?!", []),
        ("", []),
    ],
)
def test_terms_are_the_words_worth_searching_for(query, terms):
    assert terms_of(query) == terms


def test_a_long_query_is_bounded():
    assert len(terms_of(" ".join(f"word{n}" for n in range(1_000)), 24)) == 24


def test_rare_words_count_more_than_common_ones():
    index = index_of(
        "The fee is low.", "The fee is high.", "The fee applies to refunds.", "Refunds are quick and easy."
    )
    assert next(iter(index.search("fee for refunds", 4))) == 3
    assert set(index.search("easy fee", 1)) == {4}


def test_repeats_count_and_long_passages_are_held_back():
    index = index_of("Refunds.", "Refunds refunds.", "Refunds " + "and many other things are told here " * 5)
    assert list(index.search("refunds", 3)) == [2, 1, 3]


def test_words_are_found_in_other_forms_and_without_accents():
    index = index_of("Cancelled orders are refunded.", "Café Größe.", "Nothing of the kind.")
    assert list(index.search("cancel an order, refund", 3)) == [1]
    assert list(index.search("CAFE GRÖSSE", 3)) == [2]


def test_headings_title_and_lead_are_searched_too():
    found = passage(1, "24 euros.", "Fees", lead="| Fare | Fee |", title="Baggage")
    index = WordIndexer().index("faq", [1, 2], [found, passage(2, "Other words.")])
    for word in ("baggage", "fees", "fare", "24"):
        assert list(index.search(word, 2)) == [1], word


@pytest.mark.parametrize("query", ["", "unknown", "?!"])
def test_where_no_word_is_shared_nothing_is_found(query):
    assert index_of("Refunds take 14 days.").search(query, 5) == {}


def test_an_empty_index_finds_nothing():
    assert index_of().search("refunds", 5) == {}


def test_no_more_are_found_than_asked_for_best_first():
    chance = random.Random(1)
    index = index_of(*(" ".join(chance.choices(["fee", "refund", "order", "day"], k=9)) for _ in range(200)))
    everything = index.search("fee refund", 200)
    some = index.search("fee refund", 20)
    assert list(some.values()) == sorted(some.values(), reverse=True)
    assert list(some.values()) == list(everything.values())[:20]


def test_known_passages_are_not_needed_again_and_removed_ones_are_gone():
    indexer = WordIndexer()
    first = indexer.index("faq", [1, 2], [passage(1, "Refunds."), passage(2, "Fees.")])
    assert indexer.missing("faq", [1, 2, 3]) == [3]
    assert indexer.missing("other", [1]) == [1]
    second = indexer.index("faq", [2, 3], [passage(3, "Refunds and orders.")])
    assert list(second.search("refunds", 5)) == [3]
    assert list(first.search("refunds orders", 5)) == [1]
    indexer.forget("faq")
    assert indexer.missing("faq", [2]) == [2]


def test_an_index_built_step_by_step_finds_what_one_built_at_once_finds():
    texts = ["Refunds take 14 days.", "Fees are low.", "Orders ship in 3 days.", "Refunds of fees."]
    passages = [passage(number, text) for number, text in enumerate(texts, start=1)]
    indexer = WordIndexer()
    indexer.index("faq", [4, 1], [passages[3], passages[0]])
    grown = indexer.index("faq", [1, 2, 3, 4], passages[1:3])
    for query in ("refunds", "fees days", "orders ship"):
        assert grown.search(query, 4) == pytest.approx(index_of(*texts).search(query, 4))
