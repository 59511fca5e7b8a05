import pytest

from groundwire.errors import UnknownCollection
from groundwire.knowledge import condition as condition_module

RULES = " ".join(f"Rule {word} holds for every order in every shop." for word in "abcdefgh")


def test_an_empty_collection_has_nothing_to_look_at(library):
    found = library.knowledge.condition("default")
    assert (found.revision, found.documents, found.passages, found.failed, found.similar) == ("default@0", 0, 0, (), ())


def test_failures_are_named_with_their_reason(library):
    library.add(good="Refunds take 14 days.", bad="")
    found = library.knowledge.condition("default")
    [failed] = found.failed
    assert (failed.document_id, "holds no text" in failed.reason) == ("bad", True)
    assert (found.documents, found.passages, found.embedder) == (1, 1, "words-1")


@pytest.mark.parametrize(("other", "has_same_numbers"), [("14", True), ("30", False)])
def test_passages_of_different_documents_that_say_nearly_the_same_are_paired(library, other, has_same_numbers):
    library.add(a=f"{RULES} The window is 14 days.", b=f"{RULES} The window is {other} days!", c="We close at 6.")
    [pair] = library.knowledge.condition("default").similar
    assert {pair.first.document_id, pair.second.document_id} == {"a", "b"}
    assert pair.has_same_numbers is has_same_numbers
    assert pair.similarity >= 0.93


def test_passages_of_one_document_are_not_paired(library):
    library.add(a="\n\n".join([f"## Part\n\n{RULES}"] * 3))
    assert library.knowledge.condition("default").similar == ()


def test_too_many_passages_are_not_compared(library, monkeypatch):
    monkeypatch.setattr(condition_module, "_MOST_COMPARED", 1)
    library.add(a=RULES, b=RULES)
    assert library.knowledge.condition("default").similar is None


def test_an_unknown_collection_is_refused(library):
    with pytest.raises(UnknownCollection):
        library.knowledge.condition("other")
