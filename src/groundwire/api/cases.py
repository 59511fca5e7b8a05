"""The regression cases: save a judged answer, list, delete."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response

from groundwire.api.authentication import requires
from groundwire.api.replies import ERRORS, PREFIX, json_response
from groundwire.api.review_views import CaseList, CaseRequest, CaseView
from groundwire.api.reviews import READS, Reviewer
from groundwire.api.services import ServicesOf
from groundwire.domain import Event
from groundwire.errors import BadRequest
from groundwire.events.codec import to_plain
from groundwire.keys.roles import Permission
from groundwire.review.cases import ExpectedClaim, expected_of

router = APIRouter(prefix=f"{PREFIX}/regression-cases", tags=["reviews"], responses=ERRORS)


@router.get("", response_model=CaseList, dependencies=READS)
async def list_cases(services: ServicesOf) -> Response:
    """All regression cases; `groundwire evaluate --regression-cases` runs them."""
    return json_response({"cases": to_plain(await services.cases.all())})


@router.post("", status_code=201, response_model=CaseView)
async def save_case(services: ServicesOf, author: Reviewer, request: CaseRequest) -> Response:
    """Make a judged answer a case that the check must get right from now on."""
    event = await services.events.get(request.event_id)
    reviews = await services.reviews.about(event)
    expected = _named(event, request) if request.claims else expected_of(event, reviews)
    return json_response(to_plain(await services.cases.save(event, expected, author.name, request.name)), 201)


@router.delete("/{case_id}", status_code=204, dependencies=[Depends(requires(Permission.REVIEW))])
async def delete_case(services: ServicesOf, case_id: str) -> None:
    """Delete a case."""
    await services.cases.delete(case_id)


def _named(event: Event, request: CaseRequest) -> list[ExpectedClaim]:
    verdicts = event.report.verdicts
    expected = []
    for wanted in request.claims:
        if wanted.position >= len(verdicts) or verdicts[wanted.position].claim.target:
            raise BadRequest(f"The answer has no claim at position {wanted.position}.", param="claims")
        claim = verdicts[wanted.position].claim
        expected.append(ExpectedClaim(claim.start, claim.end, wanted.label))
    return expected
