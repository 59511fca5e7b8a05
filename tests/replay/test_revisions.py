import pytest

from groundwire.errors import NotFound
from groundwire.replay.revisions import Revisions
from libraries import open_library
from stored import database, database_url, template

__all__ = ["database", "database_url", "template"]


@pytest.fixture
def library(database, tmp_path):
    made = open_library(database, tmp_path / "indexes")
    for days in range(6):
        made.add(refunds=f"Refunds take {days + 10} days.")
    return made


def test_an_older_state_is_opened_and_stays_whatever_is_asked_of_it(library):
    pinned = Revisions(library.knowledge).open("default@2")

    assert pinned.snapshot(["other"]).revision == "default@2"
    assert [hit.passage.text for hit in library.hits("refunds", snapshot=pinned.snapshot([]))] == [
        "Refunds take 11 days."
    ]


def test_the_newest_state_is_named(library):
    assert Revisions(library.knowledge).newest(["default"]) == "default@6"


def test_the_last_few_stay_open(library, monkeypatch):
    opened, recall = [], library.knowledge.recall
    monkeypatch.setattr(library.knowledge, "recall", lambda name: opened.append(name) or recall(name))
    revisions = Revisions(library.knowledge)

    for number in (1, 2, 1, 3, 4, 1, 5, 2):
        revisions.open(f"default@{number}")

    assert opened == ["default@1", "default@2", "default@3", "default@4", "default@5", "default@2"]


def test_a_state_that_is_gone_is_told(library):
    library.store.prune("default", 2)

    with pytest.raises(NotFound, match="no revision 1"):
        Revisions(library.knowledge).open("default@1")
