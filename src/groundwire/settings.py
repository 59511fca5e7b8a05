"""All settings of Groundwire: one frozen model, read once, validated at start.

Order of precedence: environment variables, then the YAML file, then the defaults written here. A variable is
`GROUNDWIRE_` plus the path with `__` between its parts (`GROUNDWIRE_SERVER__PORT`); the short ones in `SHORT_VARIABLES`
exist beside them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator

from groundwire.domain import Action, Failure, Label, Mode, Source
from groundwire.errors import SettingsError

PREFIX = "GROUNDWIRE_"
SHORT_VARIABLES = {
    "GROUNDWIRE_UPSTREAM_URL": ("upstreams", "0", "base_url"),
    "GROUNDWIRE_UPSTREAM_API_KEY": ("upstreams", "0", "api_key"),
    "GROUNDWIRE_PORT": ("server", "port"),
    "GROUNDWIRE_DATA_DIR": ("data_dir",),
    "GROUNDWIRE_DATABASE_URL": ("database_url",),
    "GROUNDWIRE_KNOWLEDGE_BASE": ("knowledge_base", "path"),
}
CONFIG_VARIABLE = "GROUNDWIRE_CONFIG"

Probability = Annotated[float, Field(ge=0.0, le=1.0)]
Seconds = Annotated[float, Field(gt=0)]


class Frozen(BaseModel):
    """A part of the settings: frozen, and an unknown name is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class ServerSettings(Frozen):
    """Where the proxy listens and what it accepts."""

    host: str = "127.0.0.1"
    """Address to listen on. Without any key configured only a loopback address is accepted."""
    port: int = Field(default=8080, ge=0, le=65535)
    """Port to listen on; 0 picks a free one."""
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


class UpstreamSettings(Frozen):
    """One OpenAI-compatible model server."""

    name: str = "default"
    """Name in logs, metrics and errors."""
    base_url: str = "https://api.openai.com/v1"
    """Base URL up to and including `/v1`."""
    api_key: SecretStr | None = None
    """Key sent to the upstream; without one the client's own key is passed through."""
    models: tuple[str, ...] = ("*",)
    """Model names served here; `*` and `?` are wildcards, the first upstream that matches is used."""
    headers: dict[str, str] = Field(default_factory=dict)
    """Further headers sent with every request."""
    connect_timeout_s: Seconds = 5.0
    """Longest wait for a connection, in seconds."""
    read_timeout_s: Seconds = 120.0
    """Longest silence of the upstream, in seconds; also between two pieces of a stream."""
    max_connections: int = Field(default=1000, ge=1)
    """Most connections open to the upstream at once."""

    @field_validator("base_url")
    @classmethod
    def _is_http(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError(f"must start with http:// or https://, got {value!r}")
        return value.rstrip("/")


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


class Thresholds(Frozen):
    """Probabilities at which a label is given."""

    support: Probability = 0.5
    """A claim with at least this much support is `supported`."""
    contradiction: Probability = 0.5
    """A claim whose contradiction is at least this likely is `contradicted`; otherwise it is `unsupported`."""


class BlockIf(Frozen):
    """When an answer is blocked as a whole."""

    contradicted_claims: int = Field(default=3, ge=1)
    """An answer with at least this many contradicted claims is blocked instead of patched."""


class RewriteSettings(Frozen):
    """How a claim is mended."""

    strategies: tuple[Literal["correct", "remove"], ...] = ("correct", "remove")
    """Tried in this order; each result is checked again before it is delivered."""
    otherwise: Literal[Action.FLAG, Action.BLOCK] = Action.BLOCK
    """What happens when no strategy works."""
    max_regenerations: int = Field(default=1, ge=0)
    """How often the model may be asked again, where regeneration is among the strategies."""


class LabelActions(Frozen):
    """The action for each label."""

    supported: Action = Action.ALLOW
    """For claims the documents carry."""
    unsupported: Action = Action.FLAG
    """For claims no document settles."""
    contradicted: Action = Action.REWRITE
    """For claims the documents contradict."""
    unverified: Action = Action.FLAG
    """For claims whose check could not be completed and whose failure has no entry of its own."""

    def of(self, label: Label) -> Action:
        """Return the action for a label."""
        return Action(getattr(self, label.value))


FailureAction = Literal[Action.ALLOW, Action.FLAG, Action.BLOCK]


class FailureActions(Frozen):
    """The action for each way in which a check can fail; nothing fails open silently."""

    timeout: FailureAction = Action.FLAG
    """The check took longer than `budget_ms`."""
    error: FailureAction = Action.BLOCK
    """The check broke."""
    empty_knowledge_base: FailureAction = Action.FLAG
    """There is no document to check against."""
    over_length: FailureAction = Action.FLAG
    """The answer, or a single claim, is longer than can be checked."""
    language: FailureAction = Action.FLAG
    """The answer is in a language the check does not cover."""
    event_store: FailureAction = Action.BLOCK
    """The event could not be stored."""

    def of(self, failure: Failure) -> Action:
        """Return the action for a failure."""
        return Action(getattr(self, failure.value))


class Messages(Frozen):
    """Texts a user may see."""

    blocked: str = Field(default="I can't confirm that from our documents. Please contact support.", min_length=1)
    """Stands in place of a blocked answer."""


class PolicySettings(Frozen):
    """What is checked, against what, and what follows."""

    mode: Mode = Mode.ENFORCE
    """`enforce` acts, `shadow` checks and records but delivers unchanged, `off` does not check."""
    actions: LabelActions = LabelActions()
    """The action for each label."""
    block_if: BlockIf = BlockIf()
    """When an answer is blocked as a whole."""
    thresholds: Thresholds = Thresholds()
    """Probabilities at which a label is given."""
    rewrite: RewriteSettings = RewriteSettings()
    """How a claim is mended."""
    evidence: tuple[Source, ...] = tuple(Source)
    """Which sources count as evidence."""
    collections: tuple[str, ...] = ()
    """Collections to check against; empty means the knowledge base's own."""
    on_failure: FailureActions = FailureActions()
    """The action for each way in which a check can fail."""
    budget_ms: float = Field(default=2000, gt=0)
    """Longest time one check may take, in milliseconds."""
    max_answer_chars: int = Field(default=100_000, ge=1)
    """Answers longer than this are checked up to here and then count as `over_length`."""
    max_held_chars: int = Field(default=4_000, ge=100)
    """Most text of one claim that a stream holds back before it counts as `over_length`."""
    citations: bool = False
    """Whether supported claims are annotated with their documents."""
    messages: Messages = Messages()
    """Texts a user may see."""


class Settings(Frozen):
    """Everything that can be configured."""

    server: ServerSettings = ServerSettings()
    """The listening side."""
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
    policies: dict[str, PolicySettings] = Field(default_factory=lambda: {"default": PolicySettings()})
    """Policies by name; `default` must be among them."""

    @field_validator("policies")
    @classmethod
    def _has_default(cls, value: dict[str, PolicySettings]) -> dict[str, PolicySettings]:
        if "default" not in value:
            raise ValueError(f"a policy named 'default' is required, found only {sorted(value)}")
        return value

    @property
    def effective_database_url(self) -> str:
        """The database URL, with the SQLite default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir / 'groundwire.db'}"


def load_settings(
    config: Path | None = None,
    environment: Mapping[str, str] | None = None,
    overrides: Mapping[tuple[str, ...], object] | None = None,
) -> Settings:
    """Read file, environment and overrides (in rising precedence) into validated settings.

    Without `config`, `GROUNDWIRE_CONFIG` names the file, else `groundwire.yaml` is used when it exists. Raises
    SettingsError, which lists every wrong key with its value and what is allowed.
    """
    environment = os.environ if environment is None else environment
    values = _read_file(config or _default_file(environment))
    for path, value in _from_environment(environment).items():
        _place(values, path, value)
    for path, value in (overrides or {}).items():
        _place(values, path, value)
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsError(_explain(error)) from error


def _default_file(environment: Mapping[str, str]) -> Path | None:
    if named := environment.get(CONFIG_VARIABLE):
        return Path(named)
    usual = Path("groundwire.yaml")
    return usual if usual.exists() else None


def _read_file(path: Path | None) -> dict[str, object]:
    if path is None:
        return {}
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"Can't read the settings file {str(path)!r}: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(f"The settings file {str(path)!r} is not valid YAML: {error}") from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise SettingsError(f"The settings file {str(path)!r} must hold `key: value` lines, not {content!r}.")
    return content


def _from_environment(environment: Mapping[str, str]) -> dict[tuple[str, ...], object]:
    found: dict[tuple[str, ...], object] = {}
    for name, value in sorted(environment.items()):
        if not name.startswith(PREFIX) or name == CONFIG_VARIABLE:
            continue
        path = SHORT_VARIABLES.get(name) or tuple(name.removeprefix(PREFIX).lower().split("__"))
        if path[0] not in Settings.model_fields:
            raise SettingsError(f"Unknown variable {name!r}. Known sections: {', '.join(Settings.model_fields)}.")
        found[path] = _parsed(value)
    return found


def _parsed(value: str) -> object:
    """Lists and mappings come as JSON; everything else stays text and is converted by the model."""
    if value[:1] in "[{":
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _place(values: dict[str, object], path: tuple[str, ...], value: object) -> None:
    *parents, last = path
    target: object = values
    for depth, part in enumerate(parents):
        target = _child(target, part, is_list=path[depth + 1].isdigit())
    if isinstance(target, list):
        target[int(last)] = value
    elif isinstance(target, dict):
        target[last] = value


def _child(target: object, part: str, *, is_list: bool) -> object:
    if isinstance(target, list):
        position = int(part)
        while len(target) <= position:
            target.append({})
        return target[position]
    if not isinstance(target, dict):
        raise SettingsError(f"{part!r} is set inside {target!r}, which holds no further keys.")
    if not isinstance(target.get(part), dict | list):
        target[part] = [] if is_list else {}
    return target[part]


def _explain(error: ValidationError) -> str:
    lines = ["The settings are not valid:"]
    for problem in error.errors(include_url=False):
        key = ".".join(str(part) for part in problem["loc"]) or "(whole file)"
        if problem["type"] == "extra_forbidden":
            lines.append(f"  {key}: unknown name")
        else:
            lines.append(f"  {key}: {problem['msg']} (got {problem['input']!r})")
    return "\n".join(lines)
