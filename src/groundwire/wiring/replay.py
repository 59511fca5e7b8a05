"""Replays over the documents and the check of a library."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from groundwire.guardrail import Guardrail
from groundwire.proxy.answering import AnswerService
from groundwire.replay.replaying import Replayer
from groundwire.replay.revisions import Revisions
from groundwire.replay.wanted import KnownPolicies
from groundwire.wiring.library import Library, NoEvents


def build_replayer(library: Library, guardrail: Guardrail, known: KnownPolicies) -> Replayer:
    """Return what replays events; it has a thread of its own, so that no running answer waits for it."""
    configured = (library.settings.knowledge_base.collection,)
    answers = AnswerService(guardrail, NoEvents(), ThreadPoolExecutor(1, "replay"), configured)
    return Replayer(answers, guardrail, Revisions(library.knowledge), known)
