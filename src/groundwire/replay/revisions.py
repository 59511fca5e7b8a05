"""Older states of the documents, opened when they are first needed and kept for the next event."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

from groundwire.protocols import KnowledgeBase, Snapshot

_KEPT = 4


class RevisedKnowledge(KnowledgeBase, Protocol):
    """A knowledge base whose older states can be opened."""

    def recall(self, revision: str) -> Snapshot:
        """Return the state of that name; raises NotFound where it is no longer kept."""
        ...


@dataclass(frozen=True, slots=True)
class Pinned:
    """A knowledge base that stays in one state."""

    state: Snapshot

    def snapshot(self, _collections: Sequence[str]) -> Snapshot:
        """Return that state, whatever is asked for."""
        return self.state


class Revisions:
    """Opens states of the documents by name; safe to use from several threads."""

    def __init__(self, knowledge: RevisedKnowledge) -> None:
        self._knowledge = knowledge
        self._opened: OrderedDict[str, Snapshot] = OrderedDict()
        self._lock = Lock()

    def newest(self, collections: Sequence[str]) -> str:
        """Return the name of the newest state of these collections; raises UnknownCollection."""
        return self._knowledge.snapshot(collections).revision

    def open(self, revision: str) -> Pinned:
        """Return the documents in that state; raises NotFound where it is no longer kept."""
        with self._lock:
            found = self._opened.pop(revision, None) or self._knowledge.recall(revision)
            self._opened[revision] = found
            while len(self._opened) > _KEPT:
                self._opened.popitem(last=False)
            return Pinned(found)
