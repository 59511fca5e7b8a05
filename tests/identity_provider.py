"""A small identity provider that speaks OpenID Connect for real: discovery, codes with PKCE, RS256 tokens, key set.

Whoever comes is taken for `person` at once. `faults` make single things wrong, as a broken or hostile provider would.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from fakes import running

CLIENT_ID, CLIENT_SECRET = "groundwire", "s3cret of the client"
ADA = {"sub": "42", "email": "ada@example.com", "email_verified": True, "name": "Ada", "groups": ["staff"]}
_KEY = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
_OTHER_KEY = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})


@dataclass
class IdentityProvider:
    """What it says next, and what it was asked."""

    url: str = ""
    person: dict[str, object] = field(default_factory=lambda: dict(ADA))
    claims: dict[str, object] = field(default_factory=dict)
    faults: set[str] = field(default_factory=set)
    auth_methods: tuple[str, ...] = ("client_secret_basic",)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    redeemed: list[dict[str, str]] = field(default_factory=list)

    def reset(self) -> None:
        """Be well again."""
        fresh = IdentityProvider(self.url)
        self.__dict__.update(fresh.__dict__)

    def token(self, asked: dict[str, str]) -> str:
        """Return the ID token for what was asked at the authorization endpoint."""
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims |= self.person | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        if "unsigned" in self.faults:
            return f"{_joined({'alg': 'none'}, claims)}."
        if "shared secret" in self.faults:
            text = _joined({"alg": "HS256", "kid": "first"}, claims)
            return f"{text}.{_encoded(hmac.digest(_KEY.as_pem(private=False), text.encode(), 'sha256'))}"
        key = _OTHER_KEY if "signature" in self.faults else _KEY
        return jwt.encode({"alg": "RS256", "kid": "first"}, claims, key)


def create_identity_provider(provider: IdentityProvider) -> FastAPI:
    """Return the provider as an application."""
    app = FastAPI()

    @app.get("/.well-known/openid-configuration")
    async def discovery():
        if "no json" in provider.faults:
            return RedirectResponse("/elsewhere")
        return {
            "issuer": "https://other.example" if "issuer" in provider.faults else provider.url,
            "authorization_endpoint": f"{provider.url}/authorize",
            "token_endpoint": f"{provider.url}/token",
            "jwks_uri": f"{provider.url}/keys",
            "token_endpoint_auth_methods_supported": list(provider.auth_methods),
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    @app.get("/authorize")
    async def authorize(request: Request):
        asked = dict(request.query_params)
        code = secrets.token_urlsafe(8)
        provider.codes[code] = asked
        answer = {"error": "access_denied"} if "refuses" in provider.faults else {"code": code}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer | {'state': asked['state']})}")

    @app.post("/token")
    async def token(request: Request):
        form = {name: str(value) for name, value in (await request.form()).items()}
        asked = provider.codes.pop(form["code"], None)
        if asked is None or not is_right(asked, form) or not is_client(provider, request, form):
            return JSONResponse({"error": "invalid_grant"}, 400)
        provider.redeemed.append(form)
        if "token" in provider.faults:
            return {"access_token": "only"}
        return {"access_token": "a", "token_type": "Bearer", "id_token": provider.token(asked)}

    @app.get("/keys")
    async def keys():
        return KeySet([_KEY]).as_dict(private=False)

    return app


def is_right(asked: dict[str, str], form: dict[str, str]) -> bool:
    """Whether a code is redeemed by whom it was given to."""
    has_pkce = asked["code_challenge_method"] == "S256"
    challenge = create_s256_code_challenge(form["code_verifier"])
    return has_pkce and asked["code_challenge"] == challenge and asked["redirect_uri"] == form["redirect_uri"]


def is_client(provider: IdentityProvider, request: Request, form: dict[str, str]) -> bool:
    """Whether the client proves who it is in the way that the provider knows."""
    basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    if "client_secret_post" in provider.auth_methods:
        return form.get("client_id") == CLIENT_ID and form.get("client_secret") == CLIENT_SECRET
    if "none" in provider.auth_methods:
        return form.get("client_id") == CLIENT_ID and "client_secret" not in form
    return request.headers.get("authorization") == f"Basic {basic}"


def _joined(header: dict[str, object], claims: dict[str, object]) -> str:
    return ".".join(_encoded(json.dumps(part).encode()) for part in (header, claims))


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


@pytest.fixture(scope="session")
def served_provider() -> Iterator[IdentityProvider]:
    """A provider that is served on loopback."""
    provider = IdentityProvider()
    with running(create_identity_provider(provider)) as provider.url:
        yield provider


@pytest.fixture
def provider(served_provider: IdentityProvider) -> IdentityProvider:
    """The provider, as a test expects it: without faults."""
    served_provider.reset()
    return served_provider
