"""Single sign-on by OpenID Connect: authorization code flow with PKCE, state and nonce."""

from __future__ import annotations

import hmac
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from groundwire.accounts.people import Admission, Person
from groundwire.errors import AuthenticationFailed, GroundwireError

logger = logging.getLogger(__name__)
_Model = TypeVar("_Model", bound=BaseModel)

_TIMEOUT_S = 10.0
# Clocks of two machines differ a little.
_LEEWAY_S = 60
# Never a shared secret: whoever knows the public key could sign with it.
_ALGORITHMS = [f"{family}{bits}" for family in ("RS", "PS", "ES") for bits in (256, 384, 512)]


class ProviderFailed(GroundwireError):
    """The identity provider can't be reached or does not answer sensibly."""

    status: ClassVar[int] = 502
    type: ClassVar[str] = "upstream_error"
    code: ClassVar[str] = "identity_provider_failed"


@dataclass(frozen=True, slots=True)
class Provider:
    """An identity provider, and what it knows this server by."""

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    scope: str = "openid email profile"


class Departure(BaseModel):
    """What the browser keeps while its person is at the provider: it must bring the same back."""

    state: str
    nonce: str
    verifier: str
    next: str = ""


class _Metadata(BaseModel):
    """What the provider tells about itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class _Tokens(BaseModel):
    """What the provider gives for a code."""

    id_token: str
    access_token: str = ""


class SingleSignOn:
    """Sends people to an identity provider and reads who comes back.

    Metadata and keys are fetched anew each time: sign-ins are few, and so no key that was exchanged is missed.
    """

    def __init__(
        self,
        provider: Provider,
        admission: Admission,
        *,
        button: str = "Single sign-on",
        client: Callable[[], httpx.AsyncClient] = lambda: httpx.AsyncClient(timeout=_TIMEOUT_S),
    ) -> None:
        self.button = button
        self.admission = admission
        self._provider = provider
        self._client = client

    async def depart(self, redirect_uri: str, next_path: str) -> tuple[str, Departure]:
        """Return the URL to send the browser to and what it must keep; raises ProviderFailed."""
        # Imported where it is needed: most servers never are asked for it.
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        async with self._client() as client:
            metadata = await self._metadata(client)
        url = prepare_grant_uri(
            metadata.authorization_endpoint,
            self._provider.client_id,
            "code",
            redirect_uri,
            self._provider.scope,
            state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return str(url), Departure(state=state, nonce=nonce, verifier=verifier, next=next_path)

    async def arrive(self, departure: Departure, state: str, code: str, redirect_uri: str) -> Person:
        """Return who came back with a code.

        Raises AuthenticationFailed where the reply does not belong to the departure or its ID token is not right,
        ProviderFailed where the provider fails.
        """
        if not hmac.compare_digest(state.encode("utf-8", "replace"), departure.state.encode()):
            raise AuthenticationFailed("This sign-in was not begun in this browser, or another one was begun since.")
        async with self._client() as client:
            metadata = await self._metadata(client)
            tokens = await self._redeem(client, metadata, code, departure.verifier, redirect_uri)
            keys = await _fetched(client, metadata.jwks_uri)
        return self.admission.person(metadata.issuer, self._claims(metadata, tokens, keys, departure.nonce))

    async def _metadata(self, client: httpx.AsyncClient) -> _Metadata:
        issuer = self._provider.issuer
        url = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        metadata = _read(_Metadata, await _fetched(client, url))
        if metadata.issuer.rstrip("/") != issuer.rstrip("/"):
            raise ProviderFailed(f"The identity provider calls itself {metadata.issuer!r:.200}, not {issuer!r}.")
        return metadata

    async def _redeem(
        self, client: httpx.AsyncClient, metadata: _Metadata, code: str, verifier: str, redirect_uri: str
    ) -> _Tokens:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
            "client_id": self._provider.client_id,
        }
        authentication = None
        if secret := self._provider.client_secret:
            # In the form there is only one way to write a secret with special signs, hence first.
            if "client_secret_post" in metadata.token_endpoint_auth_methods_supported:
                form["client_secret"] = secret
            else:
                authentication = httpx.BasicAuth(form.pop("client_id"), secret)
        return _read(_Tokens, await _fetched(client, metadata.token_endpoint, form, authentication))

    def _claims(self, metadata: _Metadata, tokens: _Tokens, keys: bytes, nonce: str) -> dict[str, object]:
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        client_id = self._provider.client_id
        expected = {
            "iss": {"essential": True, "value": metadata.issuer},
            "aud": {"essential": True, "value": client_id},
        }
        params = {"nonce": nonce, "client_id": client_id, "access_token": tokens.access_token}
        try:
            known = KeySet.import_key_set(_JwkSet.model_validate_json(keys).model_dump())  # type: ignore[arg-type]
            token = jwt.decode(tokens.id_token, known, algorithms=_ALGORITHMS)
            claims = CodeIDToken(token.claims, token.header, expected, params)
            claims.validate(leeway=_LEEWAY_S)
        except (JoseError, ValueError) as error:
            logger.warning("An ID token was refused: %s", type(error).__name__)
            raise AuthenticationFailed(f"The identity provider's token was refused: {_reason(error)}.") from error
        return dict(claims)


class _JwkSet(BaseModel):
    keys: list[dict[str, object]]


def _reason(error: Exception) -> str:
    """What is wrong with the token, without anything that is in it."""
    from joserfc.errors import BadSignatureError, ClaimError, ExpiredTokenError

    if isinstance(error, ExpiredTokenError):
        return "it has expired"
    if isinstance(error, BadSignatureError):
        return "its signature is wrong"
    if isinstance(error, ClaimError):
        return f"its claim {error.claim!r} is missing or wrong"
    return "it can't be read"


async def _fetched(
    client: httpx.AsyncClient, url: str, form: dict[str, str] | None = None, auth: httpx.Auth | None = None
) -> bytes:
    """Return the body of a reply; a form is posted. Raises ProviderFailed."""
    try:
        reply = await (
            client.get(url) if form is None else client.post(url, data=form, auth=auth or httpx.USE_CLIENT_DEFAULT)
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        logger.warning("The identity provider failed at %s: %s", url, type(error).__name__)
        raise ProviderFailed("The identity provider can't be reached. Try again in a minute.") from error
    if reply.status_code != httpx.codes.OK:
        logger.warning("The identity provider answered %s with status %d", url, reply.status_code)
        raise ProviderFailed(f"The identity provider refused the sign-in (status {reply.status_code}).")
    return reply.content


def _read(model: type[_Model], body: bytes) -> _Model:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        missing = ", ".join(sorted({str(problem["loc"][0]) for problem in error.errors() if problem["loc"]}))
        raise ProviderFailed(f"The identity provider's answer can't be read ({missing or 'no JSON'}).") from error
