"""The page of one event: what was asked and answered, what was checked and why, and what people say of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict
from starlette.concurrency import run_in_threadpool

from groundwire.api.services import Services, ServicesOf
from groundwire.console.judged import shown_answer
from groundwire.console.rendering import page, query
from groundwire.console.viewer import Viewer, viewing
from groundwire.domain import Event, Label
from groundwire.events.rows import asked
from groundwire.keys.roles import Permission
from groundwire.review.approval import APPROVED_ANSWERS
from groundwire.review.filters import QueueFilter
from groundwire.review.records import Judgement

router = APIRouter()

JUDGEMENTS = {
    Judgement.RIGHT.value: "Right",
    Judgement.FALSE_ALARM.value: "False alarm",
    Judgement.MISSED.value: "Missed something",
    Judgement.UNSURE.value: "Not sure",
}


def _filled(values: object) -> object:
    """Fields of a form that were left empty narrow nothing."""
    return [value for value in values if value != ""] if isinstance(values, list) else values


class QueueChoice(BaseModel):
    """Which part of the queue a reviewer works through; it stays in the URL from one answer to the next."""

    model_config = ConfigDict(extra="ignore")

    policy: Annotated[tuple[str, ...], BeforeValidator(_filled)] = ()
    model: Annotated[tuple[str, ...], BeforeValidator(_filled)] = ()
    app: Annotated[tuple[str, ...], BeforeValidator(_filled)] = ()
    label: Annotated[tuple[Label, ...], BeforeValidator(_filled)] = ()

    def filter(self) -> QueueFilter:
        """Return what the queue understands."""
        return QueueFilter(self.policy, self.model, self.app, self.label)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The choice as pairs of a query."""
        named = (("policy", self.policy), ("model", self.model), ("app", self.app), ("label", self.label))
        return [(name, str(value)) for name, values in named for value in values]


@router.get("/events/{event_id}")
async def show_event(
    request: Request,
    services: ServicesOf,
    event_id: str,
    viewer: Annotated[Viewer, Depends(viewing(Permission.READ))],
    choice: Annotated[QueueChoice, Query()],
    review: bool = False,
) -> Response:
    """An answer with its claims and their evidence; with `review` it is worked through as a part of the queue."""
    event = await services.events.get(event_id)
    reviews = await services.reviews.about(event)
    standing = [one for one in reviews if one.is_standing]
    may_review = viewer.may(Permission.REVIEW)
    return page(
        request,
        "review/event.html",
        event=event,
        question=asked(event.question),
        turns=event.question.turns,
        shown=await run_in_threadpool(shown_answer, event, services.database),
        checked=sum(verdict.label is not Label.UNVERIFIED for verdict in event.report.verdicts),
        facts=await _facts(services, event),
        reviews=reviews,
        decided=standing[0] if standing else None,
        case=await services.cases.of(event.id),
        judgements=JUDGEMENTS,
        may_review=may_review,
        is_reviewing=review and may_review,
        here="/console/review" if review and may_review else request.url.path,
        filters=query(choice.pairs),
        collections=await run_in_threadpool(_searched, services, event.collections),
        approved_collection=APPROVED_ANSWERS,
    )


def _searched(services: Services, used: Sequence[str]) -> list[str]:
    """The collections in which the right passage may be: first those of the check."""
    names = services.store.collection_names()
    return [*(name for name in used if name in names), *(name for name in names if name not in used)]


async def _facts(services: Services, event: Event) -> list[tuple[str, str]]:
    keys = {record.id: record.name for record in await services.keys.all()} if event.key_id else {}
    report, usage = event.report, event.usage
    again = report.regeneration
    facts = (
        ("Event", event.id),
        ("Request", event.request_id + (f", choice {event.choice}" if event.choice else "")),
        ("Endpoint", event.endpoint + (", streamed" if event.is_stream else "")),
        ("App", keys.get(event.key_id, event.key_id) if event.key_id else ""),
        ("Model", event.model),
        ("Upstream", event.upstream),
        ("Outcome", event.outcome.value.replace("_", " ")),
        ("Policy", f"{event.policy}, version {event.policy_version}" if event.policy_version else event.policy),
        ("Mode", event.mode.value),
        ("Knowledge base", report.revision),
        ("Verifier", event.verifier),
        ("Tokens", ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in usage.items())),
        ("Asked again", f"{again.count} times" if again else ""),
        ("Metadata", ", ".join(f"{name}: {value}" for name, value in event.metadata.items())),
    )
    return [(name, value) for name, value in facts if value]
