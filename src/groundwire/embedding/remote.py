"""Any service that speaks OpenAI's `/v1/embeddings`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from threading import Lock

import httpx
import numpy as np
from pydantic import BaseModel, ValidationError

from groundwire.embedding.texts import well_formed
from groundwire.errors import CheckError, SettingsError
from groundwire.protocols import Vectors

# Text Embeddings Inference refuses larger batches unless told otherwise.
_BATCH_TEXTS = 32
_ATTEMPTS = 3
_FIRST_PAUSE_S = 0.25
_PASSING_STATUSES = frozenset({429, 500, 502, 503, 504})
_MAX_REASON_CHARS = 200


class RemoteEmbedder:
    """Embeds over HTTP, passages and queries alike; safe to use from several threads.

    `base_url` goes up to and including `/v1`; `timeout_s` bounds each batch, its retries included. A blank text is
    never sent, because such services refuse it: its vector points along the first axis. Whether a text longer than
    the model's window is refused or cut is the service's own choice.

    Raises SettingsError when the address is no plain HTTP URL, and CheckError from every other use when the service
    can't be reached, refuses, or answers with anything but one finite vector a text, all of one length.
    """

    def __init__(self, base_url: str, model: str, api_key: str | None = None, timeout_s: float = 30.0) -> None:
        self._url = _endpoint(base_url)
        self._model = model
        self._name = f"{model}@{self._url.netloc.decode()}"
        self._timeout_s = timeout_s
        self._client = httpx.Client(headers={"authorization": f"Bearer {api_key}"} if api_key else {})
        self._dimension: int | None = None
        self._lock = Lock()

    @property
    def name(self) -> str:
        """Model and host; a service that swaps its weights under the same name can't be told apart."""
        return self._name

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
        self._client.close()

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
        vectors = self._parsed(self._body(texts), len(texts))
        with self._lock:
            if self._dimension is None:
                self._dimension = vectors.shape[1]
        if vectors.shape[1] != self._dimension:
            raise self._error(f"sent vectors of {vectors.shape[1]} numbers, and of {self._dimension} before")
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not (np.isfinite(norms).all() and norms.all()):
            raise self._error("sent a vector that has no direction (all zeros, or not finite)")
        return np.asarray(vectors / norms, dtype=np.float32)

    def _parsed(self, body: bytes, count: int) -> Vectors:
        try:
            reply = _Reply.model_validate_json(body)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise self._error(f"sent no list of embeddings: {where!r}: {first['msg']}") from error
        rows = sorted(reply.data, key=lambda row: row.index)
        if [row.index for row in rows] != list(range(count)):
            raise self._error(f"sent {len(rows)} vectors, or wrong indexes, for {count} texts")
        lengths = {len(row.embedding) for row in rows}
        if len(lengths) != 1:
            raise self._error(f"sent vectors of different lengths: {sorted(lengths)!r}")
        return np.array([row.embedding for row in rows], dtype=np.float32)

    def _body(self, texts: list[str]) -> bytes:
        """Return the reply, asked for again after a failure that may pass while attempts and time last."""
        deadline = time.monotonic() + self._timeout_s
        for attempt in range(1, _ATTEMPTS):
            try:
                return self._post(texts, deadline)
            except _PassingError as error:
                pause_s = error.retry_after_s or _FIRST_PAUSE_S * 2 ** (attempt - 1)
                if time.monotonic() + pause_s >= deadline:
                    raise
                time.sleep(pause_s)
        return self._post(texts, deadline)

    def _post(self, texts: list[str], deadline: float) -> bytes:
        request = {"model": self._model, "input": texts}
        left_s = max(deadline - time.monotonic(), 0.001)
        try:
            response = self._client.post(self._url, json=request, timeout=left_s)
        except httpx.TimeoutException as error:
            raise self._error(f"did not answer within `embedding.timeout_s`, {self._timeout_s:g} s") from error
        except httpx.HTTPError as error:
            raise self._passing_error(f"can't be reached: {error or type(error).__name__}") from error
        if response.status_code == 200:
            return response.content
        raise self._refusal(response)

    def _refusal(self, response: httpx.Response) -> CheckError:
        status = response.status_code
        if status in {401, 403}:
            # The service's own words are left out: some repeat the key.
            return self._error(f"answered {status}; check `embedding.api_key`")
        said = f"answered {status}: {_reason(response.content)}"
        if status in _PASSING_STATUSES:
            return self._passing_error(said, _seconds(response.headers.get("retry-after")))
        return self._error(said)

    def _error(self, what: str) -> CheckError:
        return CheckError(f"The embedding service {str(self._url)!r} ({self._model!r}) {what}.")

    def _passing_error(self, what: str, retry_after_s: float | None = None) -> _PassingError:
        return _PassingError(f"The embedding service {str(self._url)!r} ({self._model!r}) {what}.", retry_after_s)


class _PassingError(CheckError):
    """A failure that another attempt may not meet."""

    def __init__(self, message: str, retry_after_s: float | None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class _Row(BaseModel):
    index: int
    embedding: list[float]


class _Reply(BaseModel):
    data: list[_Row]


class _Problem(BaseModel):
    message: str


class _Refusal(BaseModel):
    error: _Problem


def _endpoint(base_url: str) -> httpx.URL:
    """The address to post to; one with a password or a query is refused, for it would stand in logs and errors."""
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise SettingsError(f"`embedding.base_url` {base_url!r} is no URL: {error}.") from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise SettingsError(f"`embedding.base_url` {base_url!r} is no HTTP URL; write it like 'https://host/v1'.")
    if url.userinfo or url.query:
        raise SettingsError("`embedding.base_url` has a user name or a query; put the key into `embedding.api_key`.")
    return url.copy_with(path=url.path.rstrip("/").removesuffix("/embeddings") + "/embeddings")


def _reason(body: bytes) -> str:
    """The service's own explanation in OpenAI's shape, cut short, else what can be told."""
    try:
        return repr(_Refusal.model_validate_json(body).error.message[:_MAX_REASON_CHARS])
    except ValidationError:
        return f"no explanation in OpenAI's shape ({len(body)} bytes)"


def _seconds(value: str | None) -> float | None:
    """A `Retry-After` in whole seconds; its other form, a date, is not worth a clock comparison."""
    return float(value) if value and value.isascii() and value.isdigit() else None
