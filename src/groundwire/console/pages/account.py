"""One's own account: who one is here, and a new password."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from groundwire.accounts.passwords import MIN_CHARS
from groundwire.api.services import Services, ServicesOf
from groundwire.console.cookies import SignInCookies
from groundwire.console.pages.sign_in import address_of
from groundwire.console.rendering import page
from groundwire.console.viewer import Viewer, viewing
from groundwire.errors import AuthenticationFailed, BadRequest, GroundwireError
from groundwire.keys.roles import Permission

router = APIRouter()
ACCOUNT = "/console/account"
Signed = Annotated[Viewer, Depends(viewing(Permission.READ))]


@router.get("/account")
async def account(request: Request, services: ServicesOf, viewer: Signed, changed: bool = False) -> Response:
    """Who is signed in, and the form for a new password."""
    return await _account(request, services, viewer, is_changed=changed)


@router.post("/account/password")
async def change_password(request: Request, services: ServicesOf, viewer: Signed) -> Response:
    """Change the password and end the other sessions, or say what is wrong."""
    try:
        await _change(request, services)
    except GroundwireError as error:
        return await _account(request, services, viewer, error=error)
    return RedirectResponse(f"{ACCOUNT}?changed=1", 303)


async def _change(request: Request, services: Services) -> None:
    accounts = services.accounts
    form = await request.form()
    current, new, again = (str(form.get(name, "")) for name in ("current", "new", "again"))
    token = SignInCookies(request, accounts.site).token
    session = await accounts.sessions.find(token)
    if session is None:
        raise BadRequest("Nobody is signed in, so that there is no password to change.")
    if new != again:
        raise BadRequest("The new password was not repeated alike.", param="again")
    await accounts.change_password(session, token, current, new, address_of(request))


async def _account(
    request: Request,
    services: Services,
    viewer: Viewer,
    *,
    is_changed: bool = False,
    error: GroundwireError | None = None,
) -> Response:
    user = await services.accounts.users.named(viewer.name) if viewer.is_user else None
    # 401 would mean that nobody is signed in.
    status = BadRequest.status if isinstance(error, AuthenticationFailed) else error.status if error else 200
    return page(
        request,
        "sign_in/account.html",
        status=status,
        user=user,
        min_chars=MIN_CHARS,
        is_changed=is_changed,
        problem=error.message if error else "",
    )
