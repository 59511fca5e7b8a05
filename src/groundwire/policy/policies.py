"""The policies in force, found by name and exchanged as a whole."""

from __future__ import annotations

from collections.abc import Mapping

from groundwire.errors import UnknownPolicy
from groundwire.policy.policy import Policy


class Policies:
    """The policies by name, from the settings file, with those of the console in their place.

    A change replaces all of them in one step, and running answers keep theirs.
    """

    def __init__(self, policies: Mapping[str, Policy]) -> None:
        self._file = dict(policies)
        self._console: Mapping[str, Policy] = {}
        self._policies = self._file

    @property
    def names(self) -> list[str]:
        """The names, in alphabetical order."""
        return sorted(self._policies)

    @property
    def file(self) -> Mapping[str, Policy]:
        """What the settings file says, by name."""
        return self._file

    @property
    def console(self) -> Mapping[str, Policy]:
        """What is in force instead of it, by name."""
        return self._console

    def find(self, name: str) -> Policy:
        """Return the policy of that name; raises UnknownPolicy, which lists the known ones."""
        found = self._policies.get(name)
        if found is None:
            known = ", ".join(self.names)
            raise UnknownPolicy(f"No policy {name!r:.100}. Known: {known}.", param="grounding.policy")
        return found

    def replace(self, policies: Mapping[str, Policy]) -> None:
        """Put other policies of the settings file in force, where the console has none in their place."""
        self._file = dict(policies)
        self._policies = {**self._file, **self._console}

    def override(self, policies: Mapping[str, Policy]) -> None:
        """Put other policies of the console in force; those it no longer has go back to the file's."""
        self._console = dict(policies)
        self._policies = {**self._file, **self._console}
