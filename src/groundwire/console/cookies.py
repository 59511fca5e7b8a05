"""The cookies of signing in."""

from __future__ import annotations

import base64
import binascii

from fastapi import Request, Response
from pydantic import ValidationError

from groundwire.accounts.oidc import Departure
from groundwire.accounts.site import Site

# What the browser keeps while its person is at the identity provider.
_DEPARTURE = "groundwire_sign_in"
_DEPARTURE_S = 600


class SignInCookies:
    """Reads and writes them as fits the request: by https they are bound to it and to the host.

    They end with the browser's session; how long they are worth something is the server's to say.
    """

    def __init__(self, request: Request, site: Site) -> None:
        self._request = request
        self._is_secure = site.is_secure(request.url.scheme)
        self._session = site.cookie_name(request.url.scheme)
        self._departure = site.cookie_name(request.url.scheme, _DEPARTURE)

    @property
    def token(self) -> str:
        """The token of the session, or ""."""
        return self._request.cookies.get(self._session, "")

    def keep_token(self, response: Response, token: str) -> None:
        """Make the browser present this token from now on."""
        self._set(response, self._session, token)

    def forget_token(self, response: Response) -> None:
        """Make the browser forget its token."""
        self._delete(response, self._session)

    @property
    def departure(self) -> Departure | None:
        """What the browser kept when its person went to the identity provider."""
        try:
            kept = base64.urlsafe_b64decode(self._request.cookies.get(self._departure, ""))
            return Departure.model_validate_json(kept)
        except (binascii.Error, ValidationError, ValueError):
            return None

    def keep_departure(self, response: Response, departure: Departure) -> None:
        """Make the browser keep it for ten minutes."""
        kept = base64.urlsafe_b64encode(departure.model_dump_json().encode()).decode()
        self._set(response, self._departure, kept, max_age_s=_DEPARTURE_S)

    def forget_departure(self, response: Response) -> None:
        """Make the browser forget it: it counts once."""
        self._delete(response, self._departure)

    def _set(self, response: Response, name: str, value: str, max_age_s: int | None = None) -> None:
        response.set_cookie(
            name, value, max_age=max_age_s, path="/", secure=self._is_secure, httponly=True, samesite="lax"
        )

    def _delete(self, response: Response, name: str) -> None:
        response.delete_cookie(name, path="/", secure=self._is_secure, httponly=True, samesite="lax")
