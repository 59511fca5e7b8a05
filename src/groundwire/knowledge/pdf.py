"""What a PDF's plain text lacks: its headings, by their larger letters, and its ruled tables as tables."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from groundwire.knowledge.tables import markdown_table

if TYPE_CHECKING:
    from pdfplumber.page import Page

# Looking closely takes about a tenth of a second a page.
_MOST_PAGES = 150
# A heading's letters are larger than the text's by this much, and its words are few.
_LARGER = 1.15
_MOST_HEADING_WORDS = 14
_MOST_LEVELS = 3
# Lines further apart than this many times their height begin a new paragraph.
_PARAGRAPH_GAP = 0.75
_BLANKS = re.compile(r"\n{3,}")


def with_structure(data: bytes, text: str) -> str:
    """Return a PDF's text with headings marked; where it has ruled tables it is read anew, so that they stay tables.

    `text` is what a converter made of it; it comes back as it is where there is nothing to add.
    """
    import pdfplumber

    with pdfplumber.open(io.BytesIO(data)) as document:
        if len(document.pages) > _MOST_PAGES:
            return text
        levels = _levels(document.pages)
        tables = [_ruled(page) for page in document.pages]
        if any(tables):
            pages = zip(document.pages, tables, strict=True)
            return _BLANKS.sub("\n\n", "\n\n".join("\n".join(_lines(page, found, levels)) for page, found in pages))
        if not levels:
            return text
        lines = [line for page in document.pages for line in page.extract_text_lines()]
    headings = {line["text"].strip(): level for line in lines if (level := _level(line, levels))}
    marked = (_heading(line, headings.get(line.strip(), 0)) for line in text.split("\n"))
    return _BLANKS.sub("\n\n", "\n".join(marked))


def _levels(pages: Sequence[Page]) -> Mapping[float, int]:
    """The sizes of letters that headings have, with their levels: the largest is 1."""
    sizes = Counter(round(sign["size"], 1) for page in pages for sign in page.chars)
    if not sizes:
        return {}
    [(body, _)] = sizes.most_common(1)
    larger = sorted((size for size in sizes if size >= _LARGER * body), reverse=True)
    return {size: min(place, _MOST_LEVELS) for place, size in enumerate(larger, start=1)}


def _level(line: Mapping[str, Any], levels: Mapping[float, int]) -> int:
    """A line's level as a heading; 0 where it is none."""
    sizes = {round(sign["size"], 1) for sign in line["chars"] if sign["text"].strip()}
    if len(line["text"].split()) > _MOST_HEADING_WORDS or not sizes <= levels.keys():
        return 0
    return levels[max(sizes)] if sizes else 0


def _heading(line: str, level: int) -> str:
    return f"\n{'#' * level} {line.strip()}\n" if level else line


def _ruled(page: Page) -> list[tuple[tuple[float, ...], str]]:
    """The ruled tables of a page: their boxes, and themselves in Markdown."""
    found = []
    for table in page.find_tables():
        rows = [[" ".join((cell or "").split()) for cell in row] for row in table.extract()]
        if len(rows) > 1 and len(rows[0]) > 1 and any(any(row) for row in rows):
            found.append((tuple(table.bbox), markdown_table(rows)))
    return found


def _lines(page: Page, tables: Sequence[tuple[tuple[float, ...], str]], levels: Mapping[float, int]) -> Iterator[str]:
    """Yield a page from top to bottom, its tables where they stand."""
    waiting = sorted(tables, key=lambda table: table[0][1])
    boxes = [box for box, _ in tables]
    bottom = 0.0
    for line in page.filter(lambda sign: not any(map(lambda box: _is_in(sign, box), boxes))).extract_text_lines():
        while waiting and waiting[0][0][1] <= line["top"]:
            yield f"\n{waiting.pop(0)[1]}\n"
        if line["top"] - bottom > _PARAGRAPH_GAP * (line["bottom"] - line["top"]):
            yield ""
        yield _heading(line["text"], _level(line, levels))
        bottom = line["bottom"]
    for _, table in waiting:
        yield f"\n{table}\n"


def _is_in(sign: Mapping[str, Any], box: Sequence[float]) -> bool:
    across, down = (sign["x0"] + sign["x1"]) / 2, (sign["top"] + sign["bottom"]) / 2
    return bool(box[0] <= across <= box[2] and box[1] <= down <= box[3])
