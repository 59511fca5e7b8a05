"""Thresholds from the reviewers' labels: the curve, what would be chosen, and the proposal."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from groundwire.api.calibration import USUAL_TARGET
from groundwire.api.services import Services, ServicesOf
from groundwire.console.curvechart import precision_recall
from groundwire.console.pages.policies import READS, policy_url
from groundwire.console.rendering import page
from groundwire.console.viewer import Viewer, viewing
from groundwire.errors import BadRequest, Conflict
from groundwire.keys.roles import Permission

router = APIRouter(prefix="/policies/{name}/calibration")
Admin = Annotated[Viewer, Depends(viewing(Permission.ADMINISTER))]


@router.get("", dependencies=READS)
async def show_calibration(
    request: Request, services: ServicesOf, name: str, target: Annotated[float, Query()] = USUAL_TARGET
) -> Response:
    """How well support tells right from wrong, and which thresholds reach the target."""
    try:
        return await _page(request, services, name, target)
    except BadRequest as error:
        return await _page(request, services, name, USUAL_TARGET, status=error.status, problem=error.message)


@router.post("")
async def propose(
    request: Request,
    services: ServicesOf,
    admin: Admin,
    name: str,
    target: Annotated[float, Form()] = USUAL_TARGET,
    seen: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Propose what was found: in shadow, or as a draft while another version is."""
    found = await services.calibrations.of(name, target)
    try:
        made = await services.calibrations.propose(name, found, admin.name, seen)
    except Conflict as error:
        return await _page(request, services, name, target, status=error.status, problem=error.message)
    return RedirectResponse(f"{policy_url(name)}?done={made.state.value}#version-{made.number}", 303)


async def _page(
    request: Request, services: Services, name: str, target: float, *, status: int = 200, problem: str = ""
) -> Response:
    found = await services.calibrations.of(name, target)
    standing = await services.desk.find(name)
    return page(
        request,
        "policies/calibration.html",
        status=status,
        standing=standing,
        found=found,
        chart=precision_recall(found),
        problem=problem,
    )
