"""JSON to readable Markdown: objects become sections and lists, arrays of objects tables."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from groundwire.knowledge.tables import markdown_table

Json = None | bool | str | list["Json"] | dict[str, "Json"]
# A table cell with more characters than this reads better as a section.
_LONGEST_CELL = 200
_NAMES = ("title", "name", "question", "heading", "label", "id", "key")


def json_to_markdown(text: str) -> str:
    """Return a JSON document as Markdown; numbers stay as they are written, null says nothing and is left out.

    Raises ValueError where the text is not JSON and RecursionError where it is nested too deeply.
    """
    value = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    return "\n\n".join(part for part in _section(value, 1) if part)


def _section(value: Json, level: int) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _object(value, level)
    elif isinstance(value, list):
        yield from _array(value, level)
    else:
        yield _inline(value)


def _object(value: Mapping[str, Json], level: int) -> Iterator[str]:
    """First what fits on a line each, then a section for each of the rest."""
    short = {key: entry for key, entry in value.items() if _is_short(entry)}
    yield "\n".join(f"- {_readable(key)}: {_inline(entry)}" for key, entry in short.items() if _inline(entry))
    for key, entry in value.items():
        if key not in short:
            yield f"{'#' * min(level, 6)} {_readable(key)}"
            yield from _section(entry, level + 1)


def _array(value: Sequence[Json], level: int) -> Iterator[str]:
    records = [entry for entry in value if isinstance(entry, dict)]
    if not records or len(records) < len(value):
        yield from _items(value, level)
    elif _fits_table(records):
        columns = list(dict.fromkeys(key for record in records for key in record))
        rows = [[_inline(record.get(column)) for column in columns] for record in records]
        yield markdown_table([[_readable(column) for column in columns], *rows])
    else:
        for number, record in enumerate(records, start=1):
            named = next((key for key in _NAMES if isinstance(record.get(key), str) and record[key]), "")
            title = " ".join(_inline(record[named]).split()) if named else f"Entry {number}"
            yield f"{'#' * min(level, 6)} {title}"
            yield from _object({key: entry for key, entry in record.items() if key != named}, level + 1)


def _items(value: Sequence[Json], level: int) -> Iterator[str]:
    for entry in value:
        if _is_short(entry):
            yield f"- {_inline(entry)}" if _inline(entry) else ""
        else:
            yield from _section(entry, level)


def _fits_table(records: Sequence[Mapping[str, Json]]) -> bool:
    cells = [entry for record in records for entry in record.values()]
    return all(_is_short(cell) and len(_inline(cell)) <= _LONGEST_CELL for cell in cells)


def _is_short(value: Json) -> bool:
    if isinstance(value, str):
        return "\n" not in value
    if isinstance(value, list):
        return all(not isinstance(entry, dict | list) and _is_short(entry) for entry in value)
    return not isinstance(value, dict)


def _inline(value: Json) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(filter(None, map(_inline, value)))
    return value if isinstance(value, str) else ""


def _readable(key: str) -> str:
    return " ".join(key.replace("_", " ").split())
