"""Replays over the documents and the check of a library."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from groundwire.events.store import SqlEventStore
from groundwire.guardrail import Guardrail
from groundwire.policy.policies import Policies
from groundwire.policy.store import PolicyStore
from groundwire.proxy.answering import AnswerService
from groundwire.replay.replaying import Replayer
from groundwire.replay.revisions import Revisions
from groundwire.replay.service import Replays
from groundwire.wiring.library import Library, NoEvents


def open_replays(
    library: Library, guardrail: Guardrail, events: SqlEventStore, versions: PolicyStore, policies: Policies
) -> Replays:
    """Return what replays events; it has a thread of its own, so that no running answer waits for it."""
    configured = (library.settings.knowledge_base.collection,)
    threads = ThreadPoolExecutor(1, "replay")
    answers = AnswerService(guardrail, NoEvents(), threads, configured, library.approved_collections)
    return Replays(events, versions, policies, partial(Replayer, answers, guardrail, Revisions(library.knowledge)))
