"""Which arguments of which tools are checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from groundwire.domain import Action


@dataclass(frozen=True, slots=True)
class ToolRule:
    """The check of one tool's arguments: which, and what happens to a call with one that no evidence carries.

    `arguments` are names, dotted paths, or patterns with `*`; each stands for everything below it too.
    """

    arguments: tuple[str, ...] = ("*",)
    otherwise: Action = Action.FLAG

    def covers(self, path: Sequence[str | int]) -> bool:
        """Whether the argument at a path is checked; places in lists do not count."""
        names = [step for step in path if isinstance(step, str)]
        above = [".".join(names[: depth + 1]) for depth in range(len(names))] or [""]
        return any(fnmatchcase(name, pattern) for pattern in self.arguments for name in above)


@dataclass(frozen=True, slots=True)
class ToolRules:
    """The rules by the name of a tool, or by a pattern of names; there may be none."""

    by_name: Mapping[str, ToolRule] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.by_name)

    def find(self, tool: str) -> ToolRule | None:
        """Return the rule for a tool, None where its arguments are not checked; a name goes before patterns."""
        if tool in self.by_name:
            return self.by_name[tool]
        return next((rule for pattern, rule in self.by_name.items() if fnmatchcase(tool, pattern)), None)

    def names(self, tool: str) -> bool:
        """Whether the arguments of a tool are checked."""
        return self.find(tool) is not None
