"""What every embedder promises, run over all of them."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

TEXTS = [
    "Refunds are paid within 14 days of the return.",
    "The Pro plan costs €39 a month and includes phone support, single sign-on and an audit log for all users.",
    "Closed on Sundays.",
    "Claims must be filed in writing; the form is on the website, under “Forms & downloads”.",
    "日本語の文書もあります。",
]
LONG = "The warranty covers defects in material and workmanship that show in normal use. " * 60


@pytest.fixture(params=["onnx", "sentence_transformers", "remote"])
def embedder(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(params=["embed_passages", "embed_queries"])
def embed(request, embedder):
    return getattr(embedder, request.param)


def test_rows_are_unit_vectors_of_the_stated_dimension(embed, embedder):
    vectors = embed(TEXTS)

    assert vectors.shape == (len(TEXTS), embedder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_rows_come_in_input_order(embed):
    alone = np.concatenate([embed([text]) for text in TEXTS])

    similarities = embed(TEXTS) @ alone.T

    assert similarities.argmax(axis=1).tolist() == list(range(len(TEXTS)))


def test_a_vector_does_not_depend_on_its_neighbours(embed):
    alone = embed(TEXTS[:1])

    np.testing.assert_allclose(embed([*TEXTS, LONG])[:1], alone, atol=1e-5)


def test_more_texts_than_one_batch_holds_are_all_embedded(embed):
    texts = [f"Locker {number} is on floor {number % 7}." for number in range(70)]

    vectors = embed(texts)

    assert len(vectors) == 70
    np.testing.assert_allclose(vectors[69:], embed(texts[69:]), atol=1e-5)


def test_no_texts_give_no_rows(embed, embedder):
    assert embed([]).shape == (0, embedder.dimension)


@pytest.mark.parametrize(
    "text", ["", " ", "\n\t", "\x00", "\u200b"], ids=["empty", "space", "breaks", "nul", "zero-width"]
)
def test_a_text_without_words_still_gets_a_unit_vector(embed, text):
    [vector] = embed([text])

    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)


def test_half_a_surrogate_pair_is_embedded_as_a_question_mark(embed):
    broken, mended = embed(["Great \ud83d news"]), embed(["Great ? news"])

    np.testing.assert_allclose(broken, mended, atol=1e-5)


def test_the_end_of_a_long_text_counts(embed):
    one, other = embed([LONG + "Batteries are excluded.", LONG + "Parking costs four euros an hour downtown. " * 20])

    assert one @ other < 0.999


def test_the_passage_that_answers_is_nearest_to_its_query(embedder):
    passages = embedder.embed_passages(TEXTS)
    queries = embedder.embed_queries(
        ["When do I get my money back?", "monthly price of Pro", "Are you open on Sunday?"]
    )

    assert (queries @ passages.T).argmax(axis=1).tolist() == [0, 1, 2]


def test_threads_get_the_vectors_of_one_thread(embed):
    expected = embed(TEXTS)

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(embed, [TEXTS] * 8))

    for vectors in found:
        np.testing.assert_allclose(vectors, expected, atol=1e-5)


def test_the_name_fits_its_column_and_stays(embedder):
    assert 0 < len(embedder.name) <= 128
    assert embedder.name == embedder.name.strip()
