"""Domain objects as plain JSON values and back, without loss.

The fields of the dataclasses are the keys. A key that an older record lacks takes the field's default, and one that is
no longer a field is passed over, so that old records stay readable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from numbers import Real
from types import NoneType, UnionType
from typing import TypeVar, get_args, get_origin, get_type_hints

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]
TextRule = Callable[[str], str]
T = TypeVar("T")


def to_plain(value: object, text: TextRule = str) -> Plain:
    """Return plain values for JSON; `text` is applied to every text. Raises TypeError for a type of another kind."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, str):
        return text(value)
    if value is None or isinstance(value, bool | int):
        return value
    # Models hand over the numbers of their own libraries, which JSON does not know.
    if isinstance(value, Real):
        return float(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return _collection_to_plain(value, text)


def _collection_to_plain(value: object, text: TextRule) -> Plain:
    if is_dataclass(value) and not isinstance(value, type):
        return {name: to_plain(getattr(value, name), text) for name in _names(type(value))}
    if isinstance(value, Mapping):
        return {text(str(key)): to_plain(entry, text) for key, entry in value.items()}
    if isinstance(value, Sequence):
        return [to_plain(entry, text) for entry in value]
    raise TypeError(f"{value!r:.200} can't be stored: {type(value).__name__} is no plain value.")


def from_plain(kind: type[T], plain: Plain, text: TextRule = str) -> T:
    """Return the object that `to_plain` was given; `text` is applied to every text. Raises ValueError, TypeError."""
    value = _read(kind, plain, text)
    if not isinstance(value, kind):
        raise TypeError(f"{plain!r:.200} is no {kind.__name__}.")
    return value


def _read(kind: object, plain: Plain, text: TextRule) -> object:
    if origin := get_origin(kind):
        return _read_generic(origin, get_args(kind), plain, text)
    if not isinstance(kind, type):
        raise TypeError(f"{kind!r} can't be read from JSON.")
    if is_dataclass(kind) and isinstance(plain, dict):
        hints = _hints(kind)
        return kind(**{name: _read(hints[name], plain[name], text) for name in hints if name in plain})
    if kind is str and isinstance(plain, str):
        return text(plain)
    if issubclass(kind, StrEnum) and isinstance(plain, str):
        return kind(plain)
    if kind is datetime and isinstance(plain, str):
        return datetime.fromisoformat(plain)
    if kind is float and isinstance(plain, int | float):
        return float(plain)
    return plain


def _read_generic(origin: object, inner: Sequence[object], plain: Plain, text: TextRule) -> object:
    if origin is UnionType:
        return None if plain is None else _read(next(kind for kind in inner if kind is not NoneType), plain, text)
    if origin is tuple and isinstance(plain, list):
        kinds = [inner[0]] * len(plain) if inner[-1] is Ellipsis else inner
        return tuple(_read(kind, entry, text) for kind, entry in zip(kinds, plain, strict=True))
    if isinstance(plain, dict):
        return {text(key): _read(inner[1], entry, text) for key, entry in plain.items()}
    raise TypeError(f"{plain!r:.200} is no {origin!r}.")


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


@cache
def _hints(kind: type) -> Mapping[str, object]:
    return get_type_hints(kind)
