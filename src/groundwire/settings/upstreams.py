"""The settings of the model servers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from groundwire.settings.base import Frozen, Seconds

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]*")
# Written for each request anew.
_NOT_SETTABLE = frozenset(("host", "content-length", "transfer-encoding", "connection"))


class UpstreamSettings(Frozen):
    """One model server."""

    name: str = "default"
    """Name in logs, metrics and errors."""
    kind: Literal["openai", "azure"] = "openai"
    """`openai` is any compatible server; `azure` is Azure OpenAI with its deployments and takes `api_version`."""
    base_url: str = "https://api.openai.com/v1"
    """Base URL up to and including `/v1`; for `azure` the resource's, up to its host."""
    api_key: SecretStr | None = None
    """Key sent to the upstream; without one the client's own key is passed through."""
    models: tuple[str, ...] = ("*",)
    """Model names served here; `*` and `?` are wildcards, the first upstream that matches is used."""
    api_version: str | None = Field(default=None, pattern=r"^[A-Za-z0-9.-]+$")
    """Version of Azure's API, like `2024-10-21`."""
    deployments: dict[str, str] = Field(default_factory=dict)
    """Azure's deployment for a model, where it is not called like the model."""
    headers: dict[str, str] = Field(default_factory=dict)
    """Further headers sent with every request."""
    connect_timeout_s: Seconds = 5.0
    """Longest wait for a connection, in seconds."""
    answer_timeout_s: Seconds | None = None
    """Longest wait for the first byte of a reply, in seconds; by default `read_timeout_s`."""
    read_timeout_s: Seconds = 120.0
    """Longest silence of the upstream, in seconds; also between two pieces of a stream."""
    max_connections: int = Field(default=1000, ge=1)
    """Most connections open to the upstream at once."""
    proxy: SecretStr | None = None
    """URL of an HTTP proxy on the way to the upstream, like `http://user:password@proxy.example:3128`."""
    fallback: str | None = None
    """Name of the upstream that answers when this one can't be reached, is too slow, or says 429 or 5xx."""

    @field_validator("base_url")
    @classmethod
    def _is_http(cls, value: str) -> str:
        address = urlsplit(value)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise ValueError("must be a URL that starts with http:// or https:// and names a host")
        if address.query or address.fragment:
            raise ValueError("must end with its path, without `?` or `#`")
        return value.rstrip("/")

    @field_validator("headers")
    @classmethod
    def _are_headers(cls, value: dict[str, str]) -> dict[str, str]:
        for name, text in value.items():
            if not _HEADER_NAME.fullmatch(name) or name.lower() in _NOT_SETTABLE:
                raise ValueError(f"{name!r} is no header that can be set")
            if not _HEADER_VALUE.fullmatch(text):
                raise ValueError(f"the value of {name!r} must be plain ASCII text on one line")
        return value

    @field_validator("proxy")
    @classmethod
    def _is_a_proxy(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not _is_proxy_url(value.get_secret_value()):
            raise ValueError("must be a URL like http://proxy.example:3128 (SOCKS is not possible)")
        return value

    @model_validator(mode="after")
    def _fits_its_kind(self) -> UpstreamSettings:
        if self.kind != "azure" and (self.api_version or self.deployments):
            raise ValueError("`api_version` and `deployments` are for kind 'azure' alone")
        if self.kind == "azure" and not self.api_version:
            raise ValueError("kind 'azure' needs `api_version`, like '2024-10-21'")
        if self.kind == "azure" and urlsplit(self.base_url).path.endswith(("/v1", "/openai")):
            raise ValueError(
                "kind 'azure' adds /openai/deployments/… itself, so that `base_url` must end before /openai; "
                "Azure's /openai/v1 is compatible with OpenAI: use kind 'openai' for it"
            )
        return self


def check_upstreams(upstreams: Sequence[UpstreamSettings]) -> None:
    """Raise ValueError where names or fallbacks of these upstreams do not go together."""
    names = [upstream.name for upstream in upstreams]
    if len(set(names)) < len(names):
        raise ValueError(f"every upstream needs a `name` of its own, found {names}")
    fallbacks = {upstream.name: upstream.fallback for upstream in upstreams if upstream.fallback}
    for name, fallback in fallbacks.items():
        if fallback not in names:
            raise ValueError(f"the fallback {fallback!r} of {name!r} is no upstream; known are {', '.join(names)}")
    for name in fallbacks:
        _check_chain(name, fallbacks)


def _check_chain(name: str, fallbacks: dict[str, str]) -> None:
    chain = [name]
    while following := fallbacks.get(chain[-1]):
        chain.append(following)
        if following in chain[:-1]:
            raise ValueError(f"the fallbacks run in a circle: {' → '.join(chain)}")


def _is_proxy_url(value: str) -> bool:
    address = urlsplit(value)
    has_port = address.netloc.rpartition(":")[2].isdecimal()
    return address.scheme in ("http", "https") and bool(address.hostname) and has_port
