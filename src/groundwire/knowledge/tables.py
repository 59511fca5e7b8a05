"""Rows to Markdown tables, and CSV to rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

_DELIMITERS = (",", ";", "\t", "|")


def markdown_table(rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table whose first row is the header; short rows are filled up, empty rows left out."""
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if not filled:
        return ""
    width = max(len(row) for row in filled)
    lines = [_line([*row, *[""] * (width - len(row))]) for row in filled]
    return "\n".join([lines[0], "|" + "---|" * width, *lines[1:]])


def csv_to_markdown(text: str) -> str:
    """Return a table of comma-, semicolon-, tab- or bar-separated values; raises csv.Error where they can't be read."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=first.count)
    return markdown_table(list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)))


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", r"\|") for cell in cells) + " |"
