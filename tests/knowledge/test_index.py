from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from groundwire.knowledge import index as index_module
from groundwire.knowledge.index import FaissIndex, build_index


def unit_rows(count, dimension=32, seed=0):
    rows = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


ROWS = unit_rows(400)
IDS = np.arange(400, dtype=np.int64) * 7 + 1_000


@pytest.fixture(params=["exact", "hnsw"])
def index(request, monkeypatch):
    if request.param == "hnsw":
        monkeypatch.setattr(index_module, "EXACT_UP_TO", 100)
    built = build_index(IDS, ROWS)
    assert built.kind == request.param
    return built


def test_each_vector_finds_its_own_passage_with_similarity_one(index):
    ids, similarities = index.search(ROWS[:50], 3)
    assert ids[:, 0].tolist() == IDS[:50].tolist()
    np.testing.assert_allclose(similarities[:, 0], 1.0, atol=0.02)
    assert np.all(np.diff(similarities, axis=1) <= 1e-6)


def test_missing_places_are_filled_up():
    ids, similarities = build_index(IDS[:2], ROWS[:2]).search(ROWS[:1], 4)
    assert ids[0, 2:].tolist() == [-1, -1]
    assert similarities[0, 2:].tolist() == [-1.0, -1.0]


def test_an_empty_index_finds_nothing():
    ids, similarities = build_index(IDS[:0], np.zeros((0, 0), dtype=np.float32)).search(ROWS[:2], 3)
    assert ids.shape == similarities.shape == (2, 3)
    assert set(ids.flat) == {-1}


def test_no_query_has_no_hit(index):
    assert index.search(ROWS[:0], 3)[0].shape == (0, 3)


def test_an_extended_copy_finds_old_and_new_and_the_original_stays(index):
    more = unit_rows(20, seed=1)
    grown = index.extended(np.arange(20, dtype=np.int64), more)
    assert grown.search(more[:5], 1)[0][:, 0].tolist() == [0, 1, 2, 3, 4]
    assert grown.search(ROWS[:5], 1)[0][:, 0].tolist() == IDS[:5].tolist()
    assert (index.size, grown.size) == (400, 420)
    assert min(index.search(more, 5)[0].flat) >= 1_000


def test_vectors_come_back_by_id(index):
    np.testing.assert_allclose(index.vectors([IDS[3], IDS[1]]), ROWS[[3, 1]], atol=0.02)


def test_a_saved_index_is_read_as_it_was(index, tmp_path):
    path = tmp_path / "new" / "a.faiss"
    index.save(path)
    found = FaissIndex.load(path)
    assert found.size == index.size
    assert found.search(ROWS[:9], 4)[0].tolist() == index.search(ROWS[:9], 4)[0].tolist()
    assert [each.name for each in path.parent.iterdir()] == ["a.faiss"]


@pytest.mark.parametrize("content", [None, b"", b"nothing of the kind"], ids=["missing", "empty", "damaged"])
def test_a_file_that_is_no_index_is_none(tmp_path, content):
    path = tmp_path / "a.faiss"
    if content is not None:
        path.write_bytes(content)
    assert FaissIndex.load(path) is None


def test_threads_find_what_one_thread_finds(index):
    alone = index.search(ROWS, 5)[0].tolist()
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda _: index.search(ROWS, 5)[0].tolist(), range(8)))
    assert together == [alone] * 8
