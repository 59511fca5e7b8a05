"""Which cell of a table a claim is about: the one whose row and column it names."""

from __future__ import annotations

from collections.abc import Sequence

from groundwire.verification.units import Unit
from groundwire.verification.words import stems


def named_cell(found: Unit, units: Sequence[Unit], words: frozenset[str]) -> Unit | None:
    """Return the cell in the row or column of `found` that `words` name: `found` itself where they name it.

    None where they name no such cell, or several.
    """
    if not found.column:
        return None
    if _is_named(found, words):
        return found
    cells = [unit for unit in units if unit.column]
    row = [unit for unit in cells if unit.reading is found.reading]
    beside = [unit for unit in cells if unit.column == found.column] + (row if _is_alike(row) else [])
    named = [unit for unit in beside if _is_named(unit, words)]
    return named[0] if len(named) == 1 else None


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
