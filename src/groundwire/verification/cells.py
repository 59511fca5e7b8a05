"""Which cell of a table a claim is about: the one whose row and column it names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from groundwire.values import Relation, Value, compare, find_values
from groundwire.verification.units import Unit
from groundwire.verification.words import stems

SAME = frozenset((Relation.EQUAL, Relation.COMPATIBLE))
_ABSENT = re.compile(r"[\s*_]*(?:none|no|not \w+|n/?a|free|closed|included|nil|[-–—])[\s*_.]*", re.IGNORECASE)


def named_cell(found: Unit, units: Sequence[Unit], words: frozenset[str]) -> Unit | None:
    """Return the cell in the row or column of `found` that `words` name: `found` itself where they name it.

    None where they name no such cell, or several.
    """
    if not found.column:
        return None
    cells = [unit for unit in units if unit.column]
    row = [unit for unit in cells if unit.reading is found.reading]
    beside = [unit for unit in cells if unit.column == found.column] + (row if _is_alike(row) else [])
    named = {id(unit): unit for unit in (found, *beside) if _is_named(unit, words)}
    most = max((_shared(unit, words) for unit in named.values()), default=0)
    best = [unit for unit in named.values() if _shared(unit, words) == most]
    if id(found) in named and _shared(found, words) == most:
        return found
    return best[0] if len(best) == 1 else None


def _shared(cell: Unit, words: frozenset[str]) -> int:
    """How much of the names of a cell's row and column the words hold: "Hub H1" and "Hub H2" share but one."""
    return len((cell.label | stems(cell.column[-1])) & words)


def says_otherwise(cell: Unit, value: Value, claim: str) -> bool:
    """Whether a cell has another value, or none, and the claim does not state that one as well."""
    if not cell.values:
        return _ABSENT.fullmatch(cell.text) is not None
    return bool(comparable(value, cell)) and not states(claim, cell.values)


def states(claim: str, values: Sequence[Value]) -> bool:
    """Whether a claim says one of these values itself."""
    return any(compare(mine, other) in SAME for mine in find_values(claim) for other in values)


def comparable(value: Value, unit: Unit) -> list[Value]:
    """Return the values of a unit that are of the same sort as `value` and differ from it."""
    return [other for other in unit.values if compare(value, other) is Relation.DIFFERENT]


def _is_alike(row: Sequence[Unit]) -> bool:
    """Whether the cells behind a row's label all measure one thing, so that its columns are what is compared."""
    kinds = [{value.kind for value in unit.values} for unit in row[1:] if unit.values]
    return len(kinds) > 1 and all(kind == kinds[0] and len(kind) == 1 for kind in kinds)


def _is_named(cell: Unit, words: frozenset[str]) -> bool:
    """Whether the words hold the whole name of a cell's row or column and something of the other one.

    Products stand in the first column of one table and in the header of the next.
    """
    header = stems(cell.column[-1])
    return any(
        whole <= words and part & words and not all(stem.isdigit() for stem in whole)
        for whole, part in ((cell.label, header), (header, cell.label))
    )
