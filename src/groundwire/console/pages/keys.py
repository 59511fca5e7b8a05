"""The keys, for admins: make, list, revoke."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response

from groundwire.api.services import ServicesOf
from groundwire.console.rendering import page
from groundwire.console.viewer import viewing
from groundwire.keys.roles import Permission, Role

router = APIRouter(prefix="/keys", dependencies=[Depends(viewing(Permission.ADMINISTER))])


@router.get("")
async def list_keys(request: Request, services: ServicesOf) -> Response:
    """All keys that were ever made, those that still open something first."""
    records = await services.keys.all()
    return page(
        request,
        "keys/keys.html",
        active=[record for record in records if record.is_active],
        revoked=[record for record in records if not record.is_active],
        roles=list(Role),
        is_open=not records and not await services.accounts.know_users(),
    )
