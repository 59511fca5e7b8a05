"""Who may call a route: `Depends(requires(Permission.READ))`."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from groundwire.accounts.sessions import Session
from groundwire.api.services import Services, ServicesOf
from groundwire.errors import AuthenticationFailed, PermissionDenied
from groundwire.keys.gate import Identity, identify, presented_key, require_permission
from groundwire.keys.roles import Permission

CSRF_HEADER = "x-csrf-token"
_FEED = "text/event-stream"
_SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))
_BEARER = HTTPBearer(
    auto_error=False,
    description="A Groundwire key; none is needed in a signed-in browser, or while there is neither key nor user.",
)
_Documented = Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)]


@dataclass(frozen=True, slots=True)
class Visit:
    """Who sent a request, and the session when a cookie told so."""

    identity: Identity
    session: Session | None = None


def requires(permission: Permission) -> Callable[..., Awaitable[Identity]]:
    """Return a dependency that gives the caller's identity; it raises AuthenticationFailed and PermissionDenied."""

    async def identity(request: Request, services: ServicesOf, _: _Documented) -> Identity:
        visit = await visit_of(request, services, permission)
        if is_unsafe(request):
            require_csrf(visit.session, request.headers.get(CSRF_HEADER, ""))
        return visit.identity

    return identity


async def visit_of(request: Request, services: Services, permission: Permission) -> Visit:
    """Return who sent the request: by key, by the cookie of a session, or as whoever is on this machine.

    An unsafe request by cookie must come from a page of our own; its CSRF token is left to the caller. Raises
    AuthenticationFailed and PermissionDenied.
    """
    accounts, headers = services.accounts, request.headers
    session = None if presented_key(headers).key else await _session(request, services)
    if session is None:
        has_users = await accounts.know_users()
        return Visit(await _identified(services, request, permission, has_users=has_users))
    require_permission(session.role, permission, "A user")
    if is_unsafe(request):
        accounts.site.require_own_page(headers)
    return Visit(Identity(session.role, session.key_id, session.name), session)


def require_csrf(session: Session | None, presented: str) -> None:
    """Raise PermissionDenied for a request by cookie without the token of its session."""
    if session and not hmac.compare_digest(presented.encode("utf-8", "replace"), session.csrf.encode()):
        raise PermissionDenied(
            "This request does not come from a page of your session. Load the page anew and try again; scripts "
            f"send the token of their page as {CSRF_HEADER!r}, programs use a key."
        )


def session_token(request: Request, services: Services) -> str:
    """Return the token that the browser presents, or ""."""
    return request.cookies.get(services.accounts.site.cookie_name(request.url.scheme), "")


def is_unsafe(request: Request) -> bool:
    """Whether the method may change something."""
    return request.method not in _SAFE_METHODS


async def _session(request: Request, services: Services) -> Session | None:
    # A feed asks again by itself for as long as its page is open.
    is_in_use = _FEED not in request.headers.get("accept", "")
    return await services.accounts.sessions.find(session_token(request, services), is_in_use=is_in_use)


async def _identified(services: Services, request: Request, permission: Permission, *, has_users: bool) -> Identity:
    if has_users and not presented_key(request.headers).key:
        raise AuthenticationFailed("Sign in at /console, or send a key as `Authorization: Bearer gw_…`.")
    return await identify(services.keys, request.headers, permission, has_users=has_users)
