import numpy as np


def unit(*values):
    row = np.array(values, dtype=np.float32)
    return row / np.linalg.norm(row)


def test_vectors_come_back_in_the_order_of_their_passages(library):
    library.add("faq", a="Refunds take 14 days.", b="Shipping is free.")
    ids, rows = library.store.vectors.of("faq", 1, library.embedder.name)
    assert list(ids) == sorted(library.knowledge.snapshot(["faq"]).ids)
    found = library.store.passages.get(ids.tolist())
    expected = library.embedder.embed_passages(
        [f"{found[number].title}\n{found[number].text}" for number in ids.tolist()]
    )
    np.testing.assert_allclose(rows, expected, atol=1e-3)


def test_only_missing_keys_are_named_and_a_second_writer_changes_nothing(library):
    store = library.store.vectors
    store.put("m", ["a"], np.stack([unit(1, 0)]))
    store.put("m", ["a", "b"], np.stack([unit(0, 1), unit(0, 1)]))
    assert store.missing(["a", "b", "c"], "m") == {"c"}
    assert store.missing(["a"], "other") == {"a"}


def test_a_revision_without_passages_has_no_vectors(library):
    ids, rows = library.store.vectors.of("faq", 1, "words-1")
    assert (len(ids), len(rows)) == (0, 0)


def test_passages_without_a_vector_of_this_model_are_named_with_their_text(library):
    library.add("faq", a="# Refunds\n\nRefunds take 14 days.")
    [(key, text)] = library.store.vectors.unembedded("faq", 1, "other-model")
    assert text == "a > Refunds\n# Refunds\n\nRefunds take 14 days."
    assert library.store.vectors.missing([key], library.embedder.name) == set()
    assert library.store.vectors.unembedded("faq", 1, library.embedder.name) == []
