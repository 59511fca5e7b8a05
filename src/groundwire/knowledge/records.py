"""What the knowledge base keeps: revisions, documents, and how they differ."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from groundwire.documents.passages import Cut
from groundwire.errors import BadRequest


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of a collection."""

    collection: str
    number: int
    created_at: datetime
    note: str
    documents: int
    passages: int
    embedder: str

    @property
    def name(self) -> str:
        """`collection@number`."""
        return f"{self.collection}@{self.number}"


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """One version of a document, without its text, which has this many characters."""

    version_id: int
    document_id: str
    version: int
    title: str
    url: str | None
    source_name: str
    sha256: str
    characters: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document that is to become a new version: its text, where it came from and how it is cut."""

    document_id: str
    title: str
    text: str
    sha256: str
    source_name: str
    cuts: tuple[Cut, ...]
    url: str | None = None

    def embedded_texts(self) -> list[str]:
        """Return what is embedded for each passage, in the order of the cuts."""
        return [embedded_text(self.title, self.text, piece) for piece in self.cuts]


@dataclass(frozen=True, slots=True)
class FailedDocument:
    """A file that could not be read: its content's hash, why, and since when."""

    document_id: str
    sha256: str
    reason: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Difference:
    """How one revision differs from an earlier one, by document id."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


def embedded_text(title: str, text: str, piece: Cut) -> str:
    """Return what is embedded for a passage: its title and headings, what it leans on, and its words."""
    heading = " > ".join(dict.fromkeys((title, *piece.headings)))
    return "\n".join(part for part in (heading, piece.lead, text[piece.start : piece.end]) if part)


def vector_key(embedded: str) -> str:
    """Return the key under which a text's vector is kept, 32 hexadecimal digits."""
    return hashlib.sha256(embedded.encode()).hexdigest()[:32]


def parts_of(revision: str) -> list[tuple[str, int]]:
    """Return the collections and numbers of `collection@number`, several joined by commas; raises BadRequest."""
    found = []
    for part in filter(None, revision.split(",")):
        name, _, number = part.strip().rpartition("@")
        if not name or not number.isascii() or not number.isdecimal():
            raise BadRequest(f"{part!r:.100} is no revision; name one like 'default@12'.", param="revision")
        found.append((name, int(number)))
    return found
