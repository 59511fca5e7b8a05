"""The seams of Groundwire: what a part must promise so that it can be exchanged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from groundwire.domain import Claim, Event, Hit, Question, Source, Strictness, Verdict

Vectors = npt.NDArray[np.float32]


class Embedder(Protocol):
    """Turns text into unit-length vectors; rows come in input order."""

    @property
    def name(self) -> str:
        """Identifies model and version; stored with each vector, so that a change forces re-embedding."""
        ...

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return an (n, dimension) array for texts that are to be found."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return an (n, dimension) array for texts that search."""
        ...


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """Contextual vectors of one text's tokens, special tokens left out.

    `vectors` is (t, dimension), rows of unit length; `spans` is (t, 2), character offsets of each token.
    """

    vectors: Vectors
    spans: npt.NDArray[np.int32]


class TokenEmbedder(Protocol):
    """Gives each token of a text a vector that knows its context."""

    def embed_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Return one TokenVectors a text, in input order; nothing is truncated."""
        ...


class EncoderModel(Embedder, TokenEmbedder, Protocol):
    """One encoder for texts and for their tokens."""


class PassageIndex(Protocol):
    """Finds the nearest vectors; safe to search from several threads at once."""

    def search(self, vectors: Vectors, k: int) -> tuple[npt.NDArray[np.int64], Vectors]:
        """Return (ids, similarities), each (n, k), best first; missing places hold id -1 and similarity -1."""
        ...


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for: `text` for the lexical side and `vector` (unit length) for the dense side.

    `focus` is the part of the text whose words matter most; empty where all of it does.
    """

    text: str
    vector: Vectors
    focus: str = ""


class Snapshot(Protocol):
    """One immutable state of the collections a request may use."""

    @property
    def revision(self) -> str:
        """Its name, as `collection@number`, several joined by commas."""
        ...

    @property
    def is_empty(self) -> bool:
        """Whether it holds no passage at all."""
        ...

    def search(self, queries: Sequence[Query], k: int) -> list[list[Hit]]:
        """Return at most `k` hits a query, best first, dense and lexical results fused."""
        ...


class KnowledgeBase(Protocol):
    """Hands out the newest state of its collections."""

    def snapshot(self, collections: Sequence[str]) -> Snapshot:
        """Return the current state of these collections together; raises UnknownCollection."""
        ...


class Retriever(Protocol):
    """Finds, for each claim, the passages that could decide it, from every source that is switched on."""

    def retrieve(
        self, claims: Sequence[Claim], question: Question, snapshot: Snapshot, sources: frozenset[Source]
    ) -> list[list[Hit]]:
        """Return the hits for each claim, in input order, best first; an empty list where nothing was found."""
        ...


class Verifier(Protocol):
    """Judges claims against the passages found for them."""

    @property
    def name(self) -> str:
        """Identifies the models and rules that judge; stored with each event."""
        ...

    def verify(
        self, claims: Sequence[Claim], evidence: Sequence[Sequence[Hit]], question: Question, strictness: Strictness
    ) -> list[Verdict]:
        """Return one verdict a claim, in input order; raises CheckError when it can't judge."""
        ...


@runtime_checkable
class ReconsideringVerifier(Verifier, Protocol):
    """A verifier that can look again, at a price, at what it left open."""

    def rationed(self) -> ReconsideringVerifier:
        """Return the verifier for the answers to one request, which together spend no more than a request may."""
        ...

    def reconsider(
        self, verdicts: Sequence[Verdict], question: Question, strictness: Strictness, within_s: float
    ) -> list[Verdict]:
        """Return the verdicts, in input order, some of them changed; never fails, and takes at most `within_s`."""
        ...


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a language model is asked: its instructions, the material, and the JSON schema of its reply.

    `max_tokens` is the most that it may write.
    """

    instructions: str
    material: str
    schema: Mapping[str, object]
    max_tokens: int


@dataclass(frozen=True, slots=True)
class Completion:
    """What a language model wrote, and the tokens that it counted; None where it did not say."""

    text: str
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class LanguageModel(Protocol):
    """Writes JSON."""

    @property
    def name(self) -> str:
        """Name of the model."""
        ...

    def complete(self, prompt: Prompt, timeout_s: float) -> Completion:
        """Return what the model writes within `timeout_s`; raises CheckError when it can't or won't."""
        ...


class EventStore(Protocol):
    """Keeps the events."""

    async def append(self, events: Sequence[Event]) -> None:
        """Return once the events are durable; raises EventStoreError when they can't be kept."""
        ...
