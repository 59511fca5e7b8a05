"""A whole server, put together from its parts."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Coroutine, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
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
from groundwire.console.app import PATH, create_console, front_door, refused
from groundwire.console.playground import Example, Playground
from groundwire.events.store import SqlEventStore
from groundwire.keys.gate import KeyGate
from groundwire.keys.store import KeyStore
from groundwire.knowledge.watching import follow_revisions, watch_folder
from groundwire.metrics import Metrics
from groundwire.model_servers import build_upstreams
from groundwire.policy.following import follow_policies
from groundwire.proxy.answering import AnswerService
from groundwire.proxy.endpoints.handlers import handlers
from groundwire.proxy.guarded import ReplyStyle
from groundwire.proxy.passthrough import Passthrough
from groundwire.proxy.routes import WireApp
from groundwire.proxy.upstreams.upstream import Upstreams
from groundwire.settings import Settings
from groundwire.wiring.documents import Library, build_guardrail, open_library
from groundwire.wiring.policies import open_policies
from groundwire.wiring.replay import open_replays
from groundwire.wiring.storage import build_accounts, closing

_MEGABYTE = 1_000_000
_WAITING_THREADS = 16
Part = AbstractAsyncContextManager[object]


@dataclass(frozen=True, slots=True)
class Assembly:
    """A server that is put together but not running: `app` starts and stops everything else."""

    app: FastAPI
    documents: Library
    services: Services


def assemble(settings: Settings, *, running: tuple[Part, ...] = (), examples: Sequence[Example] = ()) -> Assembly:
    """Put a server together; `running` are further parts that start before and stop after its own.

    `examples` are for the playground.
    """
    library = open_library(settings)
    # A thread that waits for a second opinion needs no core.
    threads = ThreadPoolExecutor(_WAITING_THREADS if settings.judge.enabled else max(2, os.cpu_count() or 1), "check")
    replaying = ThreadPoolExecutor(1, "replay")
    services = _services(library, threads, replaying)
    upstreams = build_upstreams(settings.upstreams, services.metrics)
    wire = _wire(settings, services, upstreams)
    parts = AppParts(
        wire=wire,
        upstreams=upstreams,
        routers=(*ROUTERS, front_door),
        pages={PATH: create_console(services, Playground(wire, examples))},
        error_handlers=ERROR_HANDLERS,
        running=(
            *running,
            closing(library.database),
            _ending(library, threads, replaying),
            services.events,
            services.keys,
            _following(library, services),
        ),
    )
    app = create_app(parts)
    app.add_middleware(LimitedBody, max_bytes=int(settings.server.max_upload_mb * _MEGABYTE), refuse=refused)
    app.add_middleware(MeasuredApp, metrics=services.metrics)
    app.state.services = services
    return Assembly(app, library, services)


def _services(library: Library, threads: Executor, replaying: Executor) -> Services:
    metrics = Metrics(__version__)
    events, keys = SqlEventStore(library.database), KeyStore(library.database)
    metrics.watch_queue(lambda: events.waiting)
    metrics.watch_knowledge(lambda: knowledge_sizes(library.knowledge))
    guardrail = build_guardrail(library, metrics.judged)
    collections = (library.settings.knowledge_base.collection,)
    answers = AnswerService(
        guardrail, MeasuredEvents(events, metrics), threads, collections, library.approved_collections
    )
    versions, policies = open_policies(library.settings, library.database)
    replays = open_replays(library, guardrail, events, versions, policies, replaying)
    parts = (library.database, events, keys, library.knowledge, guardrail, answers, policies, metrics)
    accounts = build_accounts(library.settings, library.database, keys)
    return Services(
        *parts,
        store=library.store,
        ingestor=library.ingestor,
        accounts=accounts,
        versions=versions,
        replays=replays,
    )


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
async def _ending(library: Library, *executors: Executor) -> AsyncIterator[None]:
    try:
        yield
    finally:
        # Embedding a large folder takes minutes, and nobody waits for them.
        library.ingestor.stop()
        # A check that still runs reads documents, so the database must outlive it.
        for threads in executors:
            await asyncio.to_thread(threads.shutdown, cancel_futures=True)
        if library.judge:
            library.judge.close()


@asynccontextmanager
async def _following(library: Library, services: Services) -> AsyncIterator[None]:
    """While the server runs, documents and policies follow the folder and what other processes publish."""
    configured = library.settings.knowledge_base
    work: list[Coroutine[object, object, None]] = [
        follow_revisions(library.database, library.knowledge),
        follow_policies(services.versions, services.policies),
    ]
    if configured.path is not None and configured.watch:
        work.append(watch_folder(library.database, configured.path, configured.collection, library.ingestor))
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
