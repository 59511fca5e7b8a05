"""Names of documents that come from outside: a relative path, nothing that leads elsewhere or hides something."""

from __future__ import annotations

import re
import unicodedata

from groundwire.errors import BadRequest

LONGEST_ID = 512
_DRIVE = re.compile(r"[A-Za-z]:")


def require_document_id(document_id: str) -> None:
    """Raise BadRequest where this can't be a document's id; ids may hold folders, as in `plans/2026.md`."""
    if problem := _problem(document_id):
        raise BadRequest(f"{document_id[:80]!r} can't name a document: {problem}.", param="document_id")


def _problem(name: str) -> str:
    if not name.strip():
        return "it is empty"
    if len(name) > LONGEST_ID:
        return f"it has more than {LONGEST_ID} characters"
    if any(unicodedata.category(character) in {"Cc", "Cf", "Cs"} for character in name):
        return "it holds control characters"
    if "\\" in name or name.startswith("/") or _DRIVE.match(name):
        return "it must be a relative path with '/' between its parts"
    if any(part.strip() in {"", ".", ".."} for part in name.split("/")):
        return "its parts must not be empty, '.' or '..'"
    return ""
