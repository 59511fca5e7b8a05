"""Where admins work on policies: what is in force, what is proposed, and every decision on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from groundwire.errors import NotFound, UnknownPolicy
from groundwire.policy.following import take_up
from groundwire.policy.policies import Policies
from groundwire.policy.policy import Policy, policy_from
from groundwire.policy.store import PolicyStore
from groundwire.policy.versions import Author, PolicyHistory, PolicyVersion, VersionState
from groundwire.settings import PolicySettings


class Origin(StrEnum):
    """Where the policy in force comes from."""

    FILE = "file"
    CONSOLE = "console"


@dataclass(frozen=True, slots=True)
class Standing:
    """A policy as it stands: what is in force under its name, None where it is only proposed, and its history."""

    name: str
    in_force: Policy | None
    origin: Origin | None
    history: PolicyHistory

    @property
    def version(self) -> PolicyVersion | None:
        """The version that is in force, as the history has it."""
        if self.origin is Origin.CONSOLE and self.history.applied:
            return self.history.applied
        digest = self.in_force.version if self.in_force else None
        return next((each for each in self.history.versions if each.version == digest), None)

    @property
    def drafts(self) -> list[PolicyVersion]:
        """The versions that are proposed and not tried yet, newest first."""
        return self.history.drafts

    def require(self, number: int) -> PolicyVersion:
        """Return a version; raises NotFound."""
        if found := self.history.find(number):
            return found
        raise NotFound(f"Policy {self.name!r:.100} has no version {number}.", param="number")


@dataclass(frozen=True, slots=True)
class PolicyDesk:
    """Reads and decides; what is put in force is so in this process at once, and in the others within seconds."""

    store: PolicyStore
    policies: Policies

    async def all(self) -> list[Standing]:
        """Return every policy that is in force or proposed, by name."""
        histories = await self.store.database.run(self.store.histories)
        proposed = {name for name, history in histories.items() if history.has_proposals}
        names = sorted({*self.policies.names, *proposed})
        return [self._standing(name, histories.get(name, PolicyHistory(name))) for name in names]

    async def find(self, name: str) -> Standing:
        """Return one policy; raises UnknownPolicy where it is neither in force nor has a history."""
        history = await self.store.database.run(self.store.history, name)
        if name not in self.policies.names and not history.versions:
            raise UnknownPolicy(f"No policy {name!r:.100}. Known: {', '.join(self.policies.names)}.", param="policy")
        return self._standing(name, history)

    async def look(self, name: str) -> Standing:
        """Return a policy that need not exist yet."""
        return self._standing(name, await self.store.database.run(self.store.history, name))

    async def candidate(self, name: str, number: int) -> Policy:
        """Return the policy that a version would be; raises UnknownPolicy and NotFound."""
        version = (await self.find(name)).require(number)
        if version.settings is None:
            raise NotFound(f"Version {number} of policy {name!r} can't be read by this Groundwire.", param="number")
        return policy_from(name, version.settings)

    async def propose(
        self, name: str, settings: PolicySettings, author: Author, seen: str, *, tries: bool = False
    ) -> PolicyVersion:
        """Add a version as a draft, or in shadow at once; see PolicyStore.propose."""
        state = VersionState.SHADOW if tries else VersionState.DRAFT
        return await self.store.database.run(self.store.propose, name, settings, author, seen, state)

    async def shadow(self, name: str, number: int, by: str, seen: str) -> PolicyVersion:
        """Try a version beside the policy in force; see PolicyStore.shadow."""
        return await self._decided(self.store.shadow, name, number, by, seen)

    async def apply(self, name: str, number: int, by: str, seen: str) -> PolicyVersion:
        """Put a version in force; see PolicyStore.apply."""
        return await self._decided(self.store.apply, name, number, by, seen)

    async def withdraw(self, name: str, number: int, by: str, seen: str) -> PolicyVersion:
        """Give a version up, so that the file's policy is in force again where this one was; see PolicyStore."""
        return await self._decided(self.store.withdraw, name, number, by, seen)

    async def _decided(
        self, decide: Callable[[str, int, str, str], PolicyVersion], name: str, number: int, by: str, seen: str
    ) -> PolicyVersion:
        version = await self.store.database.run(decide, name, number, by, seen)
        await self.store.database.run(take_up, self.store, self.policies)
        return version

    def _standing(self, name: str, history: PolicyHistory) -> Standing:
        in_force = self.policies.find(name) if name in self.policies.names else None
        origin = Origin.CONSOLE if name in self.policies.console else Origin.FILE
        return Standing(name, in_force, origin if in_force else None, history)
