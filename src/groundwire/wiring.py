"""Settings become objects here, and only here: to exchange a part, change its row or its line in this file."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI

from groundwire import __version__
from groundwire.api.errors import ERROR_HANDLERS
from groundwire.api.limits import LimitedBody
from groundwire.api.measuring import MeasuredApp, MeasuredEvents
from groundwire.api.routers import ROUTERS
from groundwire.api.services import Services, knowledge_sizes
from groundwire.app import AppParts, create_app
from groundwire.domain import Event
from groundwire.embedding.onnx import OnnxEmbedder
from groundwire.embedding.remote import RemoteEmbedder
from groundwire.events.store import SqlEventStore
from groundwire.guardrail import Guardrail
from groundwire.keys.gate import KeyGate
from groundwire.keys.store import KeyStore
from groundwire.knowledge.base import LiveKnowledgeBase
from groundwire.knowledge.ingestion import IngestionReport, Ingestor, Progress
from groundwire.knowledge.retrieval import FusedRetriever
from groundwire.knowledge.store import KnowledgeStore
from groundwire.knowledge.watching import follow_revisions, watch_folder
from groundwire.language_model import RemoteLanguageModel
from groundwire.metrics import Metrics
from groundwire.model_servers import build_upstreams
from groundwire.models import EMBEDDER
from groundwire.policy.policies import Policies
from groundwire.policy.policy import Policy, policy_from
from groundwire.protocols import Embedder, Verifier
from groundwire.proxy.answering import AnswerService
from groundwire.proxy.endpoints import handlers
from groundwire.proxy.guarded import ReplyStyle
from groundwire.proxy.passthrough import Passthrough
from groundwire.proxy.routes import WireApp
from groundwire.proxy.upstream import Upstreams
from groundwire.settings import EmbeddingSettings, JudgeSettings, Settings
from groundwire.storage.database import Database, open_database
from groundwire.verification.consultation import Consultant, Count, uncounted
from groundwire.verification.judge import Limits, SecondOpinion
from groundwire.verification.rations import TokenBudget

_MEGABYTE = 1_000_000
_WAITING_THREADS = 16
Part = AbstractAsyncContextManager[object]


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


@dataclass(frozen=True, slots=True)
class Assembly:
    """A server that is put together but not running: `app` starts and stops everything else."""

    app: FastAPI
    documents: Library
    services: Services


def open_storage(settings: Settings) -> Database:
    """Open the database and bring its tables up to date; raises SettingsError."""
    database = open_database(settings.effective_database_url)
    database.upgrade()
    return database


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


def build_guardrail(library: Library, count: Count = uncounted) -> Guardrail:
    """Return the check over these documents; `count` is told of each second opinion."""
    retriever = FusedRetriever(library.embedder, passages_per_claim=library.settings.knowledge_base.passages_per_claim)
    return Guardrail(library.knowledge, retriever, build_verifier(library, count))


def build_policies(settings: Settings) -> Policies:
    """Return the configured policies."""
    return Policies(policies_from(settings))


def policies_from(settings: Settings) -> dict[str, Policy]:
    """Return each configured policy by its name."""
    return {name: policy_from(name, policy) for name, policy in settings.policies.items()}


@asynccontextmanager
async def opened_keys(settings: Settings) -> AsyncIterator[KeyStore]:
    """Open the keys alone, for a command that needs no more."""
    database = open_storage(settings)
    async with _closing(database), KeyStore(database) as keys:
        yield keys


@asynccontextmanager
async def opened_events(settings: Settings) -> AsyncIterator[SqlEventStore]:
    """Open the events alone, for a command that needs no more."""
    database = open_storage(settings)
    async with _closing(database), SqlEventStore(database) as events:
        yield events


def unrecorded_answers(library: Library) -> AnswerService:
    """Return the check as the server makes it, but without keeping events."""
    configured = (library.settings.knowledge_base.collection,)
    return AnswerService(build_guardrail(library), _NoEvents(), ThreadPoolExecutor(1, "check"), configured)


class _NoEvents:
    """Keeps nothing."""

    async def append(self, events: Sequence[Event]) -> None:
        """Forget the events."""


def assemble(settings: Settings, *, running: tuple[Part, ...] = ()) -> Assembly:
    """Put a server together; `running` are further parts that start before and stop after its own."""
    library = open_library(settings)
    # A thread that waits for a second opinion needs no core.
    threads = ThreadPoolExecutor(_WAITING_THREADS if settings.judge.enabled else max(2, os.cpu_count() or 1), "check")
    services = _services(library, threads)
    upstreams = build_upstreams(settings.upstreams, services.metrics)
    parts = AppParts(
        wire=_wire(settings, services, upstreams),
        upstreams=upstreams,
        routers=ROUTERS,
        error_handlers=ERROR_HANDLERS,
        running=(
            *running,
            _closing(library.database),
            _ending(library, threads),
            services.events,
            services.keys,
            _following(library),
        ),
    )
    app = create_app(parts)
    app.add_middleware(LimitedBody, max_bytes=int(settings.server.max_upload_mb * _MEGABYTE))
    app.add_middleware(MeasuredApp, metrics=services.metrics)
    app.state.services = services
    return Assembly(app, library, services)


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


def build_verifier(library: Library, count: Count = uncounted) -> Verifier:
    """The verifier reads token by token with the shipped model, whichever model searches."""
    from groundwire.verification.shipped import load_verifier

    embedder = library.embedder
    shipped = load_verifier(embedder if isinstance(embedder, OnnxEmbedder) else _shipped(library.settings.embedding))
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


def _services(library: Library, threads: ThreadPoolExecutor) -> Services:
    metrics = Metrics(__version__)
    events, keys = SqlEventStore(library.database), KeyStore(library.database)
    metrics.watch_queue(lambda: events.waiting)
    metrics.watch_knowledge(lambda: knowledge_sizes(library.knowledge))
    guardrail = build_guardrail(library, metrics.judged)
    collections = (library.settings.knowledge_base.collection,)
    answers = AnswerService(guardrail, MeasuredEvents(events, metrics), threads, collections)
    policies = build_policies(library.settings)
    parts = (library.database, events, keys, library.knowledge, guardrail, answers, policies, metrics)
    return Services(*parts, store=library.store, ingestor=library.ingestor)


def _wire(settings: Settings, services: Services, upstreams: Upstreams) -> WireApp:
    server = settings.server
    style = ReplyStyle(server.include_grounding, server.block_status)
    return WireApp(
        KeyGate(services.keys),
        handlers(upstreams, services.answers, services.policies, style),
        Passthrough(upstreams, is_refused=server.unguarded_routes == "refuse"),
        max_body_bytes=int(server.max_body_mb * _MEGABYTE),
    )


@asynccontextmanager
async def _closing(database: Database) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await database.close()


@asynccontextmanager
async def _ending(library: Library, threads: ThreadPoolExecutor) -> AsyncIterator[None]:
    try:
        yield
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
        if library.judge:
            library.judge.close()


@asynccontextmanager
async def _following(library: Library) -> AsyncIterator[None]:
    """While the server runs, the knowledge base follows its folder and what other processes publish."""
    configured = library.settings.knowledge_base
    work: list[Coroutine[object, object, None]] = [follow_revisions(library.knowledge)]
    if configured.path is not None and configured.watch:
        work.append(watch_folder(configured.path, configured.collection, library.ingestor))
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
