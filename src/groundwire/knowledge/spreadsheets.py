"""Excel workbooks to Markdown: a section a sheet, cells as Excel shows them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from groundwire.knowledge.tables import markdown_table

_CURRENCY = re.compile(r"\[\$([^\]-]+)[^\]]*\]|(?<!\[)([€£¥$])")
_DECIMALS = re.compile(r"\.(0+)")


def workbook_to_markdown(data: bytes) -> str:
    """Return the visible sheets of an .xlsx workbook, formulas as their last computed values.

    Rows with a single cell above a table are read as text over it; the first row with more cells is its header row.
    """
    from openpyxl import load_workbook

    workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    parts: list[str] = []
    for sheet in workbook.worksheets:
        if sheet.sheet_state == "visible":
            # The stored size may claim a million empty rows.
            sheet.reset_dimensions()
            rows = [[_shown(cell.value, cell.number_format) for cell in row] for row in sheet.iter_rows()]
            if body := list(_blocks([row for row in rows if any(row)])):
                parts += [f"## {sheet.title}", *body]
    return "\n\n".join(parts)


def _blocks(rows: list[list[str]]) -> Iterator[str]:
    first = next((at for at, row in enumerate(rows) if sum(map(bool, row)) > 1), len(rows))
    if first == len(rows) and rows:
        yield "\n".join(f"- {''.join(row)}" for row in rows)
        return
    for row in rows[:first]:
        yield "".join(row)
    if table := rows[first:]:
        columns = range(max(map(len, table)))
        used = [column for column in columns if any(any(row[column : column + 1]) for row in table)]
        yield markdown_table([[row[column] if column < len(row) else "" for column in used] for row in table])


def _shown(value: object, number_format: str | None) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _number(value, number_format or "General")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, timedelta):
        return f"{value.total_seconds() / 3600:g} h"
    return "" if value is None else str(value).strip()


def _number(value: float, number_format: str) -> str:
    shape = number_format.split(";")[0]
    decimals = _DECIMALS.search(shape)
    places = len(decimals.group(1)) if decimals else 0
    if "%" in shape:
        return f"{value * 100:.{places}f}%"
    currency = _CURRENCY.search(shape)
    if "0" not in shape and "#" not in shape:
        return _bare(value)
    digits = f"{value:,.{places}f}" if "," in shape else f"{value:.{places}f}"
    symbol = (currency.group(1) or currency.group(2)) if currency else ""
    return f"{symbol}{digits}"


def _bare(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(round(value, 10))
