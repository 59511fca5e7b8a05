"""The shipped embedding model on ONNX Runtime: sentence vectors and contextual token vectors from one run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Encoding, Tokenizer

from groundwire.errors import SettingsError
from groundwire.protocols import TokenVectors, Vectors

# Tokens in one run, padding included: enough to fill the cores, few enough to stay in the cache.
_BATCH_TOKENS = 1024
_BATCH_TEXTS = 32


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """What `config.json` beside the weights says: name, dimension, window in tokens, pooling and query prefix."""

    name: str
    dimension: int
    max_tokens: int
    pooling: str
    query_prefix: str

    @classmethod
    def read(cls, folder: Path) -> ModelConfig:
        """Read the config of a model folder; raises SettingsError when it is missing or wrong."""
        try:
            values = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            return cls(**{name: values[name] for name in cls.__dataclass_fields__})
        except (OSError, ValueError, KeyError) as error:
            raise SettingsError(f"{folder.name!r} is no embedding model folder: {error!r}.") from error


class OnnxEmbedder:
    """Embeds with a folder of `model.onnx`, `tokenizer.json` and `config.json`; safe to use from several threads."""

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        self._config = ModelConfig.read(folder)
        self._tokenizer = _load_tokenizer(folder)
        self._session = _load_session(folder, threads)
        self._inputs = {node.name for node in self._session.get_inputs()}

    @property
    def name(self) -> str:
        """Name and version of the weights."""
        return self._config.name

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        return self._config.dimension

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return (n, dimension) unit vectors; a text longer than the window is the mean of its windows."""
        return self._sentence_vectors(self._run(texts))

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return (n, dimension) unit vectors for texts that search."""
        return self._sentence_vectors(self._run([self._config.query_prefix + text for text in texts]))

    def embed_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Return the token vectors of each text; a text longer than the window is read window by window."""
        return [_token_vectors(windows) for windows in self._run(texts)]

    def _sentence_vectors(self, found: Sequence[Sequence[_Window]]) -> Vectors:
        pooled = np.zeros((len(found), self.dimension), dtype=np.float32)
        for row, windows in enumerate(found):
            pooled[row] = np.mean([self._pool(window) for window in windows], axis=0)
        return _unit(pooled)

    def _pool(self, window: _Window) -> Vectors:
        if self._config.pooling == "cls":
            return np.asarray(window.states[0])
        return np.asarray(window.states.mean(axis=0))

    def _run(self, texts: Sequence[str]) -> list[list[_Window]]:
        """Encode all windows of all texts in batches of like length; results in input order."""
        encodings = self._tokenizer.encode_batch(list(texts))
        pieces = [
            (row, part, piece)
            for row, encoding in enumerate(encodings)
            for part, piece in enumerate([encoding, *encoding.overflowing])
        ]
        found: list[dict[int, _Window]] = [{} for _ in texts]
        for batch in _batches(sorted(pieces, key=lambda piece: len(piece[2]))):
            for (row, part, encoding), states in zip(batch, self._states([item[2] for item in batch]), strict=True):
                found[row][part] = _Window(encoding, states)
        return [[windows[part] for part in sorted(windows)] for windows in found]

    def _states(self, encodings: Sequence[Encoding]) -> Iterator[Vectors]:
        longest = max(len(encoding) for encoding in encodings)
        ids = np.zeros((len(encodings), longest), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding)] = encoding.ids
            mask[row, : len(encoding)] = 1
        feeds = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        feeds = {name: array for name, array in feeds.items() if name in self._inputs}
        states = self._session.run(None, feeds)[0]
        for row, encoding in enumerate(encodings):
            yield np.asarray(states[row, : len(encoding)], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class _Window:
    encoding: Encoding
    states: Vectors


def _token_vectors(windows: Sequence[_Window]) -> TokenVectors:
    vectors: list[Vectors] = []
    spans: list[npt.NDArray[np.int32]] = []
    for window in windows:
        is_word = np.array(window.encoding.special_tokens_mask) == 0
        vectors.append(window.states[is_word])
        spans.append(np.array(window.encoding.offsets, dtype=np.int32).reshape(-1, 2)[is_word])
    return TokenVectors(_unit(np.concatenate(vectors)), np.concatenate(spans))


def _unit(rows: Vectors) -> Vectors:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(norms, 1e-12), dtype=np.float32)


def _batches(pieces: Sequence[tuple[int, int, Encoding]]) -> Iterator[list[tuple[int, int, Encoding]]]:
    batch: list[tuple[int, int, Encoding]] = []
    for piece in pieces:
        if batch and (len(batch) == _BATCH_TEXTS or len(piece[2]) * (len(batch) + 1) > _BATCH_TOKENS):
            yield batch
            batch = []
        batch.append(piece)
    if batch:
        yield batch


def _load_tokenizer(folder: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(ModelConfig.read(folder).max_tokens, stride=0)
    return tokenizer


def _load_session(folder: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Spinning threads would take the cores from the event loop between two runs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_cpu_mem_arena = False
    path = folder / "model.onnx"
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises its own untyped errors
        raise SettingsError(f"The embedding model {str(path)!r} can't be loaded: {error}") from error
