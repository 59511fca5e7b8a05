import hashlib
import json
import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundwire.embedding.onnx import ModelConfig, OnnxEmbedder
from groundwire.errors import SettingsError
from groundwire.models import EMBEDDER

CLAIM = "Refunds take 14 days, not 30."
OTHERS = ["The Pro plan costs €39 a month and includes phone support.", "!!! ???", "Closed on Sundays."]


@pytest.fixture
def folder(tmp_path):
    """A model folder whose files a test may break."""
    for name in ("config.json", "tokenizer.json"):
        shutil.copy(EMBEDDER / name, tmp_path / name)
    (tmp_path / "model.onnx").symlink_to(EMBEDDER / "model.onnx")
    return tmp_path


def test_token_spans_point_at_the_words(onnx):
    [tokens] = onnx.embed_tokens([CLAIM])

    words = [CLAIM[start:end] for start, end in tokens.spans]
    assert words == ["Ref", "unds", "take", "14", "days", ",", "not", "30", "."]
    assert tokens.vectors.shape == (len(words), onnx.dimension)


def test_spans_count_characters_where_accents_and_wide_signs_precede(onnx):
    text = "Café ☕ ₀ 🎉 schließt um 18:00"

    [tokens] = onnx.embed_tokens([text])

    assert text[tokens.spans[-1][0] : tokens.spans[-1][1]] == "00"
    assert "Café" in [text[start:end] for start, end in tokens.spans]


def test_the_same_word_gets_another_vector_in_another_context(onnx):
    bank = [
        tokens.vectors[[text[start:end] for start, end in tokens.spans].index("bank")]
        for text in ("We sat on the bank of the river.", "The bank charges a fee.")
        for tokens in onnx.embed_tokens([text])
    ]

    assert bank[0] @ bank[1] < 0.9


def test_token_vectors_do_not_depend_on_the_neighbours(onnx):
    [alone] = onnx.embed_tokens([CLAIM])

    among = onnx.embed_tokens([*OTHERS, CLAIM])[-1]

    np.testing.assert_array_equal(among.spans, alone.spans)
    np.testing.assert_allclose(among.vectors, alone.vectors, atol=1e-5)


def test_a_long_text_loses_no_token(onnx):
    text = " ".join(f"Rule {number} allows {number * 7} items." for number in range(300))

    [tokens] = onnx.embed_tokens([text])

    assert "".join(text[start:end] for start, end in tokens.spans) == text.replace(" ", "")
    assert len(tokens.spans) > 5 * ModelConfig.read(EMBEDDER).max_tokens
    np.testing.assert_allclose(np.linalg.norm(tokens.vectors, axis=1), 1.0, atol=1e-5)


def test_a_text_without_words_has_no_tokens(onnx):
    [tokens] = onnx.embed_tokens([""])

    assert tokens.vectors.shape == (0, onnx.dimension)
    assert tokens.spans.shape == (0, 2)
    assert onnx.embed_tokens([]) == []


@settings(max_examples=40, deadline=None)
@given(text=st.text(st.characters(), max_size=60))
def test_spans_lie_in_the_text_in_order(onnx, text):
    [tokens] = onnx.embed_tokens([text])

    starts, ends = tokens.spans[:, 0], tokens.spans[:, 1]
    assert (starts <= ends).all()
    assert (ends <= len(text)).all()
    assert (np.diff(starts) >= 0).all()
    assert len(tokens.vectors) == len(tokens.spans)


def test_the_number_of_threads_does_not_change_the_vectors(onnx):
    texts = [CLAIM, *OTHERS]

    np.testing.assert_allclose(
        OnnxEmbedder(EMBEDDER, threads=2).embed_passages(texts), onnx.embed_passages(texts), atol=1e-5
    )


def test_the_shipped_weights_are_those_the_config_names():
    config = json.loads((EMBEDDER / "config.json").read_text())

    digest = hashlib.sha256((EMBEDDER / "model.onnx").read_bytes()).hexdigest()
    assert digest == config["sha256"]
    assert config["name"].endswith(digest[:8])


def test_licence_and_card_ship_with_the_weights():
    config = json.loads((EMBEDDER / "config.json").read_text())

    assert "Apache License" in (EMBEDDER / "LICENSE").read_text()
    assert config["sha256"] in (EMBEDDER / "MODEL_CARD.md").read_text()


def test_pooling_and_query_prefix_come_from_the_config(onnx, folder):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "pooling": "cls", "query_prefix": "query: "}))

    other = OnnxEmbedder(folder)

    np.testing.assert_allclose(other.embed_queries([CLAIM]), other.embed_passages([f"query: {CLAIM}"]), atol=1e-5)
    assert other.embed_passages([CLAIM])[0] @ onnx.embed_passages([CLAIM])[0] < 0.99


@pytest.mark.parametrize("broken", ["config.json", "tokenizer.json", "model.onnx"])
@pytest.mark.parametrize("damage", ["missing", "garbage", "list"])
def test_a_broken_model_folder_is_a_settings_error_that_names_it(folder, broken, damage):
    (folder / broken).unlink()
    if damage != "missing":
        (folder / broken).write_text("[1]" if damage == "list" else "garbage")

    with pytest.raises(SettingsError, match=folder.name):
        OnnxEmbedder(folder)


def test_a_text_met_again_is_not_run_again(onnx, monkeypatch):
    onnx.embed_queries(["A claim that is met three times."])
    monkeypatch.setattr(onnx, "_session", None)

    [vector] = onnx.embed_passages(["A claim that is met three times."])
    [tokens] = onnx.embed_tokens(["A claim that is met three times."])

    assert vector.shape == (onnx.dimension,)
    assert len(tokens.vectors) == len(tokens.spans)


def test_what_is_remembered_is_bounded(folder, monkeypatch):
    monkeypatch.setattr("groundwire.embedding.onnx._RECENT_TOKENS", 40)
    embedder = OnnxEmbedder(folder)
    texts = [f"Locker {number} is upstairs." for number in range(20)]

    first = embedder.embed_passages(texts)

    assert len(embedder._recent.find(texts)) < 20
    np.testing.assert_array_equal(embedder.embed_passages(texts), first)
