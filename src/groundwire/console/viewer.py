"""Who looks at a page, and what they may see."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import Request

from groundwire.api.services import ServicesOf
from groundwire.keys.gate import identify
from groundwire.keys.roles import Permission, Role


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: `csrf_token` goes with every request that changes something."""

    name: str
    role: Role
    csrf_token: str = ""

    def may(self, permission: Permission) -> bool:
        """Whether the viewer has the permission."""
        return self.role.may(permission)


def viewing(permission: Permission) -> Callable[..., Awaitable[Viewer]]:
    """Return a dependency that gives the viewer; it raises AuthenticationFailed and PermissionDenied.

    The viewer stands in `request.state.viewer` too, where the page's frame finds it.
    """

    async def viewer(request: Request, services: ServicesOf) -> Viewer:
        identity = await identify(services.keys, request.headers, permission)
        found = Viewer("This machine", identity.role)
        request.state.viewer = found
        return found

    return viewer
