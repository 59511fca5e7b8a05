"""HTML, PDF and Office files to Markdown; runs in the worker process, for such files may be hostile."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundwire.knowledge.pdf import with_structure
from groundwire.knowledge.spreadsheets import workbook_to_markdown

if TYPE_CHECKING:
    from markitdown import DocumentConverter

_BLANK_HEADER = re.compile(r"^\|(?:[ ]*+\|)++\n(\|[ :|-]++)\n(\|.+)$", re.MULTILINE)
_IMAGE = re.compile(r"!\[([^\]\n]{0,500})\]\([^)\n]{0,2000}\)")
_COMMENT = re.compile(r"<!--[^\n]{0,200}?-->")
_CORE_TITLE = re.compile(rb"<dc:title[^>]{0,200}>([^<]{1,500})</dc:title>")
_OPENING = re.compile(r"<(?:li|d[dt]|t[dhr]|p|option)\b", re.IGNORECASE)
_CLOSING = re.compile(r"</(?:li|d[dt]|t[dhr]|p|option)\b", re.IGNORECASE)
_HTML_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{1,500})</title", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Extracted:
    """The Markdown of a document and the title its properties name, empty where they name none."""

    text: str
    title: str = ""


class PasswordNeeded(ValueError):
    """The document can only be opened with a password."""


def extract(suffix: str, data: bytes) -> Extracted:
    """Return what a file says; libraries' own errors pass through, whatever they are.

    `data` of .html is UTF-8. Raises PasswordNeeded for an encrypted PDF.
    """
    found = EXTRACTORS[suffix](data)
    text = _COMMENT.sub("", _IMAGE.sub(r"\1", found.text))
    return Extracted(_BLANK_HEADER.sub(r"\2\n\1", text), found.title)


def _pdf(data: bytes) -> Extracted:
    from markitdown.converters import PdfConverter
    from pdfminer.pdfdocument import PDFDocument, PDFPasswordIncorrect
    from pdfminer.pdfparser import PDFParser
    from pdfminer.utils import decode_text

    try:
        properties = PDFDocument(PDFParser(io.BytesIO(data))).info
    except PDFPasswordIncorrect as error:
        raise PasswordNeeded from error
    title = next((entry["Title"] for entry in properties if isinstance(entry.get("Title"), bytes)), b"")
    return Extracted(with_structure(data, _markdown(PdfConverter, data, ".pdf")), decode_text(title))


def _docx(data: bytes) -> Extracted:
    from markitdown.converters import DocxConverter

    return Extracted(_markdown(DocxConverter, data, ".docx"), _core_title(data))


def _pptx(data: bytes) -> Extracted:
    from markitdown.converters import PptxConverter

    return Extracted(_markdown(PptxConverter, data, ".pptx"), _core_title(data))


def _xlsx(data: bytes) -> Extracted:
    return Extracted(workbook_to_markdown(data), _core_title(data))


def _html(data: bytes) -> Extracted:
    from markitdown.converters import HtmlConverter

    page = data.decode("utf-8")
    title = _HTML_TITLE.search(page)
    markdown: str = HtmlConverter().convert_string(_mended(page)).markdown
    return Extracted(markdown, html.unescape(title.group(1)) if title else "")


def _mended(page: str) -> str:
    """The converter wants end tags, which HTML lets authors leave out, and takes a bar in a cell for its edge."""
    is_open = len(_OPENING.findall(page)) > len(_CLOSING.findall(page))
    if not is_open and "|" not in page:
        return page
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(page, "lxml" if is_open else "html.parser")
    for words in soup.find_all(string=lambda words: words is not None and "|" in words):
        if words.find_parent(["td", "th"]):
            words.replace_with(words.replace("|", r"\|"))
    return str(soup)


def _markdown(converter: type[DocumentConverter], data: bytes, suffix: str) -> str:
    from markitdown import StreamInfo

    return converter().convert(io.BytesIO(data), StreamInfo(extension=suffix)).markdown


def _core_title(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if "docProps/core.xml" not in archive.namelist():
            return ""
        found = _CORE_TITLE.search(archive.read("docProps/core.xml"))
    return html.unescape(found.group(1).decode("utf-8", "replace")) if found else ""


EXTRACTORS: dict[str, Callable[[bytes], Extracted]] = {
    ".docx": _docx,
    ".htm": _html,
    ".html": _html,
    ".pdf": _pdf,
    ".pptx": _pptx,
    ".xlsx": _xlsx,
}
