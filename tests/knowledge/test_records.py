from groundwire.documents.passages import Cut
from groundwire.knowledge.records import embedded_text, vector_key


def test_what_is_embedded_begins_with_title_headings_and_lead():
    text = "Lite costs 24 euros."
    piece = Cut(0, len(text), ("Fares", "Fees"), "The fares are:")
    assert embedded_text("Fares", text, piece) == "Fares > Fees\nThe fares are:\nLite costs 24 euros."


def test_without_title_and_headings_only_the_words_are_embedded():
    assert embedded_text("", "Lite costs 24 euros.", Cut(0, 4, ())) == "Lite"


def test_the_key_of_a_vector_follows_what_was_embedded():
    assert vector_key("a") == vector_key("a") != vector_key("b")
    assert len(vector_key("a")) == 32
