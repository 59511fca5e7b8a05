"""Reads JSON lines and says, for anything wrong in them, in which file and line it stands."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from groundwire.errors import SettingsError

_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Record:
    """One JSON object and its place (`file, line n`); its fields are read with a check of their type."""

    place: str
    values: Mapping[str, object]

    def has(self, *names: str) -> bool:
        """Whether all of these fields are there."""
        return all(name in self.values for name in names)

    def error(self, what: str) -> SettingsError:
        """Return an error that names the record's place."""
        return SettingsError(f"{self.place}: {what}")

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text; numbers count as one, and a missing or null field as the default. Raises SettingsError."""
        value = self.values.get(name)
        if value is None:
            value = default
        if isinstance(value, str):
            return value
        if isinstance(value, int | float):
            return str(value)
        raise self.error(f"`{name}` must be text, got {_shown(value)}.")

    def number(self, name: str) -> int | None:
        """Return a whole number, or None for a missing or null field; raises SettingsError."""
        value = self.values.get(name)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        raise self.error(f"`{name}` must be a whole number, got {_shown(value)}.")

    def items(self, name: str) -> list[object]:
        """Return a list; a missing or null field is an empty one. Raises SettingsError."""
        value = self.values.get(name)
        if value is None:
            return []
        if isinstance(value, list):
            return value
        raise self.error(f"`{name}` must be a list, got {_shown(value)}.")

    def records(self, name: str) -> list[Record]:
        """Return a list of objects; a missing or null field is an empty one. Raises SettingsError."""
        return [self.nested(name, item) for item in self.items(name)]

    def nested(self, name: str, value: object) -> Record:
        """Return an object inside this one; raises SettingsError where it is none."""
        if isinstance(value, Mapping):
            return Record(self.place, value)
        raise self.error(f"`{name}` must hold objects, got {_shown(value)}.")


def read_records(path: Path) -> Iterator[Record]:
    """Yield the objects of a JSON-lines file, gzipped or not, blank lines left out; raises SettingsError."""
    try:
        with _opened(path) as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield _record(f"{str(path)!r}, line {number}", line)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise SettingsError(f"{str(path)!r} can't be read: {reason}.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{str(path)!r} is not UTF-8 text; expected JSON lines, gzipped or not.") from error


def _opened(path: Path) -> io.TextIOBase:
    """Whether a file is gzipped is told by its content, for a suffix is soon lost."""
    with path.open("rb") as file:
        is_gzipped = file.read(2) == _GZIP
    # A byte-order mark, which some editors write, is no part of the first line.
    return gzip.open(path, "rt", encoding="utf-8-sig") if is_gzipped else path.open(encoding="utf-8-sig")


def _record(place: str, line: str) -> Record:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{place}: not JSON ({error}). Expected one JSON object a line.") from error
    if not isinstance(value, dict):
        raise SettingsError(f"{place}: expected a JSON object, got {_shown(value)}.")
    return Record(place, value)


def _shown(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 80 else f"{shown[:77]}..."
