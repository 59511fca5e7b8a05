import pytest

from groundwire.knowledge.lexical import StoredWords


@pytest.fixture
def found(library):
    """Search one collection and return the documents found, best first."""

    def search(query, collection="default", limit=10):
        scores = library.store.lexical.search(collection, query, limit)
        assert list(scores.values()) == sorted(scores.values(), reverse=True)
        passages = library.store.passages.get(list(scores))
        return [passages[number].document_id for number in scores]

    return search


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


def test_each_collection_is_searched_alone(library, found):
    library.add("faq", a="Refunds take 14 days.")
    library.add("faq-2", b="Refunds take 30 days.")
    assert found("refunds", "faq") == ["a"]
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


def test_in_a_revision_only_its_own_versions_are_found_however_many_are_retired(library):
    for days in range(60):
        library.add(refunds=f"Refunds refunds refunds take {days} days.")
    library.add(other="Refunds are for members of the club who have paid for a whole year of it.")
    snapshot = library.knowledge.snapshot([])
    words = StoredWords(library.store.lexical, "default", snapshot.ids)
    assert set(words.search("refunds", 2)) == snapshot.ids
