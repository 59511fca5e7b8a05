from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import httpx
import pytest

from fakes import POLICIES, FakeKnowledgeBase, FakeRetriever, ScriptedVerifier
from groundwire import __version__
from groundwire.api.errors import ERROR_HANDLERS
from groundwire.api.measuring import MeasuredApp, MeasuredEvents
from groundwire.api.routers import ROUTERS
from groundwire.api.services import Services, knowledge_sizes
from groundwire.app import AppParts, create_app
from groundwire.domain import Correction, Label, Verdict
from groundwire.guardrail import Guardrail
from groundwire.keys.store import KeyStore
from groundwire.metrics import Metrics
from groundwire.policy.policies import Policies
from groundwire.policy.store import PolicyStore
from groundwire.proxy.answering import AnswerService
from groundwire.proxy.upstreams.upstream import Upstreams
from groundwire.replay.replaying import Replayer
from groundwire.replay.revisions import Revisions
from groundwire.replay.service import Replays
from libraries import open_library
from people import accounts_in
from stored import database, database_url, events, template

__all__ = ["database", "database_url", "events", "template"]


@dataclass
class State:
    """The state of a collection with three passages."""

    collection: str
    ids: tuple[int, ...] = (1, 2, 3)

    @property
    def revision(self):
        return f"{self.collection}@1"


class SizedKnowledgeBase(FakeKnowledgeBase):
    """Tells its size too."""

    @property
    def snapshots(self):
        return [State(name, () if self.is_empty else (1, 2, 3)) for name in self.names]


class ReturnsVerifier(ScriptedVerifier):
    """Knows what the self test asks: 14 days are right, 45 are not."""

    def verify(self, claims, evidence, question, strictness):
        verdicts = super().verify(claims, evidence, question, strictness)
        return [_corrected(verdict) for verdict in verdicts]


def _corrected(verdict):
    claim = verdict.claim
    place = claim.text.find("45")
    if place < 0:
        return verdict
    fix = Correction(claim.start + place, claim.start + place + 2, "14")
    return Verdict(claim, Label.CONTRADICTED, 0.1, "document says 14 days, answer says 45 days", (), (fix,))


@pytest.fixture
def knowledge():
    return SizedKnowledgeBase("default", "faq")


@pytest.fixture
def verifier():
    return ReturnsVerifier()


@pytest.fixture
async def keys(database):
    async with KeyStore(database) as store:
        yield store


@pytest.fixture
def accounts(database, keys):
    return accounts_in(database, keys)


@pytest.fixture
def library(database, tmp_path):
    return open_library(database, tmp_path / "indexes")


@pytest.fixture
def services(database, events, keys, knowledge, verifier, library, accounts):
    threads = ThreadPoolExecutor(2)
    guardrail, metrics = Guardrail(knowledge, FakeRetriever(), verifier), Metrics(__version__)
    metrics.watch_queue(lambda: events.waiting)
    metrics.watch_knowledge(lambda: knowledge_sizes(knowledge))
    answers = AnswerService(guardrail, MeasuredEvents(events, metrics), threads, ["default"])
    policies, versions = Policies(POLICIES), PolicyStore(database)
    replayer = partial(Replayer, answers, guardrail, Revisions(knowledge))
    yield Services(
        database,
        events,
        keys,
        knowledge,
        guardrail,
        answers,
        policies,
        metrics,
        store=library.store,
        ingestor=library.ingestor,
        accounts=accounts,
        versions=versions,
        replays=Replays(events, versions, policies, replayer),
    )
    threads.shutdown()


@pytest.fixture
def app(services):
    async def wire(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"wire"})

    app = create_app(AppParts(wire, Upstreams([]), ROUTERS, error_handlers=ERROR_HANDLERS))
    app.add_middleware(MeasuredApp, metrics=services.metrics)
    app.state.services = services
    return app


@pytest.fixture
async def client(app):
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


@pytest.fixture
def headers_of(keys):
    """Make a key of a role and return the headers that present it."""

    async def headers(role):
        return {"authorization": f"Bearer {(await keys.create(role, 'test')).key}"}

    return headers
