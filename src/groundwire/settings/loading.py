"""Reads the settings from file and environment into the model, or says what is wrong with them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import ValidationError

from groundwire.errors import SettingsError
from groundwire.settings.model import Settings
from groundwire.settings.problems import problems

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
        lines = (f"  {problem}" for problem in problems(error, Settings))
        raise SettingsError("\n".join(["The settings are not valid:", *lines])) from error


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
        target = _child(target, part, path, is_list=path[depth + 1].isdecimal())
    if isinstance(target, list):
        position = _position(target, last, path)
        target[position:] = [value, *target[position + 1 :]]
    elif isinstance(target, dict):
        target[last] = value


def _child(target: object, part: str, path: tuple[str, ...], *, is_list: bool) -> object:
    if isinstance(target, list):
        position = _position(target, part, path)
        if position == len(target):
            target.append({})
        return target[position]
    if not isinstance(target, dict):
        raise SettingsError(f"{'.'.join(path)!r} can't be set, because what is above it holds no further keys.")
    if not isinstance(target.get(part), dict | list):
        target[part] = [] if is_list else {}
    return target[part]


def _position(target: list[object], part: str, path: tuple[str, ...]) -> int:
    """Return the place in a list that a part of a path names: one that is there, or the next one."""
    if not part.isdecimal() or int(part) > len(target):
        raise SettingsError(
            f"{'.'.join(path)!r} can't be set: {part!r} must be a place in a list of {len(target)}, counted from 0."
        )
    return int(part)
