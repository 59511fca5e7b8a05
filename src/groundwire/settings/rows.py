"""Every setting of a model as a row: its path, its default and what it means."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

# Where names are the user's own, this stands for them.
_ANY_NAME = "<name>"


def rows(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield (path, default, meaning) of each setting of a model, in its order; values stand in backticks."""
    for name, field in model.model_fields.items():
        path = prefix + name
        inner = _model_in(field.annotation)
        if inner is None:
            yield path, _default(field), f"{field.description}{_choices(field.annotation)}"
        elif get_origin(field.annotation) is dict:
            yield from rows(inner, f"{path}.{_ANY_NAME}.")
        elif get_origin(field.annotation) is tuple:
            yield from rows(inner, f"{path}[].")
        else:
            yield from rows(inner, f"{path}.")


def _model_in(annotation: object) -> type[BaseModel] | None:
    """The settings that a field holds, alone or in a list or mapping."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is None or value == () or value == {}:
        return "–"
    if isinstance(value, tuple):
        return " ".join(f"`{_plain(each)}`" for each in value)
    return f"`{_plain(value)}`"


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value.value if isinstance(value, Enum) else value)


def _choices(annotation: object) -> str:
    """The allowed values, where they are few and fixed."""
    values = _allowed(annotation)
    return f" One of {', '.join(f'`{_plain(value)}`' for value in values)}." if values else ""


def _allowed(annotation: object) -> list[object]:
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return list(annotation)
    return [value for part in get_args(annotation) for value in _allowed(part)]
