"""Any service that speaks OpenAI's `/v1/embeddings`."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

import numpy as np
from pydantic import BaseModel, ValidationError

from groundwire.embedding.texts import well_formed
from groundwire.protocols import Vectors
from groundwire.remote import RemoteService

# Text Embeddings Inference refuses larger batches unless told otherwise.
_BATCH_TEXTS = 32


class RemoteEmbedder:
    """Embeds over HTTP, passages and queries alike; safe to use from several threads.

    `base_url` goes up to and including `/v1`; `timeout_s` bounds each batch, its retries included. A blank text is
    never sent, because such services refuse it: its vector points along the first axis. Whether a text longer than
    the model's window is refused or cut is the service's own choice.

    Raises SettingsError when the address is no plain HTTP URL, and CheckError from every other use when the service
    can't be reached, refuses, or answers with anything but one finite vector a text, all of one length.
    """

    def __init__(self, base_url: str, model: str, api_key: str | None = None, timeout_s: float = 30.0) -> None:
        self._service = RemoteService(base_url, "/embeddings", model, api_key, section="embedding")
        self._model = model
        self._timeout_s = timeout_s
        self._dimension: int | None = None
        self._lock = Lock()

    @property
    def name(self) -> str:
        """Model and host; a service that swaps its weights under the same name can't be told apart."""
        return f"{self._model}@{self._service.host}"

    @property
    def dimension(self) -> int:
        """Length of every vector, asked of the service when it is first needed; raises CheckError."""
        if self._dimension is None:
            self._vectors(["dimension"])
        assert self._dimension is not None
        return self._dimension

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return (n, dimension) unit vectors for texts that are to be found; raises CheckError."""
        return self._embed(well_formed(texts))

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return (n, dimension) unit vectors for texts that search; raises CheckError."""
        return self._embed(well_formed(texts))

    def close(self) -> None:
        """Close all connections."""
        self._service.close()

    def _embed(self, texts: Sequence[str]) -> Vectors:
        sent = [row for row, text in enumerate(texts) if text.strip()]
        batches = [sent[start : start + _BATCH_TEXTS] for start in range(0, len(sent), _BATCH_TEXTS)]
        parts = [self._vectors([texts[row] for row in batch]) for batch in batches]
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        vectors[:, 0] = 1.0
        if parts:
            vectors[sent] = np.concatenate(parts)
        return vectors

    def _vectors(self, texts: list[str]) -> Vectors:
        """Return the unit vectors of one batch, checked."""
        body = self._service.post({"model": self._model, "input": texts}, self._timeout_s)
        vectors = self._parsed(body, len(texts))
        with self._lock:
            if self._dimension is None:
                self._dimension = vectors.shape[1]
        if vectors.shape[1] != self._dimension:
            raise self._service.error(f"sent vectors of {vectors.shape[1]} numbers, and of {self._dimension} before")
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not (np.isfinite(norms).all() and norms.all()):
            raise self._service.error("sent a vector that has no direction (all zeros, or not finite)")
        return np.asarray(vectors / norms, dtype=np.float32)

    def _parsed(self, body: bytes, count: int) -> Vectors:
        try:
            reply = _Reply.model_validate_json(body)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise self._service.error(f"sent no list of embeddings: {where!r}: {first['msg']}") from error
        rows = sorted(reply.data, key=lambda row: row.index)
        if [row.index for row in rows] != list(range(count)):
            raise self._service.error(f"sent {len(rows)} vectors, or wrong indexes, for {count} texts")
        lengths = {len(row.embedding) for row in rows}
        if len(lengths) != 1:
            raise self._service.error(f"sent vectors of different lengths: {sorted(lengths)!r}")
        return np.array([row.embedding for row in rows], dtype=np.float32)


class _Row(BaseModel):
    index: int
    embedding: list[float]


class _Reply(BaseModel):
    data: list[_Row]
