"""The settings of the server, the documents and the embedding model."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from groundwire.settings.base import Frozen, Seconds


class ServerSettings(Frozen):
    """Where the proxy listens and what it accepts."""

    host: str = "127.0.0.1"
    """Address to listen on. Without any key configured only a loopback address is accepted."""
    port: int = Field(default=8080, ge=0, le=65535)
    """Port to listen on; 0 picks a free one."""
    public_url: str | None = None
    """URL under which browsers reach the server when a proxy stands before it, like `https://groundwire.example.com`."""
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    """Addresses or networks of proxies whose `x-forwarded-for` and `x-forwarded-proto` are believed."""
    max_body_mb: float = Field(default=32, gt=0)
    """Largest request body on `/v1`, in megabytes."""
    max_upload_mb: float = Field(default=100, gt=0)
    """Largest document upload, in megabytes."""
    unguarded_routes: Literal["pass", "refuse"] = "pass"
    """Whether `/v1` routes that are not checked pass through, marked, or are refused."""
    include_grounding: bool = True
    """Whether responses carry the `grounding` object; off for strict clients (headers stay)."""
    block_status: Literal[200, 400] = 200
    """200 answers a block with the policy's message; 400 with an error in OpenAI's shape."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """How much the server logs."""

    @field_validator("public_url")
    @classmethod
    def _is_an_origin(cls, value: str | None) -> str | None:
        if value is None:
            return None
        address = urlsplit(value.rstrip("/"))
        if address.scheme not in ("http", "https") or not address.hostname or address.path or address.query:
            raise ValueError("must be a URL of http:// or https:// and a host, without a path")
        return f"{address.scheme}://{address.netloc}".lower()


class KnowledgeBaseSettings(Frozen):
    """The folder of ground-truth documents and how it is searched."""

    path: Path | None = Path("knowledge_base")
    """Folder that `serve` ingests at start; a missing folder counts as empty."""
    collection: str = Field(default="default", pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")
    """Collection that the folder fills."""
    watch: bool = True
    """Whether changes in the folder are ingested while the server runs."""
    passages_per_claim: int = Field(default=8, ge=1, le=50)
    """How many passages are retrieved for one claim."""
    keep_revisions: int = Field(default=20, ge=1)
    """How many revisions of a collection stay restorable."""
    approved_answers: bool = True
    """Whether checks that name no collection also draw on the answers that reviewers approved."""


class EmbeddingSettings(Frozen):
    """The model that turns text into vectors."""

    provider: Literal["shipped", "sentence-transformers", "openai"] = "shipped"
    """`shipped` needs nothing; `sentence-transformers` takes `model`; `openai` takes `base_url` and `model`."""
    model: str | None = None
    """Name or path of the model; not used by `shipped`."""
    base_url: str | None = None
    """Base URL of an OpenAI-compatible `/v1/embeddings`, for `openai`."""
    api_key: SecretStr | None = None
    """Key for `base_url`."""
    timeout_s: Seconds = 30.0
    """Longest wait for an embedding request, in seconds."""
    threads: int = Field(default=1, ge=1, le=64)
    """Threads one embedding call may use."""

    @model_validator(mode="after")
    def _is_complete(self) -> EmbeddingSettings:
        if self.provider != "shipped" and not self.model:
            raise ValueError(f"provider {self.provider!r} needs `model`")
        if self.provider == "openai" and not self.base_url:
            raise ValueError("provider 'openai' needs `base_url`")
        return self
