"""What is wrong with settings, in sentences: the key, the value, and what is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

Path = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: the dotted name of the setting, empty for all of them, and what is wrong with it."""

    key: str
    text: str

    def __str__(self) -> str:
        return f"{self.key or '(whole file)'}: {self.text}"


def problems(error: ValidationError, root: type[BaseModel]) -> list[Problem]:
    """Return everything that is wrong with the values of a model."""
    return [_problem(detail, root) for detail in error.errors(include_url=False)]


def _problem(detail: ErrorDetails, root: type[BaseModel]) -> Problem:
    path = detail["loc"]
    key = ".".join(str(part) for part in path)
    if detail["type"] == "extra_forbidden":
        return Problem(key, f"unknown name; known are {', '.join(_known_names(path[:-1], root))}")
    message = detail["msg"].removeprefix("Value error, ")
    # A whole section or list may hold a secret too.
    is_shown = not isinstance(detail["input"], dict | list) and not _is_secret(path)
    return Problem(key, message + (f" (got {detail['input']!r:.200})" if is_shown else ""))


def _is_secret(path: Path) -> bool:
    """Keys are secrets; headers and the URL of a proxy may hold one."""
    last = str(path[-1:])
    return "key" in last or "secret" in last or not {"headers", "proxy"}.isdisjoint(path)


def _known_names(path: Path, root: type[BaseModel]) -> list[str]:
    """Return the names of the section that a path leads to."""
    model = root
    for part in path:
        field = model.model_fields.get(str(part))
        # What is no field is a place in a list or a name of the user's own: the section stays the same.
        model = _section_in(field.annotation) or model if field else model
    return sorted(model.model_fields)


def _section_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _section_in(part))), None)
