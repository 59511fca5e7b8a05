"""Who may call a route: `Depends(requires(Permission.READ))`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from groundwire.api.services import ServicesOf
from groundwire.keys.gate import Identity, identify
from groundwire.keys.roles import Permission

_BEARER = HTTPBearer(auto_error=False, description="A Groundwire key; none is needed while none was ever made.")
_Documented = Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)]


def requires(permission: Permission) -> Callable[..., Awaitable[Identity]]:
    """Return a dependency that gives the caller's identity; it raises AuthenticationFailed and PermissionDenied."""

    async def identity(request: Request, services: ServicesOf, _: _Documented) -> Identity:
        return await identify(services.keys, request.headers, permission)

    return identity
