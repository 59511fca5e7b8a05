import numpy as np
import pytest

from groundwire.protocols import TokenVectors
from groundwire.verification.alignment import WordVectorCache, similarities, union, word_vectors


class LetterTokens:
    """Every word is a token; its vector counts letters, so that words of like letters are near. Counts the texts."""

    def __init__(self):
        self.texts = []

    def embed_tokens(self, texts):
        self.texts += texts
        return [tokens_of(text) for text in texts]


def tokens_of(text):
    words = [word.strip(".") for word in text.lower().split()]
    ends = np.cumsum([len(word) + 1 for word in text.split()]) - 1
    starts = [end - len(word) for end, word in zip(ends, text.split(), strict=True)]
    vectors = np.array([[word.count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"] for word in words], np.float32)
    vectors = vectors.reshape(len(words), 26) + 1e-3
    return TokenVectors(
        vectors / np.linalg.norm(vectors, axis=1, keepdims=True),
        np.array(list(zip(starts, ends, strict=True)), np.int32),
    )


def read(text):
    return word_vectors(text, tokens_of(text))


def test_each_content_word_has_a_unit_vector():
    found = read("The plan costs money")

    assert [word.stem for word in found.words] == ["plan", "cost", "money"]
    np.testing.assert_allclose(np.linalg.norm(found.vectors, axis=1), 1, atol=1e-5)
    assert np.linalg.norm(found.mean) == pytest.approx(1, abs=1e-5)


def test_a_text_without_tokens_has_no_words():
    found = word_vectors("", TokenVectors(np.zeros((0, 26), np.float32), np.zeros((0, 2), np.int32)))

    assert (found.vectors.shape, found.mean.shape) == ((0, 26), (26,))


def test_a_word_that_stands_in_the_evidence_counts_fully():
    assert similarities(read("plans cost"), read("the plan costs")).tolist() == [1.0, 1.0]


def test_a_word_without_counterpart_stays_low():
    same, other = similarities(read("plan xyz"), read("plan abde"))

    assert same == 1.0
    assert 0 <= other < 0.1


def test_nothing_aligns_with_an_empty_text():
    empty = word_vectors("", TokenVectors(np.zeros((0, 26), np.float32), np.zeros((0, 2), np.int32)))

    assert similarities(read("plan"), empty).tolist() == [0.0]
    assert similarities(empty, read("plan")).tolist() == []


def test_union_takes_the_best_of_each_word():
    parts = [np.array([0.2, 0.9], np.float32), np.array([0.5, 0.1], np.float32)]

    np.testing.assert_allclose(union(parts, 2), [0.5, 0.9])
    assert union([], 3).tolist() == [0, 0, 0]


def test_a_known_text_is_not_embedded_again():
    embedder = LetterTokens()
    cache = WordVectorCache(embedder)

    first = cache.get(["one plan", "two plans"])
    again = cache.get(["two plans", "three plans"])

    assert embedder.texts == ["one plan", "two plans", "three plans"]
    assert again["two plans"] is first["two plans"]


def test_the_oldest_texts_are_forgotten_but_every_answer_is_whole():
    embedder = LetterTokens()
    cache = WordVectorCache(embedder, size=2)

    assert set(cache.get(["one", "two", "three"])) == {"one", "two", "three"}
    cache.get(["three"])
    assert embedder.texts == ["one", "two", "three"]
    cache.get(["one"])
    assert embedder.texts[-1] == "one"
