import logging
import threading

import pytest

from fakes import WordEmbedder
from groundwire.errors import NotFound, UnknownCollection
from libraries import open_library


def test_a_published_revision_is_in_force_at_once_here_and_after_a_refresh_elsewhere(library, another):
    library.add(refunds="Refunds take 14 days.")
    assert library.knowledge.snapshot([]).revision == "default@1"
    assert another.knowledge.snapshot([]).revision == "default@0"
    assert another.knowledge.refresh() == ["default@1"]
    assert another.knowledge.refresh() == []
    assert another.find("refunds", k=1) == ["refunds"]


def test_a_running_check_keeps_the_state_it_started_with(library):
    library.add(refunds="Refunds take 14 days.")
    before = library.knowledge.snapshot([])
    library.add(refunds="Refunds take 30 days.")
    library.ingestor.remove(["refunds"], "default")
    [hit] = library.hits("refunds", snapshot=before)
    assert (hit.passage.text, before.revision) == ("Refunds take 14 days.", "default@1")
    assert library.find("refunds") == []


def test_the_state_at_an_older_revision_can_be_had(library):
    for days in (14, 30):
        library.add(refunds=f"Refunds take {days} days.")
    older = library.knowledge.at("default", 1)
    assert older.revision == "default@1"
    assert [hit.passage.text for hit in library.hits("refunds", snapshot=older)] == ["Refunds take 14 days."]
    with pytest.raises(NotFound, match="no revision 9"):
        library.knowledge.at("default", 9)


def test_a_revision_can_be_recalled_by_its_name(library):
    for days in (14, 30):
        library.add(refunds=f"Refunds take {days} days.")
    library.add("faq", a="We close at 6.")
    joint = library.knowledge.recall("default@1,faq@1")
    assert joint.revision == "default@1,faq@1"
    assert {hit.passage.text for hit in library.hits("refunds", snapshot=joint)} == {
        "Refunds take 14 days.",
        "We close at 6.",
    }
    assert library.knowledge.recall("default@2").parts == (library.knowledge.snapshot([]),)
    assert library.knowledge.recall("faq@0").is_empty
    with pytest.raises(NotFound, match="no revision 9"):
        library.knowledge.recall("default@1,faq@9")


def test_recalling_a_revision_leaves_the_newest_one_as_it_is(library):
    library.add(refunds="Refunds take 14 days.", hours="We close at 6.")
    library.ingestor.remove(["refunds"], "default")
    library.knowledge.recall("default@1")
    library.add(plans="Plus costs $18.")
    assert library.find("hours close") == ["hours", "plans"]


def test_the_default_collection_is_empty_before_it_exists_and_others_are_unknown(library):
    library.add("faq", a="We close at 6.")
    assert library.knowledge.snapshot([]).is_empty
    with pytest.raises(UnknownCollection, match=r"No collection 'other'\. Known: faq"):
        library.knowledge.snapshot(["faq", "other"])


def test_several_collections_are_one_state(library):
    library.add("faq", a="We close at 6.")
    library.add("plans", b="Plus costs $18.")
    joint = library.knowledge.snapshot(["faq", "plans", "faq"])
    assert joint.revision == "faq@1,plans@1"
    assert [state.revision for state in library.knowledge.snapshots] == ["faq@1", "plans@1"]


def test_a_deleted_collection_is_unknown_after_a_refresh(library, another):
    library.add("faq", a="We close at 6.")
    another.knowledge.refresh()
    library.store.delete_collection("faq")
    another.knowledge.refresh()
    with pytest.raises(UnknownCollection):
        another.knowledge.snapshot(["faq"])


def test_a_collection_made_anew_shows_nothing_of_the_old_one(library, another):
    library.add("faq", a="We close at 6.")
    another.knowledge.refresh()
    assert another.find("close", "faq") == ["a"]
    library.store.delete_collection("faq")
    library.add("faq", b="Refunds take 14 days.")
    another.knowledge.refresh()
    assert another.find("close refunds", "faq") == ["b"]


def test_another_embedding_model_embeds_what_is_stored_once(library, database, tmp_path, caplog):
    library.add(refunds="Refunds take 14 days.", shipping="Shipping is free.")
    caplog.set_level(logging.INFO)
    for embedded in (2, 0):
        changed = open_library(database, tmp_path / "indexes", embedder=WordEmbedder("words-2"))
        changed.knowledge.refresh()
        assert changed.embedder.texts == embedded
        assert changed.find("refunds", k=1) == ["refunds"]
    assert "Embedding 2 passages of default@1 with words-2" in caplog.text


def test_a_revision_that_is_pruned_before_it_is_loaded_is_passed_over_for_the_newest(library, another, monkeypatch):
    library.add(refunds="Refunds take 14 days.")
    heads = another.store.heads

    def late():
        found = heads()
        monkeypatch.setattr(another.store, "heads", heads)
        library.add(refunds="Refunds take 30 days.")
        library.store.prune("default", 1)
        return found

    monkeypatch.setattr(another.store, "heads", late)
    assert another.knowledge.refresh() == []
    assert another.knowledge.refresh() == ["default@2"]
    assert [hit.passage.text for hit in another.hits("refunds")] == ["Refunds take 30 days."]


def test_readers_never_see_half_a_revision(library):
    """Each revision holds two documents that say the same number."""
    library.add(a="The number is 0.", b="The number is 0.")
    is_over = threading.Event()
    mixed = []

    def read():
        while not is_over.is_set():
            mixed.extend({hit.passage.text for hit in library.hits("the number", k=4)} for _ in range(3))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(1, 15):
        library.add(a=f"The number is {number}.", b=f"The number is {number}.")
    is_over.set()
    for reader in readers:
        reader.join()
    assert mixed
    assert [found for found in mixed if len(found) != 1] == []
