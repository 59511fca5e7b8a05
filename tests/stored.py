"""Real databases and sample events for tests of what is stored.

Every test runs on a fresh SQLite file, and on PostgreSQL too when GROUNDWIRE_TEST_DATABASE_URL names one.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import text

from groundwire.domain import (
    Action,
    Claim,
    Correction,
    Event,
    Evidence,
    Label,
    Mode,
    Question,
    Report,
    Skipped,
    SourceDocument,
    Turn,
    Verdict,
)
from groundwire.events.identifiers import new_event_id
from groundwire.events.store import SqlEventStore
from groundwire.storage.database import Database, open_database

POSTGRESQL_URL = os.environ.get("GROUNDWIRE_TEST_DATABASE_URL", "")
BACKENDS = ["sqlite", *(["postgresql"] if POSTGRESQL_URL else [])]
NOON = datetime(2025, 3, 14, 12, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables, to be copied."""
    path = tmp_path_factory.mktemp("template") / "groundwire.db"
    database = open_database(f"sqlite:///{path}")
    database.upgrade()
    asyncio.run(database.close())
    return path


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest, template: Path, tmp_path: Path) -> Iterator[str]:
    """The URL of a database that has all tables and no rows."""
    if request.param == "sqlite":
        shutil.copy(template, tmp_path / "groundwire.db")
        yield f"sqlite:///{tmp_path / 'groundwire.db'}"
        return
    with empty_schema() as url:
        database = open_database(url)
        database.upgrade()
        database.engine.dispose()
        yield url


@pytest.fixture
async def database(database_url: str):
    database = open_database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def events(database: Database):
    async with SqlEventStore(database) as store:
        yield store


class empty_schema:
    """A schema of its own in the PostgreSQL database; as a context manager it gives the URL that leads into it."""

    def __enter__(self) -> str:
        self.name = f"test_{uuid.uuid4().hex}"
        self._run(f"CREATE SCHEMA {self.name}")
        return f"{POSTGRESQL_URL}?options={quote(f'-csearch_path={self.name}')}"

    def __exit__(self, *_: object) -> None:
        self._run(f"DROP SCHEMA {self.name} CASCADE")

    def _run(self, statement: str) -> None:
        engine = open_database(POSTGRESQL_URL).engine
        with engine.begin() as connection:
            connection.execute(text(statement))
        engine.dispose()


def verdict(label: Label, start: int = 0, document_id: str | None = "refunds") -> Verdict:
    """Return a verdict on a claim that starts there."""
    claim = Claim("Refunds take 30 days.", start, start + 21)
    evidence = Evidence(document_id, 2, "Refunds", "Refunds take 14 days.", 10, 31) if document_id else None
    fixes = (Correction(start + 13, start + 15, "14"),) if label is Label.CONTRADICTED else ()
    reason = "document says 14 days, answer says 30 days"
    return Verdict(claim, label, 0.25, reason, (evidence,) if evidence else (), fixes)


def sample(*labels: Label, **changes: object) -> Event:
    """Return an event whose answer has one claim a label."""
    verdicts = tuple(verdict(label, 22 * place) for place, label in enumerate(labels))
    answer = " ".join(found.claim.text for found in verdicts) or "Hello!"
    report = Report(answer, verdicts, (Skipped("image", "only text is checked"),), "default@3", {"check": 12.5})
    event = Event(
        id=new_event_id(),
        created_at=NOON,
        request_id="req_1",
        choice=0,
        endpoint="/v1/chat/completions",
        model="gpt-4o",
        upstream="default",
        policy="default",
        policy_version="a1b2c3",
        mode=Mode.ENFORCE,
        verifier="rules-1+entailment-1",
        question=Question((Turn("user", "How long do refunds take?"),), (SourceDocument("d1", "Fees", "It is free."),)),
        collections=("default",),
        report=report,
        action=Action.REWRITE if Label.CONTRADICTED in labels else Action.ALLOW,
        delivered=answer.replace("30", "14"),
        usage={"total_tokens": 18},
        metadata={"segment": "retail"},
    )
    return replace(event, **changes)


def hours_later(hours: float) -> datetime:
    """Return a time after noon."""
    return NOON + timedelta(hours=hours)
