"""Events as rows of the tables, and back."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import RowMapping

from groundwire.domain import Action, Event, Label, Mode, Outcome, Question, Report, Verdict
from groundwire.events.codec import Plain, from_plain, to_plain
from groundwire.events.escaping import escape, unescape

Row = dict[str, object]

# Events of the self test prove that the way through is open; they are nobody's answers and count in no number.
SELFTEST_ENDPOINT = "/api/v1/selftest"
_MODEL_CHARS = 200
_DOCUMENT_ID_CHARS = 512
HOUR_KEY = ("hour", "app", "model", "policy", "mode", "action", "label")
HOUR_COUNTS = ("answers", *(label.value for label in Label))
DAY_KEY = ("day", "document_id", "label")
# How bad an answer with this label is, for reviewers who look at the worst first.
_WEIGHTS = {Label.CONTRADICTED: 30.0, Label.UNSUPPORTED: 20.0, Label.UNVERIFIED: 10.0, Label.SUPPORTED: 0.0}
_MOST_BAD_CLAIMS = 9


def event_row(event: Event) -> Row:
    """Return the row of an event; nothing is lost, and every database can hold it."""
    report = _object(event.report)
    if len(escape(event.model)) > _MODEL_CHARS:
        # The column is for finding; a name that does not fit is kept whole beside the report.
        report["model"] = escape(event.model)
    return {
        "id": event.id,
        "created_at": event.created_at,
        "request_id": event.request_id,
        "choice": event.choice,
        "endpoint": event.endpoint,
        "model": stored_model(event.model),
        "upstream": event.upstream,
        "policy": event.policy,
        "policy_version": event.policy_version,
        "mode": event.mode.value,
        "verifier": escape(event.verifier),
        "action": event.action.value,
        "label": event.report.label.value,
        "groundedness": event.report.groundedness,
        "revision": event.report.revision,
        "outcome": event.outcome.value,
        "is_stream": event.is_stream,
        "is_selftest": is_selftest(event),
        "key_id": event.key_id,
        # The last question stands beside the turns, so that it can be searched and shown without reading them all.
        "question": _object(event.question) | {"asked": escape(asked(event.question))},
        "collections": to_plain(event.collections, escape),
        "report": report,
        "delivered": escape(event.delivered),
        "usage": to_plain(event.usage, escape),
        "metadata": to_plain(event.metadata, escape),
    }


def event_from(row: RowMapping) -> Event:
    """Return the event of a row, equal to the one that was stored."""
    report: dict[str, Plain] = row["report"]
    return Event(
        id=row["id"],
        created_at=row["created_at"],
        request_id=row["request_id"],
        choice=row["choice"],
        endpoint=row["endpoint"],
        model=unescape(str(report.get("model", row["model"]))),
        upstream=row["upstream"],
        policy=row["policy"],
        policy_version=row["policy_version"],
        mode=Mode(row["mode"]),
        verifier=unescape(row["verifier"]),
        question=from_plain(Question, row["question"], unescape),
        collections=tuple(unescape(name) for name in row["collections"]),
        report=from_plain(Report, row["report"], unescape),
        action=Action(row["action"]),
        delivered=unescape(row["delivered"]),
        outcome=Outcome(row["outcome"]),
        is_stream=row["is_stream"],
        usage={unescape(name): count for name, count in row["usage"].items()},
        metadata={unescape(name): unescape(text) for name, text in row["metadata"].items()},
        key_id=row["key_id"],
    )


def claim_rows(event: Event) -> list[Row]:
    """Return one row a claim; the document is that of its best evidence."""
    return [_claim_row(event.id, place, verdict) for place, verdict in enumerate(event.report.verdicts)]


def text_row(event: Event) -> Row:
    """Return the row that the event's last question and its answer are searched in."""
    return {"event_id": event.id, "text": folded(f"{asked(event.question)}\n{event.report.answer}")}


def folded(text: str) -> str:
    """Return text as it is searched: in one case, and such that every database can hold it."""
    return escape(text).casefold()


def hour_rows(stored: Sequence[Event]) -> list[Row]:
    """Return what these events add to the hourly counts, always in the same order, so that writers can't deadlock."""
    sums: dict[tuple[object, ...], Counter[str]] = {}
    for event in stored:
        if not is_selftest(event):
            found = sums.setdefault(_hour_key(event), Counter())
            found.update(["answers", *(verdict.label.value for verdict in event.report.verdicts)])
    return [
        dict(zip(HOUR_KEY, key, strict=True)) | {name: sums[key][name] for name in HOUR_COUNTS}
        for key in sorted(sums, key=str)
    ]


def day_rows(stored: Sequence[Event]) -> list[Row]:
    """Return how often each document was the best evidence of these events' claims, always in the same order."""
    counts: Counter[tuple[datetime, str, str]] = Counter()
    for event in stored:
        if not is_selftest(event):
            day = day_of(event.created_at)
            rows = claim_rows(event)
            counts.update((day, str(row["document_id"]), str(row["label"])) for row in rows if row["document_id"])
    return [dict(zip(DAY_KEY, key, strict=True)) | {"claims": counts[key]} for key in sorted(counts)]


def review_rows(stored: Sequence[Event]) -> list[Row]:
    """Return the rows of what a person should look at: all that was not simply allowed, each said `times` over."""
    rows: dict[object, Row] = {}
    repeated: Counter[object] = Counter()
    for event in stored:
        if event.action is not Action.ALLOW and not is_selftest(event):
            row = review_row(event)
            rows.setdefault(row["fingerprint"], row)
            repeated[row["fingerprint"]] += 1
    # Always in the same order, so that writers can't deadlock.
    return [rows[key] | {"times": repeated[key]} for key in sorted(rows, key=str)]


def review_row(event: Event) -> Row:
    """Return the row by which an event waits for a reviewer."""
    return {
        "event_id": event.id,
        "fingerprint": fingerprint(event),
        "times": 1,
        "priority": priority(event),
        "state": "open",
        "policy": event.policy,
        "model": stored_model(event.model),
        "app": event.key_id or "",
        "label": event.report.label.value,
    }


def fingerprint(event: Event) -> str:
    """Return 32 hexadecimal characters that are equal for answers one decision holds for.

    They were given to the same question by the same model for the same app, and judged alike under the same versions.
    """
    versions = (event.policy, event.policy_version, event.verifier, event.report.revision, event.action.value)
    said = (asked(event.question), event.report.answer, event.model, event.key_id or "")
    judged = [(verdict.label.value, verdict.reason) for verdict in event.report.verdicts]
    return hashlib.sha256(json.dumps([versions, said, judged]).encode()).hexdigest()[:32]


def priority(event: Event) -> float:
    """Return how urgent a review is, 0 to 40: first by the worst label, then by how many claims are bad and how bad."""
    bad = [verdict.support for verdict in event.report.verdicts if verdict.label is not Label.SUPPORTED]
    doubt = 1.0 - min(bad, default=1.0)
    return _WEIGHTS[event.report.label] + min(len(bad), _MOST_BAD_CLAIMS) + 0.99 * doubt


def asked(question: Question) -> str:
    """Return the user's last turn, empty when there is none."""
    return next((turn.content for turn in reversed(question.turns) if turn.role == "user"), "")


def is_selftest(event: Event) -> bool:
    """Whether the event is part of a self test; a client can't claim that, since the route decides."""
    return event.endpoint == SELFTEST_ENDPOINT


def stored_model(model: str) -> str:
    """Return the model's name as its column holds it."""
    return escape(model)[:_MODEL_CHARS]


def stored_document_id(document_id: str) -> str:
    """Return a document's id as its column holds it."""
    return escape(document_id)[:_DOCUMENT_ID_CHARS]


def hour_of(moment: datetime) -> datetime:
    """Return the start of the hour, in UTC."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def day_of(moment: datetime) -> datetime:
    """Return the start of the day, in UTC."""
    return hour_of(moment).replace(hour=0)


def _hour_key(event: Event) -> tuple[object, ...]:
    names = (event.key_id or "", stored_model(event.model), event.policy)
    return (hour_of(event.created_at), *names, event.mode.value, event.action.value, event.report.label.value)


def _claim_row(event_id: str, place: int, verdict: Verdict) -> Row:
    document_id = stored_document_id(verdict.evidence[0].document_id) if verdict.evidence else None
    return {
        "event_id": event_id,
        "position": place,
        "label": verdict.label.value,
        "support": float(verdict.support),
        "document_id": document_id,
    }


def _object(value: Question | Report) -> dict[str, Plain]:
    plain = to_plain(value, escape)
    assert isinstance(plain, dict)
    return plain
