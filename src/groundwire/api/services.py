"""What the routes work with, as one object on the application: `app.state.services`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Protocol

from fastapi import Depends, Request

from groundwire.accounts.accounts import Accounts
from groundwire.domain import Hit
from groundwire.events.store import SqlEventStore
from groundwire.guardrail import Guardrail
from groundwire.keys.store import KeyStore
from groundwire.knowledge.condition import Condition
from groundwire.knowledge.ingestion import Ingestor
from groundwire.knowledge.store import KnowledgeStore
from groundwire.metrics import KnowledgeSize, Metrics
from groundwire.policy.desk import PolicyDesk
from groundwire.policy.policies import Policies
from groundwire.policy.store import PolicyStore
from groundwire.protocols import KnowledgeBase
from groundwire.proxy.answering import AnswerService
from groundwire.proxy.conversations import Conversations
from groundwire.replay.service import Replays
from groundwire.review.approval import ApprovedAnswers
from groundwire.review.calibrating import Calibrations
from groundwire.review.cases import CaseStore
from groundwire.review.queue import ReviewQueue
from groundwire.review.store import ReviewStore
from groundwire.storage.database import Database


class CollectionState(Protocol):
    """The current state of one collection."""

    @property
    def collection(self) -> str:
        """Its name."""
        ...

    @property
    def revision(self) -> str:
        """`collection@number`."""
        ...

    @property
    def ids(self) -> Collection[int]:
        """The ids of its passages."""
        ...


class LiveKnowledge(KnowledgeBase, Protocol):
    """A knowledge base that tells what it holds."""

    @property
    def snapshots(self) -> Sequence[CollectionState]:
        """The current states of all collections."""
        ...

    def refresh(self) -> Sequence[str]:
        """Take up what was published since the last call; return the new revisions."""
        ...

    def search(self, text: str, collections: Sequence[str], k: int) -> tuple[str, Sequence[Hit]]:
        """Return the revision and at most `k` passages of it, best first; raises UnknownCollection."""
        ...

    def condition(self, collection: str) -> Condition:
        """Examine a collection; raises UnknownCollection."""
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """The parts that the routes call."""

    database: Database
    events: SqlEventStore
    keys: KeyStore
    knowledge: LiveKnowledge
    guardrail: Guardrail
    answers: AnswerService
    policies: Policies
    metrics: Metrics
    store: KnowledgeStore
    ingestor: Ingestor
    accounts: Accounts
    versions: PolicyStore
    replays: Replays
    conversations: Conversations = field(default_factory=Conversations)

    @property
    def desk(self) -> PolicyDesk:
        """Where policies are proposed and decided on."""
        return PolicyDesk(self.versions, self.policies)

    @property
    def calibrations(self) -> Calibrations:
        """What fits thresholds to the reviewers' labels."""
        return Calibrations(self.reviews, self.desk, self.guardrail.verifier_name)

    @property
    def queue(self) -> ReviewQueue:
        """The answers that wait for a reviewer."""
        return ReviewQueue(self.database)

    @property
    def reviews(self) -> ReviewStore:
        """What people said of answers."""
        return ReviewStore(self.database)

    @property
    def approved_answers(self) -> ApprovedAnswers:
        """What makes documents of corrected answers."""
        return ApprovedAnswers(self.reviews, self.ingestor)

    @property
    def cases(self) -> CaseStore:
        """The regression cases."""
        return CaseStore(self.database)


def services_of(request: Request) -> Services:
    """Return the services of the application that the request came to."""
    services: Services = request.app.state.services
    return services


ServicesOf = Annotated[Services, Depends(services_of)]


def knowledge_sizes(knowledge: LiveKnowledge) -> list[KnowledgeSize]:
    """Return how much each collection holds."""
    return [
        KnowledgeSize(state.collection, int(state.revision.rpartition("@")[2]), len(state.ids))
        for state in knowledge.snapshots
    ]
