"""Replays over the documents and the check of a library."""

from __future__ import annotations

from collections.abc import AsyncIterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from groundwire.events.store import SqlEventStore
from groundwire.guardrail import Guardrail
from groundwire.models import VERIFIER
from groundwire.policy.policies import Policies
from groundwire.policy.store import PolicyStore
from groundwire.proxy.answering import AnswerService
from groundwire.replay.replaying import Replayer
from groundwire.replay.revisions import Revisions
from groundwire.replay.service import Replays
from groundwire.settings import Settings
from groundwire.wiring.documents import Library, NoEvents, build_guardrail, open_library
from groundwire.wiring.policies import policies_in_force
from groundwire.wiring.storage import closing


def open_replays(
    library: Library,
    guardrail: Guardrail,
    events: SqlEventStore,
    versions: PolicyStore,
    policies: Policies,
    threads: Executor,
) -> Replays:
    """Return what replays events, in these threads; they are its own, so that no running answer waits for it."""
    configured = (library.settings.knowledge_base.collection,)
    answers = AnswerService(guardrail, NoEvents(), threads, configured, library.approved_collections)
    return Replays(events, versions, policies, partial(Replayer, answers, guardrail, Revisions(library.knowledge)))


@asynccontextmanager
async def opened_replays(settings: Settings, model: Path | None = None) -> AsyncIterator[Replays]:
    """Open what a command needs to replay events, by the verifier in a folder where one is given."""
    library = open_library(settings)
    async with closing(library.database), SqlEventStore(library.database) as events:
        guardrail = build_guardrail(library, model=model or VERIFIER)
        policies = policies_in_force(settings, library.database)
        with ThreadPoolExecutor(1, "replay") as threads:
            yield open_replays(library, guardrail, events, PolicyStore(library.database), policies, threads)
