"""The first page: how often answers are not grounded, and what changed."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response

from groundwire.console.rendering import page
from groundwire.console.viewer import viewing
from groundwire.keys.roles import Permission

router = APIRouter(dependencies=[Depends(viewing(Permission.READ))])


@router.get("/")
async def overview(request: Request) -> Response:
    """The overview."""
    return page(request, "overview/overview.html")
