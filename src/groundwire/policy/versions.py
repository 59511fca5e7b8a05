"""The versions of a policy: what was in force when, what is proposed, and who decided."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from groundwire.settings import PolicySettings


class VersionState(StrEnum):
    """Where a version stands.

    A `draft` is only proposed; one in `shadow` is tried on stored answers beside the policy in force; one that is
    `applied` is in force instead of the file's; `replaced` and `withdrawn` ones were that once, or never became it;
    `file` is what the settings file said.
    """

    DRAFT = "draft"
    SHADOW = "shadow"
    APPLIED = "applied"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One version: its settings, who made it and why, and who decided on it last.

    `version` is the digest that events carry. `settings` is None where they were stored by another Groundwire and can't
    be read by this one.
    """

    policy: str
    number: int
    created_at: datetime
    author: str
    note: str
    version: str
    settings: PolicySettings | None
    state: VersionState
    decided_at: datetime | None = None
    decided_by: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyHistory:
    """All versions of one policy, newest first."""

    name: str
    versions: tuple[PolicyVersion, ...] = ()

    @property
    def applied(self) -> PolicyVersion | None:
        """The version that is in force instead of the file's."""
        return self._in(VersionState.APPLIED)

    @property
    def shadow(self) -> PolicyVersion | None:
        """The version that is being tried."""
        return self._in(VersionState.SHADOW)

    @property
    def drafts(self) -> list[PolicyVersion]:
        """The versions that are only proposed, newest first."""
        return [each for each in self.versions if each.state is VersionState.DRAFT]

    @property
    def has_proposals(self) -> bool:
        """Whether anything waits to be decided."""
        return self.shadow is not None or bool(self.drafts)

    @property
    def next_number(self) -> int:
        """The number of the next version, from 1."""
        return self.versions[0].number + 1 if self.versions else 1

    @property
    def state(self) -> str:
        """12 hexadecimal characters that change with everything that anybody does to the policy."""
        parts = ((each.number, each.state.value, each.decided_at) for each in self.versions)
        return hashlib.sha256(repr([self.name, *parts]).encode()).hexdigest()[:12]

    def find(self, number: int) -> PolicyVersion | None:
        """Return the version of that number, None where there is none."""
        return next((each for each in self.versions if each.number == number), None)

    def _in(self, state: VersionState) -> PolicyVersion | None:
        return next((each for each in self.versions if each.state is state), None)


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes a policy, and what they say about it."""

    name: str
    note: str = ""


Histories = Mapping[str, PolicyHistory]
