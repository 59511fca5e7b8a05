"""Policies as the API takes and shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from groundwire.api.events import Moment
from groundwire.domain import Mode
from groundwire.errors import BadRequest
from groundwire.events.filters import EventFilter
from groundwire.policy.desk import Origin, Standing
from groundwire.policy.policy import policy_version
from groundwire.policy.versions import PolicyHistory, PolicyVersion, VersionState
from groundwire.replay.traffic import Bounds
from groundwire.settings import PolicySettings
from groundwire.settings.policytext import MAX_CHARS, InvalidPolicy, parse_policy, read_policy, written

USUAL_PERIOD = timedelta(days=7)
MOST_EVENTS, MOST_SECONDS = 100_000, 600.0
Text = Annotated[str, Field(max_length=MAX_CHARS)]


class Request(BaseModel):
    """A body; a name that is not known is an error."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class PolicyHead(BaseModel):
    """A policy in force, or one that is only proposed, which has no `version`."""

    name: str
    mode: Mode | None
    origin: Origin | None
    version: str | None
    number: int | None
    """The version's number in the history; null where it has none."""
    shadow: int | None
    """The number of the version that is being tried."""
    drafts: int


class PolicyList(BaseModel):
    """All policies, by name."""

    policies: tuple[PolicyHead, ...]


class PolicyView(PolicyHead):
    """A policy with its settings, as values and as YAML text; `seen` goes with every change of it."""

    settings: dict[str, object] | None
    text: str
    seen: str


class VersionHead(BaseModel):
    """A version, without its settings."""

    number: int
    created_at: datetime
    author: str
    note: str
    version: str
    state: VersionState
    decided_at: datetime | None
    decided_by: str | None


class VersionList(BaseModel):
    """The versions of a policy, newest first; `seen` goes with every change of it."""

    seen: str
    versions: tuple[VersionHead, ...]


class VersionView(VersionHead):
    """A version with its settings, null where they were stored by another Groundwire, and a diff from `against`."""

    settings: dict[str, object] | None
    text: str
    against: int | None
    diff: tuple[str, ...]
    seen: str


class SettingsRequest(Request):
    """Settings of a policy: as values, or as YAML text."""

    settings: dict[str, object] | None = None
    text: Text | None = None

    @property
    def has_settings(self) -> bool:
        """Whether there are any."""
        return self.settings is not None or self.text is not None

    def read(self) -> PolicySettings:
        """Return the settings; raises InvalidPolicy, which names what is wrong and what is allowed."""
        if (self.settings is None) == (self.text is None):
            raise BadRequest("Send either `settings` or `text`.", param="settings")
        return parse_policy(self.text) if self.text is not None else read_policy(self.settings)


class ProblemView(BaseModel):
    """One thing that is wrong: the setting, empty for all of them, and what is wrong with it and allowed."""

    key: str
    text: str


class ValidationView(BaseModel):
    """What is wrong with settings; where nothing is, how they are understood, with their defaults."""

    problems: tuple[ProblemView, ...] = ()
    version: str | None = None
    settings: dict[str, object] | None = None
    text: str | None = None


class Proposal(SettingsRequest):
    """A new version of a policy, made by somebody who has `seen` that state of its history."""

    seen: str = Field(max_length=100)
    note: str = Field(default="", max_length=2_000)
    shadow: bool = False
    """Whether it is tried at once beside the policy in force."""


class DecisionRequest(Request):
    """A decision on a version by somebody who has `seen` that state of its policy's history."""

    seen: str = Field(max_length=100)


class TrialRequest(SettingsRequest):
    """What is tried on stored answers: settings, or a version that is kept, else the policy in force."""

    number: int | None = Field(default=None, ge=1)
    """A version of the policy."""
    revision: str | None = Field(default=None, max_length=2_000)
    """`newest`, or `collection@number`, several joined by commas; by default each event's own."""


class ReplayRequest(TrialRequest):
    """Under what one event is replayed; by default under the policy and the documents it was checked with."""

    policy: str | None = Field(default=None, max_length=200)
    """The name of a policy; by default the event's own."""


class PreviewRequest(TrialRequest):
    """Which stored answers are replayed, and under what: by default those of the last week."""

    since: Moment | None = None
    until: Moment | None = None
    of: str | None = Field(default=None, max_length=200)
    """The policy whose answers are taken; by default the one that is previewed."""
    limit: int = Field(default=1_000, ge=1, le=MOST_EVENTS)
    """How many answers are taken at most, the newest first."""
    seconds: float = Field(default=30.0, gt=0, le=MOST_SECONDS)
    """How long it may take."""

    def bounds(self) -> Bounds:
        """Return how much is replayed."""
        return Bounds(self.limit, self.seconds)

    def filter(self, policy: str) -> EventFilter:
        """Return which events are taken; raises BadRequest."""
        since = self.since or (self.until or datetime.now(UTC)) - USUAL_PERIOD
        if self.until and since > self.until:
            raise BadRequest(f"since ({since.isoformat()}) is after until ({self.until.isoformat()}).", param="since")
        return EventFilter(policies=(self.of or policy,), since=since, until=self.until)


class ShadowQuery(BaseModel):
    """How much of what came since a version is in shadow is looked at."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=1_000, ge=1, le=MOST_EVENTS)
    seconds: float = Field(default=30.0, gt=0, le=MOST_SECONDS)


def policy_head(standing: Standing) -> PolicyHead:
    """Return a policy for a list."""
    in_force, history = standing.in_force, standing.history
    return PolicyHead(
        name=standing.name,
        mode=in_force.mode if in_force else None,
        origin=standing.origin,
        version=in_force.version if in_force else None,
        number=standing.version.number if standing.version else None,
        shadow=history.shadow.number if history.shadow else None,
        drafts=len(standing.drafts),
    )


def policy_view(standing: Standing) -> PolicyView:
    """Return a policy with its settings."""
    settings = standing.version.settings if standing.version else None
    return PolicyView(
        **policy_head(standing).model_dump(),
        settings=settings.model_dump(mode="json") if settings else None,
        text=written(settings) if settings else "",
        seen=standing.history.state,
    )


def version_head(version: PolicyVersion) -> VersionHead:
    """Return a version for a list."""
    return VersionHead.model_validate(version, from_attributes=True)


def version_view(
    version: PolicyVersion, history: PolicyHistory, against: int | None, diff: Sequence[str]
) -> VersionView:
    """Return a version with its settings."""
    settings = version.settings
    return VersionView(
        **version_head(version).model_dump(),
        settings=settings.model_dump(mode="json") if settings else None,
        text=written(settings) if settings else "",
        against=against,
        diff=tuple(diff),
        seen=history.state,
    )


def validation(request: SettingsRequest) -> ValidationView:
    """Return what is to be said of settings."""
    try:
        settings = request.read()
    except InvalidPolicy as error:
        return ValidationView(problems=tuple(ProblemView(key=one.key, text=one.text) for one in error.problems))
    plain = settings.model_dump(mode="json")
    return ValidationView(version=policy_version(settings), settings=plain, text=written(settings))
