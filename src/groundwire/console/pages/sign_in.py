"""Signing in with name and password, with a key or at an identity provider, and signing out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from groundwire.accounts.accounts import Accounts
from groundwire.accounts.oidc import SingleSignOn
from groundwire.api.authentication import require_csrf
from groundwire.api.services import Services, ServicesOf
from groundwire.console.cookies import SignInCookies
from groundwire.console.forms import short_form
from groundwire.console.rendering import page
from groundwire.console.viewer import CSRF_FIELD
from groundwire.errors import AuthenticationFailed, GroundwireError, NotFound, TooManyAttempts

router = APIRouter()
HOME = "/console/"
SIGN_IN = "/console/sign-in"
_CALLBACK = f"{SIGN_IN}/oidc/callback"
_SEE_OTHER = 303
Next = Annotated[str, Query(alias="next")]


def local_path(wanted: str) -> str:
    """Return the page of the console to go to: the wanted one, if it is one; no sign-in may lead anywhere else."""
    is_plain = wanted.isascii() and wanted.isprintable() and "\\" not in wanted
    is_page = wanted.startswith(HOME) and not wanted.startswith((SIGN_IN, "/console/sign-out"))
    return wanted if is_plain and is_page else HOME


def address_of(request: Request) -> str:
    """Return where the request came from, as far as the proxies that are trusted tell."""
    return request.client.host if request.client else ""


@router.get("/sign-in")
async def ask(request: Request, services: ServicesOf, wanted: Next = "", signed_out: bool = False) -> Response:
    """The form; who need not sign in, or is signed in, goes on at once."""
    accounts = services.accounts
    token = SignInCookies(request, accounts.site).token
    if not await accounts.need_sign_in() or await accounts.sessions.find(token):
        return RedirectResponse(local_path(wanted), _SEE_OTHER)
    return await _form(request, services, wanted=wanted, notice="You are signed out." if signed_out else "")


@router.post("/sign-in")
async def sign_in(request: Request, services: ServicesOf) -> Response:
    """Check what was filled in and open a session, or show the form again."""
    services.accounts.site.require_own_page(request.headers)
    fields = await short_form(request)
    try:
        token = await _opened(services.accounts, fields, address_of(request))
    except GroundwireError as error:
        name, wanted = fields.get("name", ""), fields.get("next", "")
        return await _form(request, services, wanted=wanted, name=name, error=error)
    return await _entered(request, services.accounts, token, fields.get("next", ""))


@router.post("/sign-out")
async def sign_out(request: Request, services: ServicesOf) -> Response:
    """End the session; where it has ended already, nothing is wrong with that."""
    accounts = services.accounts
    cookies = SignInCookies(request, accounts.site)
    if session := await accounts.sessions.find(cookies.token):
        accounts.site.require_own_page(request.headers)
        require_csrf(session, (await short_form(request)).get(CSRF_FIELD, ""))
        await accounts.sessions.end(cookies.token)
    response = RedirectResponse(f"{SIGN_IN}?signed_out=1", _SEE_OTHER)
    cookies.forget_token(response)
    return response


@router.get("/sign-in/oidc")
async def depart(request: Request, services: ServicesOf, wanted: Next = "") -> Response:
    """Send the browser to the identity provider."""
    accounts = services.accounts
    try:
        url, departure = await _single_sign_on(accounts).depart(_callback_url(request, accounts), local_path(wanted))
    except GroundwireError as error:
        return await _form(request, services, wanted=wanted, error=error)
    response = RedirectResponse(url, _SEE_OTHER)
    SignInCookies(request, accounts.site).keep_departure(response, departure)
    return response


@router.get("/sign-in/oidc/callback")
async def arrive(request: Request, services: ServicesOf, state: str = "", code: str = "", error: str = "") -> Response:
    """Open a session for whom the identity provider sent back, or say why not."""
    accounts = services.accounts
    cookies = SignInCookies(request, accounts.site)
    departure = cookies.departure
    try:
        sign_on = _single_sign_on(accounts)
        if departure is None:
            raise AuthenticationFailed("This sign-in took too long or was begun in another browser. Try again.")
        if error or not code:
            raise AuthenticationFailed(f"The identity provider did not let you in ({error or 'no code'!r:.100}).")
        person = await sign_on.arrive(departure, state, code, _callback_url(request, accounts))
        token = await accounts.sign_in_remotely(person)
    except GroundwireError as failure:
        response = await _form(request, services, wanted=departure.next if departure else "", error=failure)
    else:
        response = await _entered(request, accounts, token, departure.next)
    cookies.forget_departure(response)
    return response


async def _opened(accounts: Accounts, fields: dict[str, str], address: str) -> str:
    if key := fields.get("key", ""):
        return await accounts.sign_in_with_key(key, address)
    return await accounts.sign_in(fields.get("name", ""), fields.get("password", ""), address)


async def _entered(request: Request, accounts: Accounts, token: str, wanted: str) -> Response:
    cookies = SignInCookies(request, accounts.site)
    if cookies.token:
        await accounts.sessions.end(cookies.token)
    response = RedirectResponse(local_path(wanted), _SEE_OTHER)
    cookies.keep_token(response, token)
    return response


async def _form(
    request: Request,
    services: Services,
    *,
    wanted: str,
    name: str = "",
    notice: str = "",
    error: GroundwireError | None = None,
) -> Response:
    accounts = services.accounts
    response = page(
        request,
        "sign_in/sign_in.html",
        status=error.status if error else 200,
        wanted=local_path(wanted),
        name=name[:200],
        notice=notice,
        problem=error.message if error else "",
        has_users=await accounts.users.has_users(),
        single_sign_on=accounts.single_sign_on,
    )
    if isinstance(error, TooManyAttempts):
        response.headers["retry-after"] = str(error.retry_after_s)
    return response


def _single_sign_on(accounts: Accounts) -> SingleSignOn:
    if accounts.single_sign_on is None:
        raise NotFound("Single sign-on is not set up here.")
    return accounts.single_sign_on


def _callback_url(request: Request, accounts: Accounts) -> str:
    return accounts.site.base_url(request.url.scheme, request.headers.get("host", "")) + _CALLBACK
