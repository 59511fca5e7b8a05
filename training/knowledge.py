"""A knowledge base in a temporary folder, searched as the product searches it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from public_pairs import read_lines

import groundwire.models
from groundwire.domain import Claim, Hit, Question, Source
from groundwire.embedding.onnx import OnnxEmbedder
from groundwire.knowledge.base import LiveKnowledgeBase
from groundwire.knowledge.ingestion import Ingestor, Upload
from groundwire.knowledge.retrieval import FusedRetriever
from groundwire.knowledge.store import KnowledgeStore
from groundwire.storage.database import open_database
from groundwire.verification.selection import Selector

_COLLECTION = "default"


def shipped_embedder(threads: int = 2) -> OnnxEmbedder:
    """Return the embedder that ships with the package."""
    return OnnxEmbedder(Path(groundwire.models.__file__).parent / "embedder", threads=threads)


class OpenKnowledge:
    """Ingests a file of `{doc_id, title, text}` lines and retrieves from it."""

    def __init__(self, documents: Path, folder: Path, *, threads: int = 2) -> None:
        database = open_database(f"sqlite:///{folder / 'knowledge.db'}")
        database.upgrade()
        embedder = shipped_embedder(threads)
        store = KnowledgeStore(database)
        live = LiveKnowledgeBase(store, embedder, default_collection=_COLLECTION, index_dir=folder)
        uploads = [
            Upload(one["doc_id"], one["doc_id"], one["text"].encode(), title=one["title"], is_text=True)
            for one in read_lines(documents)
        ]
        Ingestor(store, embedder, live).ingest_uploads(uploads, _COLLECTION)
        self._snapshot = live.snapshot([_COLLECTION])
        self._retriever = FusedRetriever(embedder)
        self.selector = Selector(embedder)

    def retrieve(self, claims: Sequence[Claim], question: Question) -> list[list[Hit]]:
        """Return the hits of each claim."""
        if not claims:
            return []
        return self._retriever.retrieve(claims, question, self._snapshot, frozenset(Source))
