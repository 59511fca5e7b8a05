"""One document on its way in: from a file or a request to the text and passages that are stored."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from groundwire.documents.passages import cut
from groundwire.errors import DocumentError
from groundwire.knowledge.conversion import ConvertedDocument, convert
from groundwire.knowledge.decoding import tidy
from groundwire.knowledge.names import LONGEST_ID
from groundwire.knowledge.records import NewDocument, StoredDocument


@dataclass(frozen=True, slots=True)
class Upload:
    """The bytes of one document and the id it gets; with `is_text` they are Markdown already and taken as they are."""

    document_id: str
    name: str
    data: bytes
    url: str | None = None
    title: str = ""
    is_text: bool = False

    @property
    def sha256(self) -> str:
        """The hash of the bytes, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()

    def is_stored_as(self, known: StoredDocument | None, sha256: str) -> bool:
        """Whether the stored document says the same already."""
        if known is None or known.sha256 != sha256:
            return False
        return known.url == self.url and (not self.title or known.title == self.title)

    def prepared(self, sha256: str, origin: str, max_bytes: int) -> NewDocument:
        """Return the document as it is stored; raises DocumentError, which names the file and the reason."""
        converted = self._text(max_bytes) if self.is_text else convert(self.data, self.name, max_bytes=max_bytes)
        return NewDocument(
            document_id=self.document_id,
            title=self.title or converted.title,
            text=converted.text,
            sha256=sha256,
            source_name=f"{origin}/{self.name}" if origin else self.name,
            cuts=tuple(cut(converted.text)),
            url=self.url,
        )

    def _text(self, max_bytes: int) -> ConvertedDocument:
        if len(self.data) > max_bytes:
            raise DocumentError(_too_large(self.document_id, max_bytes))
        text = tidy(self.data.decode("utf-8", "replace"))
        if not any(character.isalnum() for character in text):
            raise DocumentError(f"{self.document_id!r} holds no text; check that it was sent whole.")
        return ConvertedDocument(self.title or self.document_id, text)


def files_of(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder and its folders, without hidden ones and those that editors leave while open."""
    for path in sorted(folder.rglob("*")):
        is_hidden = any(part.startswith((".", "~$")) or part.endswith("~") for part in path.relative_to(folder).parts)
        if path.is_file() and not is_hidden:
            yield path


def read_file(path: Path, document_id: str, max_bytes: int) -> Upload:
    """Read a file; raises DocumentError where it is too large or can't be read."""
    if len(document_id) > LONGEST_ID:
        raise DocumentError(f"{document_id[:80]!r}… has a path of more than {LONGEST_ID} characters; shorten it.")
    try:
        if path.stat().st_size > max_bytes:
            raise DocumentError(_too_large(document_id, max_bytes))
        return Upload(document_id, path.name, path.read_bytes())
    except OSError as error:
        raise DocumentError(f"{document_id!r} can't be read: {error.strerror}.") from error


def _too_large(document_id: str, max_bytes: int) -> str:
    return f"{document_id!r} is larger than {max_bytes / 1e6:g} MB; split it or raise server.max_upload_mb."
