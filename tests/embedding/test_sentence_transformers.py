import shutil
import sys

import numpy as np
import pytest

from groundwire.embedding.sentence_transformers import SentenceTransformersEmbedder
from groundwire.errors import SettingsError


def test_without_the_extra_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)

    with pytest.raises(SettingsError, match=r"'any/model'.*pip install 'groundwire\[sentence-transformers\]'"):
        SentenceTransformersEmbedder("any/model")


def test_a_folder_that_holds_no_model_is_a_settings_error(original_folder, tmp_path):
    (tmp_path / "config.json").write_text("{}")

    with pytest.raises(SettingsError, match=r"can't be loaded.*`embedding.model`"):
        SentenceTransformersEmbedder(str(tmp_path))


def test_damaged_weights_are_a_settings_error(original_folder, tmp_path):
    folder = shutil.copytree(original_folder, tmp_path / "model")
    (folder / "model.safetensors").write_bytes(b"garbage")

    with pytest.raises(SettingsError, match="can't be loaded"):
        SentenceTransformersEmbedder(str(folder))


def test_another_window_or_prompt_makes_another_name(original_folder, sentence_transformers, tmp_path):
    folder = shutil.copytree(original_folder, tmp_path / "model")
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 128, "do_lower_case": false}')
    (folder / "config_sentence_transformers.json").write_text('{"prompts": {"query": "query: "}}')

    other = SentenceTransformersEmbedder(str(folder))

    assert other.name != sentence_transformers.name
    np.testing.assert_allclose(other.embed_queries(["fees"]), other.embed_passages(["query: fees"]), atol=1e-5)


def test_a_long_text_is_the_mean_of_pieces_that_fit(sentence_transformers):
    half = "The warranty covers defects in material and workmanship. " * 20
    other_half = "Parking downtown costs four euros an hour on working days. " * 15

    whole = sentence_transformers.embed_passages([half + other_half])[0]
    halves = sentence_transformers.embed_passages([half, other_half])

    assert (halves @ whole).min() > 0.6


def test_a_long_text_without_spaces_is_embedded_whole(sentence_transformers):
    text = "返品は購入から十四日以内に限り受け付けます。" * 20

    one, other = sentence_transformers.embed_passages([text, text + "駐車場の料金は一時間四百円です。" * 10])

    assert one @ other < 0.999
