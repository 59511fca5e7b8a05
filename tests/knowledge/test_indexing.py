import logging

import numpy as np
import pytest

from groundwire.knowledge import index as index_module
from groundwire.knowledge import indexing
from groundwire.knowledge.indexing import IndexFiles


def rows(count, seed=0):
    found = np.random.default_rng(seed).normal(size=(count, 16)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


@pytest.fixture(autouse=True)
def built(monkeypatch):
    """Indexes of more than 100 vectors are large; every one that is built is noted by its size."""
    for module in (index_module, indexing):
        monkeypatch.setattr(module, "EXACT_UP_TO", 100)
    sizes = []

    def build(ids, vectors):
        sizes.append(len(ids))
        return index_module.build_index(ids, vectors)

    monkeypatch.setattr(indexing, "build_index", build)
    return sizes


@pytest.fixture
def files(tmp_path):
    return IndexFiles(tmp_path / "indexes", "words-1")


IDS, ROWS = np.arange(1, 301, dtype=np.int64), rows(300)


def saved(tmp_path):
    return sorted(path.name for path in (tmp_path / "indexes").rglob("*.*"))


def test_a_small_index_is_built_and_not_saved(files, tmp_path):
    assert files.index("faq", IDS[:100], ROWS[:100]).kind == "exact"
    assert saved(tmp_path) == []


def test_a_large_index_is_read_from_its_file_the_next_time(files, tmp_path, built):
    first = files.index("faq", IDS, ROWS)
    second = IndexFiles(tmp_path / "indexes", "words-1").index("faq", IDS, ROWS)
    assert built == [300]
    assert second.search(ROWS[:9], 3)[0].tolist() == first.search(ROWS[:9], 3)[0].tolist()


@pytest.mark.parametrize(
    ("collection", "ids", "embedder"),
    [("other", IDS, "words-1"), ("faq", IDS + 1, "words-1"), ("faq", IDS, "words-2")],
    ids=["collection", "passages", "model"],
)
def test_the_file_of_another_state_is_never_read(files, tmp_path, built, collection, ids, embedder):
    files.index("faq", IDS, ROWS)
    IndexFiles(tmp_path / "indexes", embedder).index(collection, ids, ROWS)
    assert built == [300, 300]


def test_only_the_newest_file_of_a_collection_is_kept(files, tmp_path):
    for size in (200, 250, 300):
        files.index("faq", IDS[:size], ROWS[:size])
    files.index("other", IDS, ROWS)
    assert len(saved(tmp_path)) == 2


def test_the_file_of_the_newest_index_survives_an_older_one(files, tmp_path):
    files.index("faq", IDS, ROWS)
    kept = saved(tmp_path)
    files.index("faq", IDS[:200], ROWS[:200], is_newest=False)
    assert saved(tmp_path) == kept


def test_a_damaged_file_is_built_anew(files, tmp_path, built):
    files.index("faq", IDS, ROWS)
    [path] = (tmp_path / "indexes").rglob("*.faiss")
    path.write_bytes(path.read_bytes()[:100])
    assert files.index("faq", IDS, ROWS).size == 300
    assert built == [300, 300]


def test_a_large_index_grows_by_what_is_new(files, built):
    base = files.index("faq", IDS[:280], ROWS[:280])
    grown = files.index("faq", IDS[20:], ROWS[20:], (base, set(IDS[:280].tolist())))
    assert built == [280]
    assert grown.search(ROWS[280:], 1)[0][:, 0].tolist() == IDS[280:].tolist()
    # The ones that went are in it still; a snapshot leaves them out.
    assert grown.size == 300


@pytest.mark.parametrize("kept", [slice(100, 300), slice(0, 120)], ids=["many are new", "many went"])
def test_an_index_that_changed_much_is_built_anew(files, built, kept):
    base = files.index("faq", IDS[:200], ROWS[:200])
    assert files.index("faq", IDS[kept], ROWS[kept], (base, set(IDS[:200].tolist()))).size == len(IDS[kept])
    assert built == [200, len(IDS[kept])]


def test_a_folder_that_can_not_be_written_costs_only_the_file(tmp_path, caplog):
    (tmp_path / "indexes").write_text("no folder")
    with caplog.at_level(logging.WARNING):
        found = IndexFiles(tmp_path / "indexes", "words-1").index("faq", IDS, ROWS)
    assert found.size == 300
    assert "could not be saved" in caplog.text
