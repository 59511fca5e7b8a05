"""A verifier network small enough to reason about, written as an ONNX file and a tokenizer by hand.

Each word has a score. It is the word's own mark of being wrong; the highest of a pair is the logit of `contradicted`,
the lowest, turned round, that of `supported`. ONNX is protocol buffers: https://onnx.ai/onnx/repo-docs/IR.html.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from tokenizers.processors import TemplateProcessing

_FLOAT, _INT64 = 1, 7
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")


def write_network(folder: Path, scores: Mapping[str, float], **config: object) -> Path:
    """Write `model.onnx`, `tokenizer.json` and `config.json`; words outside `scores` score -9."""
    words = {name: place for place, name in enumerate(("[UNK]", "[CLS]", "[SEP]", *scores))}
    tokenizer = Tokenizer(WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    tokenizer.post_processor = TemplateProcessing(
        pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    column = np.array([-9.0] * 3 + list(scores.values()), dtype=np.float32)
    (folder / "model.onnx").write_bytes(_model(column))
    (folder / "config.json").write_text(json.dumps({"name": "tiny-1", "max_tokens": 32, "min_wrong": 0.5} | config))
    return folder


def _model(column: np.ndarray) -> bytes:
    table = np.stack([-column, column, np.full_like(column, -9.0)], axis=1)
    axis = _text(1, "axes") + _number(8, 1) + _number(20, 7)
    flat = _text(1, "keepdims") + _number(3, 0) + _number(20, 2)
    nodes = (
        _node("Gather", ("column", "input_ids"), "tokens"),
        _node("Gather", ("table", "input_ids"), "rows"),
        _node("ReduceMax", ("rows",), "logits", (axis, flat)),
    )
    graph = b"".join(_part(1, node) for node in nodes) + _text(2, "tiny")
    graph += _part(5, _tensor("column", column)) + _part(5, _tensor("table", table))
    graph += b"".join(_part(11, _typed(name, _INT64, (1, "tokens"))) for name in _INPUTS)
    graph += _part(12, _typed("logits", _FLOAT, (1, 3))) + _part(12, _typed("tokens", _FLOAT, (1, "tokens")))
    return _number(1, 8) + _part(7, graph) + _part(8, _text(1, "") + _number(2, 13))


def _node(kind: str, inputs: tuple[str, ...], output: str, attributes: tuple[bytes, ...] = ()) -> bytes:
    named = b"".join(_text(1, name) for name in inputs) + _text(2, output) + _text(4, kind)
    return named + b"".join(_part(5, attribute) for attribute in attributes)


def _tensor(name: str, values: np.ndarray) -> bytes:
    shape = b"".join(_number(1, size) for size in values.shape)
    return shape + _number(2, _FLOAT) + _text(8, name) + _part(9, values.astype("<f4").tobytes())


def _typed(name: str, kind: int, shape: tuple[int | str, ...]) -> bytes:
    sizes = b"".join(_part(1, _text(2, size) if isinstance(size, str) else _number(1, size)) for size in shape)
    return _text(1, name) + _part(2, _part(1, _number(1, kind) + _part(2, sizes)))


def _text(field: int, text: str) -> bytes:
    return _part(field, text.encode())


def _part(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _number(field: int, number: int) -> bytes:
    return _varint(field << 3) + _varint(number)


def _varint(number: int) -> bytes:
    low, rest = number & 0x7F, number >> 7
    return bytes((low | 0x80,)) + _varint(rest) if rest else bytes((low,))
