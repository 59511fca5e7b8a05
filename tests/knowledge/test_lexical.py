import pytest

from groundwire.knowledge.lexical import MAX_TERMS, terms_of


@pytest.fixture
def found(library):
    """Search one collection and return the documents found, best first."""

    def search(query, *collections, limit=10):
        numbers = library.store.lexical.search(collections or ["default"], query, limit)
        passages = library.store.passages.get(numbers)
        return [passages[number].document_id for number in numbers]

    return search


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("How long do refunds take?", ["how", "long", "refunds", "take"]),
        ("Refunds refunds REFUNDS", ["refunds"]),
        ("FH-102: hub?", ["fh", "102", "hub"]),
        ("Größe über 5 €", ["größe", "über", "5"]),
        ("what is it", ["what", "is", "it"]),
        ("?!", []),
        ("", []),
    ],
)
def test_terms_are_the_words_worth_searching_for(query, terms):
    assert terms_of(query) == terms


def test_a_long_query_is_bounded():
    assert len(terms_of(" ".join(f"word{n}" for n in range(1_000)))) == MAX_TERMS


def test_rare_words_and_headings_count(library, found):
    library.add(
        refunds="# Refunds\n\nThey take 14 days.",
        fees="# Fees\n\nThe fee is 5 euros.",
        both="# Other\n\nRefunds and fees are in other documents, which are long and say much more than this one does.",
    )
    assert found("refunds")[0] == "refunds"
    assert set(found("refunds fee")) == {"refunds", "fees", "both"}


def test_words_are_found_in_other_forms(library, found):
    library.add(a="Cancelled orders are refunded.")
    assert found("cancel an order, refund") == ["a"]


def test_each_collection_is_searched_alone_or_with_others(library, found):
    library.add("faq", a="Refunds take 14 days.")
    library.add("faq-2", b="Refunds take 30 days.")
    assert found("refunds", "faq") == ["a"]
    assert sorted(found("refunds", "faq", "faq-2")) == ["a", "b"]
    assert found("refunds", "nothing") == []


@pytest.mark.parametrize(
    "query", ['"', "a OR b", "refunds AND", "NEAR(", "heading:x", "-refunds", "*", "'; DROP TABLE"]
)
def test_signs_of_the_query_language_are_only_text(library, found, query):
    library.add(a="Refunds take 14 days.")
    assert found(query) in ([], ["a"])


def test_the_limit_holds(library, found):
    library.add(**{f"d{n}": f"Refunds take {n} days." for n in range(9)})
    assert len(found("refunds", limit=4)) == 4
