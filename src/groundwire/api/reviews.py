"""What people say of answers: the queue, their judgements, and the labels as a file."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse

from groundwire.api.authentication import requires
from groundwire.api.events import MEDIA_TYPES
from groundwire.api.replies import ERRORS, PREFIX, json_response
from groundwire.api.review_views import (
    LeaseView,
    NextRequest,
    NextView,
    QueueQuery,
    QueueView,
    ReviewExportQuery,
    ReviewList,
    ReviewRequest,
    ReviewView,
)
from groundwire.api.services import ServicesOf
from groundwire.errors import NotFound
from groundwire.events.codec import to_plain
from groundwire.keys.gate import Identity
from groundwire.keys.roles import Permission
from groundwire.review.export import export_reviews, review_record

router = APIRouter(prefix=PREFIX, tags=["reviews"], responses=ERRORS)
READS = [Depends(requires(Permission.READ))]
Reviewer = Annotated[Identity, Depends(requires(Permission.REVIEW))]


@router.get("/reviews/queue", response_model=QueueView)
async def list_queue(services: ServicesOf, _: Reviewer, query: Annotated[QueueQuery, Query()]) -> Response:
    """The answers that wait for a reviewer, worst first."""
    page = await services.queue.page(query.filter(), query.limit, query.cursor)
    waiting = await services.queue.counts(query.filter())
    return json_response(to_plain({"items": page.items, "next_cursor": page.next_cursor, "waiting": waiting}))


@router.post("/reviews/next", response_model=NextView)
async def take_next(services: ServicesOf, reviewer: Reviewer, request: NextRequest) -> Response:
    """Lease the worst answer that nobody else is looking at; the lease ends by itself after ten minutes."""
    item = await services.queue.next(reviewer.name, request.filter(), request.skip)
    return json_response({"item": to_plain(item)})


@router.put("/reviews/leases/{event_id}")
async def hold(services: ServicesOf, reviewer: Reviewer, event_id: str) -> LeaseView:
    """Take an answer, or extend the lease of one's own by another ten minutes."""
    return LeaseView(leased_until=await services.queue.hold(event_id, reviewer.name))


@router.delete("/reviews/leases/{event_id}", status_code=204)
async def release(services: ServicesOf, reviewer: Reviewer, event_id: str) -> None:
    """Give an answer back, so that others get it at once."""
    await services.queue.release(event_id, reviewer.name)


@router.get("/reviews/export", response_class=StreamingResponse)
async def export(services: ServicesOf, _: Reviewer, query: Annotated[ReviewExportQuery, Query()]) -> Response:
    """All reviews that match, newest first, as a file: JSON lines with everything, or CSV with a row a review."""
    pieces = export_reviews(services.reviews, query.filter(), query.format)
    headers = {"content-disposition": f'attachment; filename="reviews.{query.format.value}"'}
    return StreamingResponse(pieces, media_type=MEDIA_TYPES[query.format], headers=headers)


@router.post("/events/{event_id}/reviews", status_code=201, response_model=ReviewView)
async def review(services: ServicesOf, reviewer: Reviewer, event_id: str, request: ReviewRequest) -> Response:
    """Keep a judgement.

    Where somebody else decided before, the status is 409 with the code `already_decided`; the same judgement can then
    be sent with `is_addition`.
    """
    event = await services.events.get(event_id)
    kept = await services.reviews.add(event, request.decision(), reviewer.name)
    return json_response(review_record(kept), 201)


@router.get("/events/{event_id}/reviews", response_model=ReviewList, dependencies=READS)
async def list_reviews(services: ServicesOf, event_id: str) -> Response:
    """What people said of an answer, also when its event is no longer kept."""
    try:
        found = await services.reviews.about(await services.events.get(event_id))
    except NotFound:
        found = await services.reviews.of([event_id])
        if not found:
            raise
    return json_response({"reviews": [review_record(review) for review in found]})


@router.delete("/reviews/{review_id}", response_model=ReviewView)
async def undo(services: ServicesOf, reviewer: Reviewer, review_id: str) -> Response:
    """Take a judgement back, with the approved answer that was made of it; it stays readable as undone."""
    return json_response(review_record(await services.approved_answers.undo(review_id, reviewer.name)))


@router.post("/reviews/{review_id}/approve", response_model=ReviewView)
async def approve(services: ServicesOf, _: Reviewer, review_id: str) -> Response:
    """Make the corrected text a document of the collection `approved-answers`, which is evidence from then on."""
    found = await services.reviews.get(review_id)
    try:
        event = await services.events.get(found.event_id)
    except NotFound as error:
        raise NotFound("The answer is no longer kept, so its question is not known.", param="review_id") from error
    return json_response(review_record(await services.approved_answers.approve(event, review_id)))
