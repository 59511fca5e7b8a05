"""Any sentence-transformers model, by name or path; needs the extra `groundwire[sentence-transformers]`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from threading import Lock
from typing import Protocol

import numpy as np
import numpy.typing as npt

from groundwire.embedding.texts import well_formed
from groundwire.errors import SettingsError
from groundwire.protocols import Vectors

_Encode = Callable[[list[str]], Vectors]


class SentenceTransformersEmbedder:
    """Embeds with a sentence-transformers model, on the GPU where there is one; safe to use from several threads.

    Passages and queries get the prompts that the model's own configuration names. A text longer than the model's
    window is the mean of its pieces, each of which fits. Empty text gets the vector the model gives it.

    Raises SettingsError when the extra is not installed or the model can't be loaded.
    """

    def __init__(self, name_or_path: str) -> None:
        self._model = _load(name_or_path)
        # A fast tokenizer keeps its truncation and padding inside, so two threads must not use it at once.
        self._lock = Lock()
        self._name = f"{PurePath(name_or_path).name}-{_digest(self._model)}"
        self._dimension = int(self._encode(["a"], self._model.encode_document).shape[1])

    @property
    def name(self) -> str:
        """Last part of the model's name, and a digest of its weights, prompts and window."""
        return self._name

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        return self._dimension

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return (n, dimension) unit vectors for texts that are to be found."""
        return self._embed(texts, self._encode_passages, self._prompt_tokens("document"))

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return (n, dimension) unit vectors for texts that search."""
        return self._embed(texts, self._encode_queries, self._prompt_tokens("query"))

    def _encode_passages(self, texts: list[str]) -> Vectors:
        return self._encode(texts, self._model.encode_document)

    def _encode_queries(self, texts: list[str]) -> Vectors:
        return self._encode(texts, self._model.encode_query)

    def _encode(self, texts: list[str], encode: _EncodeMethod) -> Vectors:
        return np.asarray(encode(texts, normalize_embeddings=True, show_progress_bar=False), dtype=np.float32)

    def _embed(self, texts: Sequence[str], encode: _Encode, prompt_tokens: int) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        with self._lock:
            pieces = [self._pieces(text, prompt_tokens) for text in well_formed(texts)]
            rows = encode([piece for parts in pieces for piece in parts])
        if len(rows) == len(texts):
            return rows
        ends = np.cumsum([len(parts) for parts in pieces])
        return _unit(np.stack([part.mean(axis=0) for part in np.split(rows, ends[:-1])]))

    def _pieces(self, text: str, prompt_tokens: int) -> list[str]:
        """Halve a text at a space until every piece fits, because the library would cut its end off silently."""
        if len(text) < 2 or self._fits(text, prompt_tokens):
            return [text]
        middle = text.find(" ", len(text) // 2, len(text) - 1)
        middle = middle if middle > 0 else len(text) // 2
        return [*self._pieces(text[:middle], prompt_tokens), *self._pieces(text[middle:], prompt_tokens)]

    def _fits(self, text: str, prompt_tokens: int) -> bool:
        window = self._model.max_seq_length
        # Models of static word vectors have no window.
        if not isinstance(window, int):
            return True
        return prompt_tokens + _count_tokens(self._model.tokenizer, text) <= window

    def _prompt_tokens(self, name: str) -> int:
        prompt = (self._model.prompts or {}).get(name)
        if not prompt or not isinstance(self._model.max_seq_length, int):
            return 0
        with self._lock:
            return _count_tokens(self._model.tokenizer, prompt)


class _EncodeMethod(Protocol):
    def __call__(self, texts: list[str], *, normalize_embeddings: bool, show_progress_bar: bool) -> Vectors: ...


class _Tokenizer(Protocol):
    def __call__(self, text: str, *, verbose: bool) -> Mapping[str, list[int]]: ...


class _Tensor(Protocol):
    def detach(self) -> _Tensor: ...
    def cpu(self) -> _Tensor: ...
    def float(self) -> _Tensor: ...
    def numpy(self) -> npt.NDArray[np.float32]: ...


class _Model(Protocol):
    """The part of `SentenceTransformer` that is used here; the library has no type hints of its own to rely on."""

    tokenizer: _Tokenizer
    prompts: Mapping[str, str] | None
    max_seq_length: int | None
    encode_query: _EncodeMethod
    encode_document: _EncodeMethod

    def state_dict(self) -> Mapping[str, _Tensor]: ...


def _load(name_or_path: str) -> _Model:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise SettingsError(
            f"The embedding model {name_or_path!r} needs sentence-transformers, which can't be imported ({error}). "
            "Install it with: pip install 'groundwire[sentence-transformers]'"
        ) from error
    try:
        model: _Model = SentenceTransformer(name_or_path)
    except Exception as error:  # several libraries below, each with errors of its own
        reason = str(error).partition("\n")[0]
        raise SettingsError(
            f"The embedding model {name_or_path!r} can't be loaded: {reason} "
            "Set `embedding.model` to a folder or to a name that this machine can download."
        ) from error
    return model


def _digest(model: _Model) -> str:
    """Eight hex digits that change with whatever changes the vectors; the model's name alone says nothing of them."""
    digest = hashlib.sha256(json.dumps([model.prompts, str(model.max_seq_length)]).encode())
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().float().numpy().tobytes())
    return digest.hexdigest()[:8]


def _count_tokens(tokenizer: _Tokenizer, text: str) -> int:
    return len(tokenizer(text, verbose=False)["input_ids"])


def _unit(rows: Vectors) -> Vectors:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(norms, 1e-12), dtype=np.float32)
