"""Who looks at a page, and what they may see."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from fastapi import Request

from groundwire.api.authentication import CSRF_HEADER, Visit, is_unsafe, require_csrf, visit_of
from groundwire.api.services import ServicesOf
from groundwire.errors import PermissionDenied
from groundwire.keys.roles import Permission, Role

CSRF_FIELD = "csrf_token"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: `csrf_token` goes with every request that changes something.

    Without a session (nobody needs to sign in on this machine yet) there is no such token and none is asked for.
    """

    name: str
    role: Role
    csrf_token: str = field(default="", repr=False)
    is_user: bool = False

    @property
    def is_signed_in(self) -> bool:
        """Whether there is a session to end."""
        return self.csrf_token != ""

    def may(self, permission: Permission) -> bool:
        """Whether the viewer has the permission."""
        return self.role.may(permission)


def viewing(permission: Permission) -> Callable[..., AsyncIterator[Viewer]]:
    """Return a dependency that gives the viewer; it raises AuthenticationFailed and PermissionDenied.

    A form that changes something must hold the viewer's token in the field `csrf_token`; a script may send it in the
    header `x-csrf-token` instead. The viewer stands in `request.state.viewer` too, where the page's frame finds it.
    """

    async def viewer(request: Request, services: ServicesOf) -> AsyncIterator[Viewer]:
        try:
            visit = await visit_of(request, services, permission)
        except PermissionDenied:
            # Whoever may not see this page still has the menu of the others.
            with suppress(PermissionDenied):
                request.state.viewer = _viewer(await visit_of(request, services, Permission.READ))
            raise
        request.state.viewer = found = _viewer(visit)
        try:
            if is_unsafe(request):
                require_csrf(visit.session, await _presented_token(request))
            yield found
        finally:
            # Files of the form, if there were any.
            await request.close()

    return viewer


def _viewer(visit: Visit) -> Viewer:
    identity, session = visit.identity, visit.session
    if session is None:
        return Viewer(identity.name, identity.role)
    return Viewer(identity.name, identity.role, session.csrf, is_user=session.user_id is not None)


async def _presented_token(request: Request) -> str:
    if presented := request.headers.get(CSRF_HEADER):
        return presented
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in _FORMS:
        return ""
    value = (await request.form()).get(CSRF_FIELD)
    return value if isinstance(value, str) else ""
