import pytest

from groundwire.documents.passages import Cut
from groundwire.errors import BadRequest
from groundwire.knowledge.records import embedded_text, parts_of, vector_key


def test_what_is_embedded_begins_with_title_headings_and_lead():
    text = "Lite costs 24 euros."
    piece = Cut(0, len(text), ("Fares", "Fees"), "The fares are:")
    assert embedded_text("Fares", text, piece) == "Fares > Fees\nThe fares are:\nLite costs 24 euros."


def test_without_title_and_headings_only_the_words_are_embedded():
    assert embedded_text("", "Lite costs 24 euros.", Cut(0, 4, ())) == "Lite"


def test_the_key_of_a_vector_follows_what_was_embedded():
    assert vector_key("a") == vector_key("a") != vector_key("b")
    assert len(vector_key("a")) == 32


def test_a_revision_is_read_part_by_part():
    assert parts_of("default@12, faq@3") == [("default", 12), ("faq", 3)]
    assert parts_of("") == []


@pytest.mark.parametrize("revision", ["default", "@3", "default@", "default@-1", "default@x", "default@²"])
def test_what_names_no_revision_is_refused(revision):
    with pytest.raises(BadRequest, match="is no revision; name one like 'default@12'"):
        parts_of(revision)
