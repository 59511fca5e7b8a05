"""A policy as YAML text: read strictly, written in full."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import yaml
from pydantic import ValidationError

from groundwire.errors import BadRequest
from groundwire.settings.policies import PolicySettings
from groundwire.settings.problems import Problem, problems

MAX_CHARS = 100_000


class InvalidPolicy(BadRequest):
    """The text is no policy; `problems` has everything that is wrong with it."""

    def __init__(self, found: Sequence[Problem]) -> None:
        message = "\n  ".join(["The policy is not valid, and nothing was changed:", *map(str, found)])
        super().__init__(message, param=found[0].key or "settings")
        self.problems = tuple(found)


def parse_policy(text: str) -> PolicySettings:
    """Return the settings of a policy that are written as in `groundwire.yaml`, without its name.

    What is left out has its default. Raises InvalidPolicy.
    """
    return read_policy(_loaded(text))


def read_policy(values: object) -> PolicySettings:
    """Return the settings of a policy from plain values; raises InvalidPolicy."""
    if values is None:
        values = {}
    if not isinstance(values, dict):
        raise InvalidPolicy([Problem("", f"must hold `key: value` lines, not {values!r:.100}")])
    try:
        return PolicySettings.model_validate(values)
    except ValidationError as error:
        raise InvalidPolicy(problems(error, PolicySettings)) from error


def written(settings: PolicySettings) -> str:
    """Return all settings of a policy as YAML text that is read as the same, in the order of the documentation."""
    plain = _plain(settings.model_dump(mode="json"))
    text = yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=100)
    # A few signs, like the next-line control, do not survive being written as they are.
    return text if _loaded(text) == plain else yaml.safe_dump(plain, sort_keys=False, width=100)


def _plain(value: object) -> object:
    """5000.0 is what nobody writes."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _loaded(text: str) -> object:
    if len(text) > MAX_CHARS:
        raise InvalidPolicy([Problem("", f"longer than {MAX_CHARS} characters")])
    try:
        return yaml.load(text, _StrictLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise InvalidPolicy([Problem("", f"not valid YAML: {error or type(error).__name__}")]) from error


class _StrictLoader(yaml.SafeLoader):
    """Refuses what is a mistake or a trap in a policy: the same key twice, and references, which can grow endlessly."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError("references (`*name`) are not possible")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, Hashable) and key in seen:
                raise yaml.YAMLError(f"{key!r:.100} stands there twice{key_node.start_mark}")
            seen.add(key if isinstance(key, Hashable) else None)
        return super().construct_mapping(node, deep)
