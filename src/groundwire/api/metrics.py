"""`/metrics` for Prometheus; with keys configured it needs one that may read."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response

from groundwire.api.authentication import requires
from groundwire.api.replies import ERRORS
from groundwire.api.services import ServicesOf
from groundwire.keys.roles import Permission
from groundwire.metrics import CONTENT_TYPE

router = APIRouter(tags=["health"], dependencies=[Depends(requires(Permission.READ))], responses=ERRORS)


@router.get("/metrics", response_class=Response)
async def read_metrics(services: ServicesOf) -> Response:
    """All numbers in the Prometheus text format."""
    return Response(services.metrics.render(), media_type=CONTENT_TYPE)
