"""The shipped embedding model on ONNX Runtime: sentence vectors and contextual token vectors from one run."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding, Tokenizer

from groundwire.embedding.texts import well_formed
from groundwire.errors import SettingsError
from groundwire.models.loading import open_session, open_tokenizer
from groundwire.protocols import TokenVectors, Vectors

# Texts up to so many tokens are remembered, in all so many tokens of 1.5 kB each.
_SHORT_TOKENS = 96
_RECENT_TOKENS = 16_384


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
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SettingsError(f"{folder.name!r} is no embedding model folder: {error!r}.") from error


class OnnxEmbedder:
    """Embeds with a folder of `model.onnx`, `tokenizer.json` and `config.json`; safe to use from several threads."""

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        self._config = ModelConfig.read(folder)
        self._tokenizer = _load_tokenizer(folder)
        self._session = open_session(folder, threads)
        self._recent = _Recent()
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
        """Encode all windows of all texts, in input order.

        Each window has a run of its own. Dynamic quantisation scales activations by the extremes of a whole run, so
        in a shared one a vector would depend on its neighbours; on a CPU a batch saves no time either.
        """
        texts = well_formed(texts)
        known = self._recent.find(texts)
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        for text, encoding in zip(missing, self._tokenizer.encode_batch(missing), strict=True):
            known[text] = [self._window(part) for part in (encoding, *encoding.overflowing)]
            self._recent.keep(text, known[text])
        return [known[text] for text in texts]

    def _window(self, encoding: Encoding) -> _Window:
        ids = np.array([encoding.ids], dtype=np.int64)
        feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        [states] = self._session.run(None, {name: array for name, array in feeds.items() if name in self._inputs})
        return _Window(encoding, np.asarray(states[0], dtype=np.float32))


@dataclass(frozen=True, slots=True)
class _Window:
    encoding: Encoding
    states: Vectors


class _Recent:
    """The newest results for short texts: a claim is met by retrieval, selection and alignment within one check."""

    def __init__(self) -> None:
        self._windows: OrderedDict[str, list[_Window]] = OrderedDict()
        self._tokens = 0
        self._lock = Lock()

    def find(self, texts: Sequence[str]) -> dict[str, list[_Window]]:
        """Return what is known of these texts."""
        with self._lock:
            return {text: self._windows[text] for text in texts if text in self._windows}

    def keep(self, text: str, windows: list[_Window]) -> None:
        """Remember the windows of a short text, and forget the oldest ones."""
        size = sum(len(window.states) for window in windows)
        if size > _SHORT_TOKENS:
            return
        with self._lock:
            if text not in self._windows:
                self._windows[text] = windows
                self._tokens += size
            while self._tokens > _RECENT_TOKENS:
                _, oldest = self._windows.popitem(last=False)
                self._tokens -= sum(len(window.states) for window in oldest)


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


def _load_tokenizer(folder: Path) -> Tokenizer:
    tokenizer = open_tokenizer(folder)
    tokenizer.enable_truncation(ModelConfig.read(folder).max_tokens, stride=0)
    return tokenizer
