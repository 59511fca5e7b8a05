from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from groundwire.documents.passages import cut
from groundwire.errors import BadRequest, NotFound, UnknownCollection
from groundwire.knowledge.records import Difference, NewDocument
from groundwire.storage.schema import document_versions, memberships, passages, vectors


def document(name, text):
    return NewDocument(name, name.title(), text, sha256=text, source_name=name, cuts=tuple(cut(text)))


def publish(store, *documents, removed=()):
    staged = store.stage("faq", documents)
    return store.publish("faq", staged, removed, note="test", embedder="words-1")


@pytest.fixture
def store(library):
    library.store.create_collection("faq")
    return library.store


def ids(store, number=None):
    return {found.document_id: found.version for found in store.documents("faq", number)}


def count(database, table):
    with database.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_staged_documents_show_only_once_they_are_published(store):
    staged = store.stage("faq", [document("a", "Refunds take 14 days.")])
    assert ids(store) == {}
    with pytest.raises(NotFound):
        store.document("faq", "a")

    revision = store.publish("faq", staged, [], note="first", embedder="words-1")

    assert (revision.name, revision.documents, revision.passages, revision.note) == ("faq@1", 1, 1, "first")
    assert store.document("faq", "a")[1] == "Refunds take 14 days."


def test_a_new_version_replaces_the_old_one_in_later_revisions_only(store):
    publish(store, document("a", "Refunds take 14 days."), document("b", "Shipping is free."))
    publish(store, document("a", "Refunds take 30 days."), removed=["b"])
    assert ids(store) == {"a": 2}
    assert ids(store, 1) == {"a": 1, "b": 1}
    assert store.document("faq", "a")[1] == "Refunds take 30 days."
    assert store.document("faq", "a", 1)[1] == "Refunds take 14 days."


def test_a_removed_document_is_not_found_but_its_versions_are(store):
    publish(store, document("a", "Refunds take 14 days."))
    publish(store, removed=["a"])
    with pytest.raises(NotFound, match="No document 'a' in collection 'faq'"):
        store.document("faq", "a")
    assert store.document("faq", "a", 1)[0].version == 1
    with pytest.raises(NotFound, match="No version 2"):
        store.document("faq", "a", 2)


def test_a_restored_revision_is_a_new_one_with_the_old_content(store):
    publish(store, document("a", "Refunds take 14 days."), document("b", "Shipping is free."))
    publish(store, document("a", "Refunds take 30 days."), document("c", "We close at 6."), removed=["b"])
    revision = store.restore("faq", 1, embedder="words-1")
    assert (revision.number, revision.documents) == (3, 2)
    assert ids(store) == ids(store, 1)
    assert ids(store, 2) == {"a": 2, "c": 1}


def test_the_difference_names_what_was_added_removed_and_changed(store):
    publish(store, document("a", "Refunds take 14 days."), document("b", "Shipping is free."))
    publish(store, document("a", "Refunds take 30 days."), document("c", "We close at 6."), removed=["b"])
    assert store.difference("faq", 1, 2) == Difference(added=("c",), removed=("b",), changed=("a",))
    assert store.difference("faq", 2, 1) == Difference(added=("b",), removed=("c",), changed=("a",))


@pytest.mark.parametrize(
    "act",
    [
        lambda store: store.revision("faq", 7),
        lambda store: store.restore("faq", 7, embedder="words-1"),
        lambda store: store.difference("faq", 1, 7),
    ],
    ids=["read", "restore", "compare"],
)
def test_an_unknown_revision_is_not_found(store, act):
    publish(store, document("a", "Refunds take 14 days."))
    with pytest.raises(NotFound, match="has no revision 7"):
        act(store)
    assert [revision.number for revision in store.heads().values()] == [1]


@pytest.mark.parametrize(
    "act",
    [
        lambda store: store.stage("other", [document("a", "x")]),
        lambda store: store.publish("other", [], [], note="", embedder="words-1"),
        lambda store: store.revisions("other"),
        lambda store: store.delete_collection("other"),
    ],
    ids=["stage", "publish", "revisions", "delete"],
)
def test_an_unknown_collection_is_refused(store, act):
    with pytest.raises(UnknownCollection):
        act(store)


@pytest.mark.parametrize("name", ["", " ", "a/b", "..", "-a", "ä", "a" * 65], ids=repr)
def test_a_name_that_makes_no_file_name_is_refused(store, name):
    with pytest.raises(BadRequest, match="can't name a collection"):
        store.create_collection(name)


def test_making_a_collection_again_changes_nothing(store):
    assert not store.create_collection("faq")
    assert store.collection_names() == ["faq"]


def test_pruning_forgets_old_revisions_and_what_only_they_used(store, database, library):
    for days in (14, 21, 30):
        library.add("faq", **{"a": f"Refunds take {days} days.", f"b{days}": "Shipping is free."})

    assert store.prune("faq", keep=2) == 1

    assert [revision.number for revision in store.revisions("faq")] == [3, 2]
    assert ids(store, 2) == {"a": 2, "b14": 1, "b21": 1}
    with pytest.raises(NotFound):
        store.document("faq", "a", 1)
    texts = store.lexical.search("faq", "refunds", 10)
    assert len(texts) == 2
    assert count(database, vectors) == count(database, passages) == 5


def test_pruning_spares_documents_that_are_just_being_written(store, database):
    publish(store, document("a", "Refunds take 14 days."))
    [staged] = store.stage("faq", [document("b", "Shipping is free.")])
    publish(store, document("a", "Refunds take 30 days."))
    store.prune("faq", keep=1)
    store.publish("faq", [staged], [], note="late", embedder="words-1")
    assert ids(store) == {"a": 2, "b": 1}


def test_pruning_clears_up_what_a_crash_left_behind(store, database):
    publish(store, document("a", "Refunds take 14 days."))
    [staged] = store.stage("faq", [document("b", "Shipping is free.")])
    with database.engine.begin() as connection:
        long_ago = document_versions.c.created_at
        connection.execute(
            update(document_versions)
            .where(document_versions.c.id == staged)
            .values(created_at=connection.execute(select(long_ago)).scalar() - timedelta(days=2))
        )
    assert store.prune("faq", keep=5) == 1
    assert ids(store) == {"a": 1}


def test_ids_of_deleted_passages_are_never_used_again(store):
    publish(store, document("a", "Refunds take 14 days."))
    before = [passage.id for passage in store.passages.of(store.document("faq", "a")[0].version_id)]
    store.delete_collection("faq")
    store.create_collection("faq")
    publish(store, document("a", "Refunds take 30 days."))
    after = [passage.id for passage in store.passages.of(store.document("faq", "a")[0].version_id)]
    assert min(after) > max(before)


def test_a_deleted_collection_leaves_nothing(store, database, library):
    publish(store, document("a", "Refunds take 14 days."))
    store.failures.replace("faq", [("b", "", "it is broken")], [])
    library.knowledge.refresh()
    store.delete_collection("faq")
    assert store.heads() == {}
    for table in (document_versions, memberships, passages, vectors):
        assert count(database, table) == 0
    assert store.lexical.search("faq", "refunds", 10) == {}


def test_a_document_reads_as_each_revision_shows_it(store):
    publish(store, document("a", "Refunds take 14 days."))
    publish(store, document("a", "Refunds take 30 days."), document("b", "Shipping is free."))
    publish(store, removed=["a"])
    texts = [found and found[1] for found in (store.document_in("faq", "a", number) for number in (1, 2, 3))]
    assert texts == ["Refunds take 14 days.", "Refunds take 30 days.", None]
