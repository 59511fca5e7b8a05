"""Edits JSON text in place, so that every byte that is not ours stays as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeGuard

JsonObject = dict[str, object]
Path = tuple[str | int, ...]

_WHITE = " \t\n\r"
# Lone surrogates, which UTF-8 can't carry, and characters that some clients of streams take for the end of a line.
_ESCAPED = re.compile("[\ud800-\udfff\u0085\u2028\u2029]")
_DECODER = json.JSONDecoder()


class Edit(Enum):
    """What an edit may do besides giving another value."""

    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Member:
    """A key of an object or a place of a list: `text[start:end]` is the value, `whole` begins at its key."""

    key: str | int
    whole: int
    start: int
    end: int


def is_object(value: object) -> TypeGuard[JsonObject]:
    """Whether a parsed value is a JSON object."""
    return isinstance(value, dict)


def encode(value: object) -> str:
    """Return compact JSON text, on one line for every client, which UTF-8 can carry."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if text.isascii() or not _ESCAPED.search(text):
        return text
    return json.dumps(value, separators=(",", ":"))


def replace(text: str, edits: Iterable[tuple[Path, object]]) -> str:
    """Return the JSON text with the values at these paths replaced, a missing last key added.

    `Edit.REMOVE` as a value takes the member out. Raises KeyError when a path leads nowhere.
    """
    for path, value in edits:
        text = _removed(text, path) if value is Edit.REMOVE else _replace_one(text, path, encode(value))
    return text


def extended(body: bytes, key: str, value: object) -> bytes:
    """Return the bytes of an object with one more member at its end, unparsed; what is no object stays as it is."""
    inside = body.strip()
    if not (inside.startswith(b"{") and inside.endswith(b"}")):
        return body
    inside = inside[:-1].rstrip()
    comma = b"" if inside == b"{" else b","
    return inside + comma + f"{encode(key)}:{encode(value)}}}".encode()


def without(text: str, key: str) -> str:
    """Return the text of an object without this key at its top, all else unchanged."""
    return _removed(text, (key,))


def strings(text: str, at: int = 0, key: str = "") -> Iterator[tuple[str, int, int]]:
    """Yield the string values of valid JSON text that begins at `at`, as key, start and end of the literal.

    The key is that of the object around it, however deep in lists; it is empty where there is none.
    """
    at = _skip(text, at)
    if text[at : at + 1] == '"':
        yield key, at, _DECODER.raw_decode(text, at)[1]
    for member in _members(text, at):
        yield from strings(text, member.start, member.key if isinstance(member.key, str) else key)


def leaves(text: str, at: int = 0, path: Path = ()) -> Iterator[tuple[Path, int, int]]:
    """Yield what is no object or list in valid JSON text that begins at `at`: its path, start and end."""
    at = _skip(text, at)
    if text[at : at + 1] not in ("{", "["):
        yield path, at, _DECODER.raw_decode(text, at)[1]
    for member in _members(text, at):
        yield from leaves(text, member.start, (*path, member.key))


def _removed(text: str, path: Path) -> str:
    start, end = 0, len(text)
    for step in path[:-1]:
        found = _member(text, start, step)
        if found is None:
            raise KeyError(f"There is nothing at {path!r}.")
        start, end = found.start, found.end
    inside = text[start:end]
    members = _members(inside, 0)
    for place in reversed(range(len(members))):
        if members[place].key == path[-1]:
            inside = _cut(inside, members, place)
            members = _members(inside, 0)
    return text[:start] + inside + text[end:]


def _member(text: str, at: int, key: str | int) -> Member | None:
    # JSON lets the last of equal keys win.
    return next((member for member in reversed(_members(text, at)) if member.key == key), None)


def _cut(text: str, members: Sequence[Member], place: int) -> str:
    """Take one member out together with the comma that set it off."""
    if place + 1 < len(members):
        return text[: members[place].whole] + text[members[place + 1].whole :]
    start = members[place - 1].end if place else members[place].whole
    return text[:start] + text[members[place].end :]


def _replace_one(text: str, path: Path, value: str) -> str:
    at = 0
    for depth, step in enumerate(path):
        found = _member(text, at, step)
        if found is None:
            if depth + 1 < len(path) or not isinstance(step, str):
                raise KeyError(f"There is nothing at {path!r}.")
            return _insert(text, at, _members(text, at), f"{encode(step)}:{value}")
        if depth + 1 == len(path):
            return text[: found.start] + value + text[found.end :]
        at = found.start
    return value


def _insert(text: str, at: int, members: Sequence[Member], member: str) -> str:
    if members:
        end = members[-1].end
        return f"{text[:end]},{member}{text[end:]}"
    opening = _skip(text, at) + 1
    return text[:opening] + member + text[opening:]


def _members(text: str, at: int) -> list[Member]:
    """Return the members of the object or list that begins at `at`, which must be valid JSON."""
    at = _skip(text, at)
    is_list = text[at : at + 1] == "["
    if not is_list and text[at : at + 1] != "{":
        return []
    members: list[Member] = []
    at = _skip(text, at + 1)
    while text[at] not in "]}":
        whole = at
        key: str | int = len(members)
        if not is_list:
            key, at = _DECODER.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)
        _, end = _DECODER.raw_decode(text, at)
        members.append(Member(key, whole, at, end))
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return members


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _WHITE:
        at += 1
    return at
