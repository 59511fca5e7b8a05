import numpy as np
import pytest

from groundwire.knowledge.snapshot import PassageCache, RecentHits
from groundwire.knowledge.words import WordIndex
from groundwire.protocols import Query


def test_words_find_what_vectors_miss_and_both_are_scored(library):
    library.add(**{f"d{n}": f"Article FH-{n} is in stock." for n in range(9)})
    [first, *_] = library.hits("FH-7", k=3)
    assert first.passage.document_id == "d7"
    assert -1 <= first.similarity <= 1


def test_hits_are_best_first_and_never_more_than_asked_for(library):
    library.add(**{f"d{n}": f"Refunds take {n} days." for n in range(9)})
    hits = library.hits("refunds days", k=4)
    assert len(hits) == 4
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({hit.passage.id for hit in hits}) == 4


def test_retired_versions_are_never_found_however_many_there_are(library):
    for days in range(60):
        library.add(refunds=f"Refunds refunds refunds take {days} days.")
    library.add(other="Refunds are for members of the club who have paid for a whole year of it.")
    assert library.find("refunds refunds", k=8) == ["refunds", "other"]


def test_a_joint_search_ranks_over_all_parts_not_part_by_part(library):
    library.add("big", **{f"d{n}": f"Refunds take {n} days." for n in range(6)})
    library.add("small", tea="Tea is served at four.", cake="Cake is served at five.")
    joint = library.knowledge.snapshot(["small", "big"])
    assert all(name.startswith("d") for name in library.find("refunds days", k=5, snapshot=joint))
    assert library.find("refunds days", "big", k=5) == library.find("refunds days", k=5, snapshot=joint)


def test_a_part_without_passages_does_not_disturb_the_others(library):
    library.store.create_collection("empty")
    library.add("faq", a="We close at 6.")
    library.knowledge.refresh()
    joint = library.knowledge.snapshot(["empty", "faq"])
    assert (joint.revision, joint.is_empty) == ("empty@0,faq@1", False)
    assert library.find("close", k=2, snapshot=joint) == ["a"]


@pytest.mark.parametrize("names", [["default"], ["default", "faq"]], ids=["one", "several"])
def test_nothing_is_found_in_nothing(library, names):
    for name in names:
        library.store.create_collection(name)
    library.knowledge.refresh()
    snapshot = library.knowledge.snapshot(names)
    assert snapshot.is_empty
    assert library.hits("refunds", snapshot=snapshot) == []
    assert snapshot.search([], 5) == []


@pytest.mark.parametrize("names", [["default"], ["default", "faq"]], ids=["one", "several"])
def test_what_was_searched_for_lately_is_not_searched_for_again(library, names, monkeypatch):
    for name in names:
        library.add(name, **{f"{name}{n}": f"Refunds take {n} days." for n in range(9)})
    snapshot = library.knowledge.snapshot(names)
    searched = []
    search = WordIndex.search
    monkeypatch.setattr(
        WordIndex, "search", lambda self, text, limit: searched.append(text) or search(self, text, limit)
    )
    asked, other = (
        Query(text, *library.embedder.embed_queries([text])) for text in ("How long do refunds take?", "4 days")
    )

    first = snapshot.search([asked], 5)
    both = snapshot.search([other, asked], 5)
    both[1].clear()

    assert sorted(searched) == sorted([asked.text, other.text] * len(names))
    assert snapshot.search([asked, other], 5) == [first[0], both[0]]
    assert snapshot.search([asked], 3) == [first[0][:3]]
    assert snapshot.search([Query(asked.text, asked.vector, "7 days")], 5) != first


def test_only_the_newest_searches_are_remembered():
    recent = RecentHits(size=2)
    queries = [Query(text, np.zeros(1)) for text in "abc"]
    for query in queries:
        recent.keep(query, 5, [])

    assert [recent.find(query, 5) for query in queries] == [None, [], []]


def test_a_new_revision_is_searched_anew(library):
    library.add(old="Refunds take 14 days.")
    before = library.find("refunds")
    library.add(new="Refunds take refunds.")

    assert before == ["old"]
    assert sorted(library.find("refunds")) == ["new", "old"]


class CountingStore:
    def __init__(self):
        self.asked = []

    def get(self, ids):
        self.asked.append(list(ids))
        return {number: f"passage {number}" for number in ids if number < 100}


def test_the_cache_reads_each_passage_once_and_forgets_the_longest_unused():
    store = CountingStore()
    cache = PassageCache(store, size=2)
    cache.get([1, 2])
    assert cache.get([1]) == {1: "passage 1"}
    cache.get([3])
    cache.get([1, 3])
    assert store.asked == [[1, 2], [3]]
    cache.get([2, 1])
    assert store.asked[2:] == [[2]]


def test_the_cache_leaves_unknown_ids_out():
    assert PassageCache(CountingStore()).get([1, 100]) == {1: "passage 1"}
