"""Files to Markdown: every format that documents come in, and a plain reason for each that can't be read."""

from __future__ import annotations

import codecs
import csv
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

from groundwire.documents.blocks import BlockKind, parse, plain
from groundwire.errors import DocumentError
from groundwire.knowledge.decoding import UndecodableError, decode, tidy
from groundwire.knowledge.extraction import EXTRACTORS, Extracted
from groundwire.knowledge.structured import json_to_markdown
from groundwire.knowledge.tables import csv_to_markdown
from groundwire.knowledge.worker import Worker, WorkerError

_TEXT = frozenset({".csv", ".htm", ".html", ".json", ".markdown", ".md", ".tsv", ".txt"})
# What a file's first heading names is its title, except where headings are made from sheets and keys.
_HAS_HEADINGS = frozenset({".docx", ".htm", ".html", ".markdown", ".md", ".pdf", ".pptx", ".txt"})
_OFFICE_FOLDERS = {".docx": "word/", ".pptx": "ppt/", ".xlsx": "xl/"}
_SIGNATURES = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or Office file"),
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x7fELF", "a program"),
    (b"{\\rtf", "an RTF document"),
)
SUFFIXES = frozenset(_TEXT | EXTRACTORS.keys())
_OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NEWER = {".doc": ".docx", ".ppt": ".pptx", ".xls": ".xlsx"}
_MAX_UNPACKED = 400_000_000
_MAX_ENTRIES = 20_000
_MAX_NAME = 120
_FRONT_MATTER = re.compile(r"\A---[ \t]*+\n(?=[\w-]+:)((?:[^\n]++\n){1,200}?)(?:---|\.\.\.)[ \t]*+(?:\n|\Z)")
_FRONT_TITLE = re.compile(r"^title:[ \t]*[\"']?(.{1,300}?)[\"']?[ \t]*$", re.MULTILINE)
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset=[\"']?([\w-]{2,30})", re.IGNORECASE)
_worker = Worker()


@dataclass(frozen=True, slots=True)
class ConvertedDocument:
    """A document's title and its text as Markdown, with line feeds as line breaks."""

    title: str
    text: str


def convert(data: bytes, name: str, *, max_bytes: int, timeout_s: float = 60) -> ConvertedDocument:
    """Return a file as Markdown; its title is its first heading, else its title property, else its name.

    The name's ending (one of SUFFIXES) says what the file is. HTML, PDF and Office files are read in a process of its
    own, which is ended when one takes longer than `timeout_s` seconds. Raises DocumentError, which names the file, the
    reason and what to do, for every file that can't be read or has no text.
    """
    shown = safe_name(name)
    suffix = PurePosixPath(shown).suffix.lower()
    try:
        _check(data, suffix, max_bytes)
        found = _extracted(data, suffix, timeout_s)
        text = tidy(found.text)
        if not any(character.isalnum() for character in text):
            raise _Refused(_no_text(suffix))
    except (_Refused, UndecodableError, WorkerError) as error:
        raise DocumentError(f"{shown!r} {error}") from error
    return ConvertedDocument(_title(text, suffix, found.title) or _from_name(shown), text)


def safe_name(name: str) -> str:
    """Return a file name to show and to store: no folders, no control or direction marks, at most 120 characters."""
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(character for character in last if unicodedata.category(character)[0] != "C")
    kept = " ".join(kept.split()) if kept.strip(". ") else ""
    if len(kept) > _MAX_NAME:
        suffix = PurePosixPath(kept).suffix[:20]
        kept = kept[: _MAX_NAME - len(suffix) - 1] + "…" + suffix
    return kept or "document"


class _Refused(ValueError):
    """Why a file is not read, as the end of a sentence that begins with its name."""


def _check(data: bytes, suffix: str, max_bytes: int) -> None:
    if suffix in _NEWER:
        raise _Refused(f"is in a format from before 2007; save it as {_NEWER[suffix]}.")
    if suffix not in SUFFIXES:
        known = ", ".join(sorted(SUFFIXES))
        raise _Refused(f"has the unsupported ending {suffix!r}; convert it to one of {known}.")
    if not data:
        raise _Refused("is empty; check that it was saved and sent whole.")
    if len(data) > max_bytes:
        raise _Refused(f"has {len(data)} bytes, more than the {max_bytes} allowed; split it or raise the limit.")
    _check_kind(data, suffix)
    if suffix in _OFFICE_FOLDERS:
        _check_archive(data, suffix)


def _check_kind(data: bytes, suffix: str) -> None:
    """What a file is must agree with what its name says."""
    expected = {".pdf": b"%PDF-"} | dict.fromkeys(_OFFICE_FOLDERS, b"PK\x03\x04")
    wanted = expected.get(suffix)
    if wanted and wanted in data[:1024]:
        return
    if data.startswith(_OLD_OR_LOCKED):
        raise _Refused("is an Office file with a password or from before 2007; save it anew without a password.")
    kind = next((kind for signature, kind in _SIGNATURES if data.startswith(signature)), "")
    if kind:
        raise _Refused(f"ends in {suffix} but is {kind}; give it its right ending, or save it as a real {suffix} file.")
    if wanted:
        raise _Refused(f"ends in {suffix} but is no such file, or a broken one; open it, save it anew and try again.")


def _check_archive(data: bytes, suffix: str) -> None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise _Refused("is broken or was cut off; open it, save it anew and try again.") from error
    if len(entries) > _MAX_ENTRIES or sum(entry.file_size for entry in entries) > _MAX_UNPACKED:
        raise _Refused(f"unpacks to more than {_MAX_UNPACKED // 10**6} MB; split it or save it as text.")
    if not any(entry.filename.startswith(_OFFICE_FOLDERS[suffix]) for entry in entries):
        raise _Refused(f"ends in {suffix} but holds something else; give it its right ending.")


def _extracted(data: bytes, suffix: str, timeout_s: float) -> Extracted:
    if suffix in {".html", ".htm"}:
        return _worker.extract(suffix, _html_text(data).encode("utf-8", "replace"), timeout_s)
    if suffix in EXTRACTORS:
        return _worker.extract(suffix, data, timeout_s)
    text = decode(data).replace("\r\n", "\n")
    if suffix in {".csv", ".tsv"}:
        return Extracted(_csv(text))
    if suffix == ".json":
        return Extracted(_json(text))
    if matter := _FRONT_MATTER.match(text):
        title = _FRONT_TITLE.search(matter.group(1))
        return Extracted(text[matter.end() :], title.group(1) if title else "")
    return Extracted(text)


def _html_text(data: bytes) -> str:
    """A page may name its encoding itself."""
    named = _CHARSET.search(data[:2048])
    # A page that could be read this far is not in UTF-16, whatever it says.
    if not named or named.group(1).lower().startswith(b"utf") or data.startswith(codecs.BOM_UTF8):
        return decode(data)
    try:
        return data.decode(named.group(1).decode("ascii"))
    except (LookupError, UnicodeError):
        return decode(data)


def _csv(text: str) -> str:
    try:
        return csv_to_markdown(text)
    except csv.Error as error:
        raise _Refused(f"is no readable table ({error}); save it anew as CSV.") from error


def _json(text: str) -> str:
    try:
        return json_to_markdown(text)
    except RecursionError as error:
        raise _Refused("is nested too deeply; flatten it.") from error
    except ValueError as error:
        raise _Refused(f"is not valid JSON ({error}); correct it there.") from error


def _no_text(suffix: str) -> str:
    if suffix == ".pdf":
        return "holds no text, as a scan does; run text recognition (OCR) over it."
    return "holds no text; check that it was saved whole."


def _title(text: str, suffix: str, property_title: str) -> str:
    headings = (block for block in parse(text) if block.kind is BlockKind.HEADING) if suffix in _HAS_HEADINGS else ()
    titles = (plain(text[block.content : block.content_end]) for block in headings)
    return next(filter(None, titles), "") or " ".join(tidy(property_title).split())


def _from_name(name: str) -> str:
    return " ".join(re.sub(r"[-_]+", " ", PurePosixPath(name).stem).split()) or name
