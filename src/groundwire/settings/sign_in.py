"""The settings of signing in to the console."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from groundwire.settings.base import Frozen

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
Hours = Annotated[float, Field(gt=0, le=10_000)]


class OidcSettings(Frozen):
    """Single sign-on at an identity provider that speaks OpenID Connect."""

    issuer: str
    """URL of the provider; its `/.well-known/openid-configuration` tells the rest."""
    client_id: str
    """What the provider calls this server."""
    client_secret: SecretStr | None = None
    """Secret that goes with `client_id`; not needed for a public client."""
    scope: str = "openid email profile"
    """What is asked of the provider; `openid` must be part of it."""
    role_claim: str | None = None
    """Claim of the ID token that says who is admin, like `groups`; a dot leads into an object."""
    admin_values: tuple[str, ...] = ()
    """Values of `role_claim` that make an admin."""
    analyst_values: tuple[str, ...] = ()
    """Values of `role_claim` that make an analyst."""
    default_role: Literal["analyst", "admin", "none"] = "analyst"
    """Role of everyone else; `none` lets nobody else in."""
    allowed_domains: tuple[str, ...] = ()
    """Domains of verified email addresses that may sign in; empty for all."""
    button: str = "Sign in with single sign-on"
    """What the link on the sign-in page says."""

    @field_validator("issuer")
    @classmethod
    def _can_be_trusted(cls, value: str) -> str:
        address = urlsplit(value)
        if not address.hostname or address.query or address.fragment:
            raise ValueError("must be a URL without `?` and `#`, like https://login.example.com")
        # What comes from there decides who is admin.
        if address.scheme != "https" and not (address.scheme == "http" and address.hostname in _LOOPBACK):
            raise ValueError("must start with https://, except on this machine")
        return value

    @field_validator("scope")
    @classmethod
    def _asks_for_an_id_token(cls, value: str) -> str:
        if "openid" not in value.split():
            raise ValueError("must contain `openid`")
        return value


class SignInSettings(Frozen):
    """How people sign in to the console and for how long."""

    idle_hours: Hours = 12
    """A session ends so many hours after its last request."""
    max_hours: Hours = 168
    """A session ends so many hours after the sign-in in any case."""
    oidc: OidcSettings | None = None
    """Single sign-on; off by default."""
