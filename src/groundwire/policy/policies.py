"""The policies in force, found by name and exchanged as a whole."""

from __future__ import annotations

from collections.abc import Mapping

from groundwire.errors import UnknownPolicy
from groundwire.policy.policy import Policy


class Policies:
    """The policies by name; a reload replaces all of them in one step, and running answers keep theirs."""

    def __init__(self, policies: Mapping[str, Policy]) -> None:
        self._policies = dict(policies)

    @property
    def names(self) -> list[str]:
        """The names, in alphabetical order."""
        return sorted(self._policies)

    def find(self, name: str) -> Policy:
        """Return the policy of that name; raises UnknownPolicy, which lists the known ones."""
        found = self._policies.get(name)
        if found is None:
            known = ", ".join(self.names)
            raise UnknownPolicy(f"No policy {name!r}. Known: {known}.", param="grounding.policy")
        return found

    def replace(self, policies: Mapping[str, Policy]) -> None:
        """Put other policies in force."""
        self._policies = dict(policies)
