"""Regression cases: answers that people judged, with what the check must say of them from then on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, RowMapping, Select, delete, insert, select
from sqlalchemy.exc import IntegrityError

from groundwire.domain import Event, Label
from groundwire.errors import BadRequest, Conflict, NotFound
from groundwire.events.codec import Plain, to_plain
from groundwire.events.escaping import escape, unescape
from groundwire.events.identifiers import new_case_id
from groundwire.events.rows import asked
from groundwire.review.labels import labelled_claims
from groundwire.review.records import Judgement, Review
from groundwire.storage.database import Database
from groundwire.storage.schema import regression_cases

_NAME_CHARS = 200
MISSED = "missed"


@dataclass(frozen=True, slots=True)
class ExpectedClaim:
    """What must be found for `answer[start:end]`; `kind` says `missed` where the check had not objected to it."""

    start: int
    end: int
    label: Label
    kind: str = ""
    quotes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SavedCase:
    """A case as it is kept; `record` is in the format of `groundwire evaluate`, with policy and documents beside it."""

    id: str
    event_id: str
    created_at: datetime
    author: str
    name: str
    record: Mapping[str, Plain]


class CaseStore:
    """Keeps regression cases, one an event at most."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, event: Event, expected: Sequence[ExpectedClaim], author: str, name: str = "") -> SavedCase:
        """Keep a case; raises BadRequest where nothing is expected, Conflict where the event has a case already."""
        if not expected:
            raise BadRequest("Judge the answer first: a case needs a claim that is settled.", param="event_id")
        case_id = new_case_id()
        title = name.strip() or " ".join(asked(event.question).split())[:_NAME_CHARS] or event.id
        case = SavedCase(case_id, event.id, datetime.now(UTC), author, title, case_record(case_id, event, expected))
        saving = insert(regression_cases).values(_row(case))
        try:
            await self._database.write(lambda connection: connection.execute(saving))
        except IntegrityError as error:
            message = f"The answer of {event.id} is a regression case already; delete that one to save it anew."
            raise Conflict(message, param="event_id") from error
        return case

    async def all(self) -> list[SavedCase]:
        """Return every case, oldest first."""
        return await self._read(select(regression_cases).order_by(regression_cases.c.id))

    async def of(self, event_id: str) -> SavedCase | None:
        """Return the case that was made of an event, if there is one."""
        statement = select(regression_cases).where(regression_cases.c.event_id == escape(event_id))
        found = await self._read(statement)
        return found[0] if found else None

    async def delete(self, case_id: str) -> None:
        """Delete a case; raises NotFound."""
        statement = delete(regression_cases).where(regression_cases.c.id == escape(case_id))
        if not await self._database.write(lambda connection: connection.execute(statement).rowcount):
            raise NotFound(f"No regression case {case_id!r:.100}.", param="case_id")

    async def _read(self, statement: Select[tuple[object, ...]]) -> list[SavedCase]:
        def read(connection: Connection) -> list[SavedCase]:
            return [_case(row) for row in connection.execute(statement).mappings()]

        return await self._database.read(read)


def expected_of(event: Event, reviews: Sequence[Review]) -> list[ExpectedClaim]:
    """Return what these reviews of the event settle, claim by claim, and what was missed where there was no claim.

    Claims on the arguments of tool calls are left out, for they are no part of the answer.
    """
    verdicts = event.report.verdicts
    settled = [claim for claim in labelled_claims(reviews) if not verdicts[claim.position].claim.target]
    expected = [_expected(event, claim.position, is_error=claim.is_error) for claim in settled]
    return sorted([*expected, *_unclaimed(reviews)], key=lambda claim: (claim.start, claim.end))


def case_record(case_id: str, event: Event, expected: Sequence[ExpectedClaim]) -> dict[str, Plain]:
    """Return the case in the format of `groundwire evaluate`, with the policy and the documents of the request."""
    answer = event.report.answer
    return {
        "id": case_id,
        "kb": ",".join(event.collections),
        "policy": event.policy,
        "turns": to_plain(event.question.turns),
        "documents": to_plain(event.question.documents),
        "answer": answer,
        "claims": [_claim(answer, claim) for claim in expected],
    }


def _expected(event: Event, position: int, *, is_error: bool) -> ExpectedClaim:
    verdict = event.report.verdicts[position]
    quotes = tuple((evidence.document_id, evidence.quote) for evidence in verdict.evidence)
    if not is_error:
        return ExpectedClaim(verdict.claim.start, verdict.claim.end, Label.SUPPORTED, quotes=quotes)
    if verdict.label is Label.SUPPORTED:
        return ExpectedClaim(verdict.claim.start, verdict.claim.end, Label.UNSUPPORTED, MISSED)
    return ExpectedClaim(verdict.claim.start, verdict.claim.end, verdict.label, quotes=quotes)


def _unclaimed(reviews: Sequence[Review]) -> list[ExpectedClaim]:
    """Errors that were missed because nothing there was taken for a claim."""
    spans = {
        review.decision.span
        for review in reviews
        if review.is_standing and review.decision.judgement is Judgement.MISSED and review.decision.span
        if not any(claim.overlaps(review.decision.span) for claim in review.claims)
    }
    return [ExpectedClaim(start, end, Label.UNSUPPORTED, MISSED) for start, end in spans]


def _claim(answer: str, claim: ExpectedClaim) -> Plain:
    quotes: list[Plain] = [{"doc_id": document_id, "quote": quote} for document_id, quote in claim.quotes]
    return {
        "text": answer[claim.start : claim.end],
        "start": claim.start,
        "end": claim.end,
        "label": claim.label.value,
        "kind": claim.kind,
        "evidence": quotes,
    }


def _row(case: SavedCase) -> dict[str, object]:
    return {
        "id": case.id,
        "event_id": case.event_id,
        "created_at": case.created_at,
        "author": escape(case.author),
        "name": escape(case.name),
        "case": to_plain(case.record, escape),
    }


def _case(row: RowMapping) -> SavedCase:
    record = to_plain(row["case"], unescape)
    assert isinstance(record, dict)
    author, name = unescape(row["author"]), unescape(row["name"])
    return SavedCase(row["id"], row["event_id"], row["created_at"], author, name, record)
