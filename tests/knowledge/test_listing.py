import pytest
from sqlalchemy import select

from groundwire.knowledge.listing import DocumentOrder, DocumentQuery
from groundwire.knowledge.uploads import Upload
from groundwire.storage.schema import document_versions

TEXTS = {"fees": "Lite costs $24.", "refunds": "# Refunds\n\nRefunds take 14 days.", "zoo": "The zoo opens at nine."}


@pytest.fixture
def listing(library):
    library.add("faq", **TEXTS)
    return library.store.listing


def ids(page):
    return [listed.document.document_id for listed in page.documents]


def test_a_document_is_listed_with_its_size_and_passages(listing):
    page = listing.page("faq", DocumentQuery())
    assert ids(page) == ["fees", "refunds", "zoo"]
    assert (page.total, page.revision) == (3, 1)
    assert [listed.document.characters for listed in page.documents] == [len(text) for text in TEXTS.values()]
    assert [listed.passages for listed in page.documents] == [1, 1, 1]


@pytest.mark.parametrize(
    ("text", "found"),
    [("REF", ["refunds"]), ("%", []), ("_", []), ("e", ["fees", "refunds"]), ("nowhere", [])],
)
def test_documents_are_found_by_a_part_of_id_or_title(listing, text, found):
    assert ids(listing.page("faq", DocumentQuery(text=text))) == found


def test_a_title_is_found_too(library, listing):
    library.ingestor.ingest_uploads([Upload("x", "x", b"Open daily.", title="Opening hours", is_text=True)], "faq")
    assert ids(listing.page("faq", DocumentQuery(text="opening"))) == ["x"]


@pytest.mark.parametrize(
    ("order", "first"), [(DocumentOrder.ID, "zoo"), (DocumentOrder.TITLE, "zoo"), (DocumentOrder.SIZE, "refunds")]
)
def test_a_list_is_sorted_either_way(listing, order, first):
    rising = ids(listing.page("faq", DocumentQuery(order=order)))
    falling = ids(listing.page("faq", DocumentQuery(order=order, is_descending=True)))
    assert falling[0] == first
    assert falling == rising[::-1]


def test_the_last_changed_document_comes_first_on_demand(library, listing):
    library.add("faq", fees="Lite costs $25.")
    page = listing.page("faq", DocumentQuery(order=DocumentOrder.CHANGED, is_descending=True))
    assert ids(page)[0] == "fees"
    assert page.documents[0].document.version == 2


def test_pages_neither_overlap_nor_skip(listing):
    pages = [listing.page("faq", DocumentQuery(limit=2, offset=offset)) for offset in (0, 2, 4)]
    assert [ids(page) for page in pages] == [["fees", "refunds"], ["zoo"], []]
    assert {page.total for page in pages} == {3}


def test_selected_documents_are_left_out(listing):
    without = select(document_versions.c.document_id).where(document_versions.c.document_id == "zoo")
    assert ids(listing.page("faq", DocumentQuery(without=without))) == ["fees", "refunds"]


def test_an_unknown_collection_has_no_documents(listing):
    page = listing.page("other", DocumentQuery())
    assert (page.documents, page.total, page.revision) == ((), 0, 0)


def test_versions_come_newest_first_and_tell_which_is_current(library, listing):
    library.add("faq", fees="Lite costs $25.")
    library.ingestor.restore("faq", 1)
    assert [(kept.document.version, kept.is_current) for kept in listing.versions("faq", "fees")] == [
        (2, False),
        (1, True),
    ]


def test_versions_of_a_removed_document_are_all_old(library, listing):
    library.ingestor.remove(["fees"], "faq")
    assert [kept.is_current for kept in listing.versions("faq", "fees")] == [False]
    assert listing.versions("faq", "never there") == []
