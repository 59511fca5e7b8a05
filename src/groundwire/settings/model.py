"""Everything that can be configured, as one frozen model."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, field_validator

from groundwire.settings.base import Frozen
from groundwire.settings.judge import JudgeSettings
from groundwire.settings.policies import PolicySettings
from groundwire.settings.sections import EmbeddingSettings, KnowledgeBaseSettings, ServerSettings
from groundwire.settings.sign_in import SignInSettings
from groundwire.settings.upstreams import UpstreamSettings, check_upstreams


class Settings(Frozen):
    """Everything that can be configured."""

    server: ServerSettings = ServerSettings()
    """The listening side."""
    sign_in: SignInSettings = SignInSettings()
    """Signing in to the console."""
    data_dir: Path = Path(".groundwire")
    """Folder for the SQLite database, the indexes and secrets; made when missing."""
    database_url: str | None = None
    """SQLAlchemy URL of the database; by default an SQLite file in `data_dir`."""
    upstreams: tuple[UpstreamSettings, ...] = Field(default=(UpstreamSettings(),), min_length=1)
    """The model servers."""
    knowledge_base: KnowledgeBaseSettings = KnowledgeBaseSettings()
    """The documents."""
    embedding: EmbeddingSettings = EmbeddingSettings()
    """The embedding model."""
    judge: JudgeSettings = JudgeSettings()
    """The second opinion."""
    policies: dict[str, PolicySettings] = Field(default_factory=lambda: {"default": PolicySettings()})
    """Policies by name; `default` must be among them."""

    @field_validator("policies")
    @classmethod
    def _has_default(cls, value: dict[str, PolicySettings]) -> dict[str, PolicySettings]:
        if "default" not in value:
            raise ValueError(f"a policy named 'default' is required, found only {sorted(value)}")
        return value

    @field_validator("upstreams")
    @classmethod
    def _go_together(cls, value: tuple[UpstreamSettings, ...]) -> tuple[UpstreamSettings, ...]:
        check_upstreams(value)
        return value

    @property
    def effective_database_url(self) -> str:
        """The database URL, with the SQLite default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir / 'groundwire.db'}"
