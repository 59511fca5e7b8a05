"""The review queue, the way to the next answer, what was decided, and the regression cases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from groundwire.api.services import ServicesOf
from groundwire.console.pages.event import JUDGEMENTS, QueueChoice
from groundwire.console.rendering import page, query
from groundwire.console.viewer import Viewer, viewing
from groundwire.domain import Label
from groundwire.keys.roles import Permission
from groundwire.review.filters import ReviewFilter

router = APIRouter(prefix="/review")
Reviewer = Annotated[Viewer, Depends(viewing(Permission.REVIEW))]
_PER_PAGE = 50


class QueueQuery(QueueChoice):
    """Which part of the queue is shown, and which page of it."""

    cursor: str | None = None


@router.get("")
async def show_queue(
    request: Request, services: ServicesOf, _: Reviewer, asked: Annotated[QueueQuery, Query()]
) -> Response:
    """The answers that wait, worst first."""
    found = await services.queue.page(asked.filter(), _PER_PAGE, asked.cursor or None)
    waiting = await services.queue.counts(asked.filter())
    keys = await services.keys.all()
    following = query([*asked.pairs, ("cursor", found.next_cursor)]) if found.next_cursor else ""
    return page(
        request,
        "review/queue.html",
        found=found,
        waiting=waiting,
        total=sum(waiting.values()),
        choice=asked,
        filters=query(asked.pairs),
        following=following,
        is_first=not asked.cursor,
        now=datetime.now(UTC),
        policies=services.policies.names,
        apps={key.id: key.name for key in keys},
        labels=[label for label in Label if label is not Label.SUPPORTED],
    )


@router.get("/next")
async def take_next(services: ServicesOf, viewer: Reviewer, choice: Annotated[QueueChoice, Query()]) -> Response:
    """Lead to the worst answer that nobody else is looking at, or back to the queue where there is none."""
    item = await services.queue.next(viewer.name, choice.filter())
    if item is None:
        return RedirectResponse(f"/console/review{query(choice.pairs)}", 303)
    return RedirectResponse(f"/console/events/{item.event_id}{query([('review', '1'), *choice.pairs])}", 303)


@router.get("/decisions")
async def show_decisions(
    request: Request, services: ServicesOf, _: Reviewer, before: Annotated[str | None, Query(max_length=40)] = None
) -> Response:
    """What was decided, newest first, the undone decisions too."""
    found = await services.reviews.find(ReviewFilter(includes_undone=True), _PER_PAGE + 1, before)
    shown = found[:_PER_PAGE]
    following = query([("before", shown[-1].id)]) if len(found) > _PER_PAGE else ""
    return page(
        request,
        "review/decisions.html",
        reviews=shown,
        questions=await services.events.questions({review.event_id for review in shown}),
        following=following,
        is_first=not before,
        judgements=JUDGEMENTS,
    )


@router.get("/cases")
async def show_cases(request: Request, services: ServicesOf, _: Reviewer) -> Response:
    """The regression cases."""
    return page(request, "review/cases.html", cases=await services.cases.all())
