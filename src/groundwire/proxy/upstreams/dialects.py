"""How kinds of model servers differ: where a route of `/v1` lives, and how a key is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import parse_qsl, quote

from groundwire.errors import BadRequest
from groundwire.proxy.exchange import Headers
from groundwire.proxy.jsontext import is_object

API_KEY, AUTHORIZATION = b"api-key", b"authorization"
CREDENTIALS = frozenset((API_KEY, AUTHORIZATION))


class Dialect(Protocol):
    """How one kind of server is spoken to."""

    def target(self, path: str, query: str, body: bytes) -> str:
        """Return what follows the base URL for a path below `/v1`; raises BadRequest."""
        ...

    def key_header(self, key: str) -> tuple[bytes, bytes]:
        """Return the header that carries a key."""
        ...

    def translated(self, headers: Headers) -> Headers:
        """Return a client's headers with its own key where this kind of server looks for it."""
        ...


class OpenAIDialect:
    """OpenAI and everything that is compatible with it: vLLM, Ollama, llama.cpp, …"""

    def target(self, path: str, query: str, body: bytes) -> str:
        """Return the path as it is."""
        return f"{path}?{query}" if query else path

    def key_header(self, key: str) -> tuple[bytes, bytes]:
        """Return a bearer token."""
        return AUTHORIZATION, f"Bearer {key}".encode()

    def translated(self, headers: Headers) -> Headers:
        """Return the headers as they are."""
        return headers


# Azure's routes that name the deployment in their path; all others lie directly below `/openai`.
_DEPLOYED = frozenset(
    (
        "/chat/completions",
        "/completions",
        "/embeddings",
        "/audio/speech",
        "/audio/transcriptions",
        "/audio/translations",
        "/images/generations",
        "/images/edits",
    )
)


@dataclass(frozen=True, slots=True)
class AzureDialect:
    """Azure OpenAI: deployments in the path, `api-version` in the query, the key in `api-key`.

    A model's deployment is the one that `deployments` names, else the one that is called like the model.
    """

    api_version: str
    deployments: Mapping[str, str] = field(default_factory=dict)

    def target(self, path: str, query: str, body: bytes) -> str:
        """Return the path of the deployment that the body's model names; raises BadRequest where it names none."""
        place = f"/deployments/{quote(self._deployment(path, body), safe='')}" if path in _DEPLOYED else ""
        if "api-version" not in dict(parse_qsl(query)):
            query = "&".join(filter(None, (query, f"api-version={quote(self.api_version)}")))
        return f"/openai{place}{path}?{query}"

    def key_header(self, key: str) -> tuple[bytes, bytes]:
        """Return the header that Azure reads keys from."""
        return API_KEY, key.encode()

    def translated(self, headers: Headers) -> Headers:
        """Return the headers with a bearer key as `api-key`; a token of Entra ID stays a bearer token."""
        return [_as_api_key(value) if name == AUTHORIZATION else (name, value) for name, value in headers]

    def _deployment(self, path: str, body: bytes) -> str:
        try:
            values: object = json.loads(body)
        except ValueError:
            values = None
        model = values.get("model") if is_object(values) else None
        if not isinstance(model, str) or not model:
            raise BadRequest(f"A request to {'/v1' + path!r} must name its model in a JSON body.", param="model")
        return self.deployments.get(model, model)


def _as_api_key(authorization: bytes) -> tuple[bytes, bytes]:
    scheme, _, token = authorization.partition(b" ")
    # Entra ID's tokens are JSON Web Tokens, which begin with an encoded `{"`.
    if scheme.lower() != b"bearer" or token.startswith(b"eyJ"):
        return AUTHORIZATION, authorization
    return API_KEY, token.strip()
