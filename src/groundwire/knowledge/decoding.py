"""Bytes of a text file to text, without guessing wildly."""

from __future__ import annotations

import codecs
import re
import unicodedata

# The longer mark first: UTF-32 little endian begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_BREAK = re.compile(r"\r\n?|\x0c|\x0b")
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufeff]")
# Western text in Windows-1252 has a few per cent of bytes over 127; other code pages have most of them there.
_MAX_HIGH_SHARE = 0.25


class UndecodableError(ValueError):
    """The bytes are no text in an encoding that can be told; the message says why and what to do."""


def decode(data: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 or UTF-32 (by byte-order mark), UTF-16 without one, or Windows-1252.

    Raises UndecodableError for binary data and for other encodings.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], encoding)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if encoding := _utf16_without_mark(data):
        return _decoded(data, encoding)
    if not text and data:
        text = _windows_1252(data)
    if len(_CONTROL.findall(text)) > len(text) / 200 or "\x00" in text:
        raise UndecodableError("holds binary data, not text; convert it to Markdown, text or PDF.")
    return text


def tidy(text: str) -> str:
    """Return a text with line feeds for all line breaks, composed characters, and nothing a database refuses."""
    return unicodedata.normalize("NFC", _UNSTORABLE.sub("", _BREAK.sub("\n", text))).strip("\n")


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        reason = f"is marked as {encoding.upper()} but is not valid at byte {error.start}; save it as UTF-8."
        raise UndecodableError(reason) from error


def _utf16_without_mark(data: bytes) -> str:
    """Latin text in UTF-16 has a zero in every other byte."""
    sample = data[:4096]
    pairs = len(sample) // 2
    if not pairs or len(data) % 2:
        return ""
    if sample[1::2].count(0) > 0.7 * pairs and sample[::2].count(0) == 0:
        return "utf-16-le"
    if sample[::2].count(0) > 0.7 * pairs and sample[1::2].count(0) == 0:
        return "utf-16-be"
    return ""


def _windows_1252(data: bytes) -> str:
    high = sum(byte > 127 for byte in data[:65536])
    if high > _MAX_HIGH_SHARE * min(len(data), 65536):
        raise UndecodableError("is neither UTF-8 nor Windows-1252; save it as UTF-8.")
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise UndecodableError("is neither UTF-8 nor Windows-1252; save it as UTF-8.") from error
