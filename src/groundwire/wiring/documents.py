"""The documents and the check over them: where they are kept, how they are found, what judges."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from groundwire.domain import Event
from groundwire.embedding.onnx import OnnxEmbedder
from groundwire.embedding.remote import RemoteEmbedder
from groundwire.guardrail import Guardrail
from groundwire.knowledge.base import LiveKnowledgeBase
from groundwire.knowledge.ingestion import IngestionReport, Ingestor, Progress
from groundwire.knowledge.retrieval import FusedRetriever
from groundwire.knowledge.store import KnowledgeStore
from groundwire.language_model import RemoteLanguageModel
from groundwire.models import EMBEDDER, VERIFIER
from groundwire.protocols import Embedder, Verifier
from groundwire.proxy.answering import AnswerService
from groundwire.review.approval import APPROVED_ANSWERS
from groundwire.settings import EmbeddingSettings, JudgeSettings, Settings
from groundwire.storage.database import Database
from groundwire.verification.consultation import Consultant, Count, uncounted
from groundwire.verification.judge import Limits, SecondOpinion
from groundwire.verification.rations import TokenBudget
from groundwire.wiring.storage import open_storage

_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Library:
    """The documents: where they are kept, how they are found, and what brings them in."""

    settings: Settings
    database: Database
    embedder: Embedder
    store: KnowledgeStore
    knowledge: LiveKnowledgeBase
    ingestor: Ingestor
    judge: RemoteLanguageModel | None = None

    def sync(self, progress: Progress | None = None) -> IngestionReport | None:
        """Bring the configured folder's documents up to date; None where no folder is configured."""
        configured = self.settings.knowledge_base
        if configured.path is None:
            return None
        return self.ingestor.sync_folder(configured.path, configured.collection, progress)

    def approved_collections(self) -> tuple[str, ...]:
        """Return the collection of approved answers, once it holds one and where the settings let checks use it."""
        if not self.settings.knowledge_base.approved_answers:
            return ()
        holding = (snapshot.collection for snapshot in self.knowledge.snapshots if not snapshot.is_empty)
        return tuple(name for name in holding if name == APPROVED_ANSWERS)


def open_library(settings: Settings) -> Library:
    """Open the documents at their newest revisions; raises SettingsError."""
    database = open_storage(settings)
    embedder = EMBEDDERS[settings.embedding.provider](settings.embedding)
    store = KnowledgeStore(database)
    configured = settings.knowledge_base
    knowledge = LiveKnowledgeBase(
        store, embedder, default_collection=configured.collection, index_dir=settings.data_dir / "indexes"
    )
    ingestor = Ingestor(
        store,
        embedder,
        knowledge,
        keep_revisions=configured.keep_revisions,
        max_bytes=int(settings.server.max_upload_mb * _MEGABYTE),
    )
    knowledge.refresh()
    return Library(settings, database, embedder, store, knowledge, ingestor, _judge(settings.judge))


def build_guardrail(library: Library, count: Count = uncounted, *, model: Path = VERIFIER) -> Guardrail:
    """Return the check over these documents by the verifier in a folder; `count` is told of each second opinion."""
    retriever = FusedRetriever(library.embedder, passages_per_claim=library.settings.knowledge_base.passages_per_claim)
    return Guardrail(library.knowledge, retriever, build_verifier(library, count, model=model))


def build_verifier(library: Library, count: Count = uncounted, *, model: Path = VERIFIER) -> Verifier:
    """The verifier reads token by token with the shipped model, whichever model searches."""
    from groundwire.verification.shipped import load_verifier

    embedder = library.embedder
    reader = embedder if isinstance(embedder, OnnxEmbedder) else _shipped(library.settings.embedding)
    shipped = load_verifier(reader, folder=model)
    if library.judge is None:
        return shipped
    judge = library.settings.judge
    limits = Limits(judge.min_support, judge.max_support, judge.timeout_s, judge.max_tokens)
    return SecondOpinion(shipped, Consultant(library.judge, TokenBudget(judge.max_tokens_per_hour), count), limits)


def _judge(settings: JudgeSettings) -> RemoteLanguageModel | None:
    if not settings.enabled:
        return None
    key = settings.api_key.get_secret_value() if settings.api_key else None
    return RemoteLanguageModel(settings.base_url or "", settings.model or "", key, settings.parameters)


def _shipped(settings: EmbeddingSettings) -> OnnxEmbedder:
    return OnnxEmbedder(EMBEDDER, threads=settings.threads)


def _sentence_transformers(settings: EmbeddingSettings) -> Embedder:
    # Imported here because it brings PyTorch, which the default install does not have.
    from groundwire.embedding.sentence_transformers import SentenceTransformersEmbedder

    return SentenceTransformersEmbedder(settings.model or "")


def _openai(settings: EmbeddingSettings) -> Embedder:
    key = settings.api_key.get_secret_value() if settings.api_key else None
    return RemoteEmbedder(settings.base_url or "", settings.model or "", key, settings.timeout_s)


EMBEDDERS: Mapping[str, Callable[[EmbeddingSettings], Embedder]] = {
    "shipped": _shipped,
    "sentence-transformers": _sentence_transformers,
    "openai": _openai,
}


def unrecorded_answers(library: Library) -> AnswerService:
    """Return the check as the server makes it, but without keeping events."""
    configured = (library.settings.knowledge_base.collection,)
    threads = ThreadPoolExecutor(1, "check")
    return AnswerService(build_guardrail(library), NoEvents(), threads, configured, library.approved_collections)


class NoEvents:
    """Keeps nothing."""

    async def append(self, events: Sequence[Event]) -> None:
        """Forget the events."""
