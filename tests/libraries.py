"""A real knowledge base over a test's database, with an embedder that only counts words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fakes import WordEmbedder
from groundwire.knowledge.base import LiveKnowledgeBase
from groundwire.knowledge.ingestion import Ingestor, Upload
from groundwire.knowledge.store import KnowledgeStore
from groundwire.protocols import Query
from groundwire.storage.database import Database


@dataclass
class Library:
    """The parts of one process."""

    store: KnowledgeStore
    embedder: WordEmbedder
    knowledge: LiveKnowledgeBase
    ingestor: Ingestor

    def add(self, collection: str = "default", **texts: str):
        """Ingest texts by document id."""
        uploads = [Upload(name, name, text.encode(), is_text=True) for name, text in texts.items()]
        return self.ingestor.ingest_uploads(uploads, collection)

    def find(self, text: str, *collections: str, k: int = 3, snapshot=None):
        """Return the ids of the documents found for a text, best first."""
        return [hit.passage.document_id for hit in self.hits(text, *collections, k=k, snapshot=snapshot)]

    def hits(self, text: str, *collections: str, k: int = 3, snapshot=None):
        """Return what is found for a text, best first."""
        snapshot = snapshot or self.knowledge.snapshot(collections)
        [vector] = self.embedder.embed_queries([text])
        return snapshot.search([Query(text, vector)], k)[0]


def open_library(database: Database, index_dir: Path, *, embedder: WordEmbedder | None = None, **options) -> Library:
    """Open what a process opens; a second one on the same database is another process."""
    store, embedder = KnowledgeStore(database), embedder or WordEmbedder()
    knowledge = LiveKnowledgeBase(store, embedder, default_collection="default", index_dir=index_dir)
    return Library(store, embedder, knowledge, Ingestor(store, embedder, knowledge, **options))
