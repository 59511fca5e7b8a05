"""Thresholds from what reviewers said: measured, and proposed as a version that is tried first."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from groundwire.api.authentication import requires
from groundwire.api.policy_views import Request, VersionHead, version_head
from groundwire.api.replies import ERRORS, PREFIX, json_response
from groundwire.api.services import ServicesOf
from groundwire.events.codec import to_plain
from groundwire.keys.gate import Identity
from groundwire.keys.roles import Permission
from groundwire.review.calibration import Calibration

router = APIRouter(prefix=f"{PREFIX}/policies", tags=["policies"], responses=ERRORS)
READS = [Depends(requires(Permission.READ))]
Admin = Annotated[Identity, Depends(requires(Permission.ADMINISTER))]
USUAL_TARGET = 0.95


class CalibrationRequest(Request):
    """Which precision the check's objections should have, by somebody who has `seen` that state of the policy."""

    target_precision: float = USUAL_TARGET
    seen: str = Field(max_length=100)


@router.get("/{name}/calibration", dependencies=READS, response_model=Calibration)
async def read_calibration(
    services: ServicesOf, name: str, target_precision: Annotated[float, Query()] = USUAL_TARGET
) -> Response:
    """How well support tells right from wrong by the reviewers' labels, and which thresholds reach a precision."""
    return json_response(to_plain(await services.calibrations.of(name, target_precision)))


@router.post("/{name}/calibration", status_code=201, response_model=VersionHead)
async def propose_calibration(services: ServicesOf, admin: Admin, name: str, request: CalibrationRequest) -> Response:
    """Propose the thresholds that reach a precision: in shadow, or as a draft while another version is."""
    found = await services.calibrations.of(name, request.target_precision)
    made = await services.calibrations.propose(name, found, admin.name, request.seen)
    return json_response(version_head(made).model_dump(mode="json"), 201)
