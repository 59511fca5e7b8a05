"""How documents look to a client, and how it may send them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from groundwire.domain import Passage
from groundwire.errors import DocumentError
from groundwire.knowledge.ingestion import IngestionReport, Result
from groundwire.knowledge.records import StoredDocument
from groundwire.proxy.exchange import error_body

MAX_DOCUMENTS = 1_000


class TextDocument(BaseModel):
    """A document as text or Markdown; one with the same id is replaced."""

    model_config = ConfigDict(extra="forbid")

    id: str
    text: str
    title: str = Field(default="", max_length=1_000)
    url: str | None = Field(default=None, max_length=2_000)


class TextDocuments(BaseModel):
    """Several documents at once."""

    model_config = ConfigDict(extra="forbid")

    documents: tuple[TextDocument, ...] = Field(min_length=1, max_length=MAX_DOCUMENTS)


class Replacement(BaseModel):
    """The new text of a document."""

    model_config = ConfigDict(extra="forbid")

    text: str
    title: str = Field(default="", max_length=1_000)
    url: str | None = Field(default=None, max_length=2_000)


class DocumentListQuery(BaseModel):
    """Which revision (the newest by default), and which page."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    revision: int | None = Field(default=None, ge=0)
    limit: int = Field(default=100, ge=1, le=1_000)
    after: str = Field(default="", max_length=600)
    """`next_after` of the page before."""


class DocumentView(BaseModel):
    """One version of a document, without its text, which has this many characters."""

    model_config = ConfigDict(from_attributes=True)

    document_id: str
    version: int
    title: str
    url: str | None
    source_name: str
    sha256: str
    characters: int
    created_at: datetime


class DocumentList(BaseModel):
    """A page of documents; `next_after` is null on the last one."""

    documents: tuple[DocumentView, ...]
    total: int
    next_after: str | None


class PassageView(BaseModel):
    """A passage's place in the text, and the headings above it."""

    model_config = ConfigDict(from_attributes=True)

    start: int
    end: int
    headings: tuple[str, ...]


class DocumentDetail(DocumentView):
    """A document with its stored text, Markdown whatever it came as, and its passages."""

    text: str
    passages: tuple[PassageView, ...]


class OutcomeView(BaseModel):
    """What became of one document; `reason` says why a failed one failed."""

    document_id: str
    result: Result
    reason: str | None


class UploadReply(BaseModel):
    """What became of each document; `revision` is null when nothing changed."""

    collection: str
    revision: int | None
    outcomes: tuple[OutcomeView, ...]


class Removal(BaseModel):
    """A document that was removed, and the revision from which on it is."""

    document_id: str
    revision: int


def document_list(documents: Sequence[StoredDocument], query: DocumentListQuery) -> DocumentList:
    """Return the page that was asked for of documents in the order of their ids."""
    rest = [document for document in documents if document.document_id > query.after]
    page = rest[: query.limit]
    return DocumentList(
        documents=tuple(map(DocumentView.model_validate, page)),
        total=len(documents),
        next_after=page[-1].document_id if len(rest) > len(page) else None,
    )


def document_detail(document: StoredDocument, text: str, passages: Sequence[Passage]) -> DocumentDetail:
    """Return a document with all its text."""
    view = DocumentView.model_validate(document)
    places = tuple(map(PassageView.model_validate, passages))
    return DocumentDetail(**view.model_dump(), text=text, passages=places)


def upload_reply(report: IngestionReport) -> dict[str, object]:
    """Return the reply to an upload as plain values; where every document failed it is an error besides."""
    outcomes = [
        OutcomeView(document_id=outcome.document_id, result=outcome.result, reason=outcome.reason or None)
        for outcome in report.outcomes
    ]
    number = report.revision.number if report.revision else None
    reply = UploadReply(collection=report.collection, revision=number, outcomes=tuple(outcomes))
    plain: dict[str, object] = reply.model_dump(mode="json")
    if len(report.failed) == len(report.outcomes):
        plain |= error_body(DocumentError(" ".join(outcome.reason for outcome in report.failed)[:2_000]))
    return plain


def _body(files: dict[str, object], texts: dict[str, object]) -> dict[str, object]:
    """For `openapi_extra`: the body is read by hand, since it comes in two kinds."""
    form = {"type": "object", "properties": {"files": files}, "required": ["files"]}
    content = {"multipart/form-data": {"schema": form}, "application/json": {"schema": texts}}
    return {"requestBody": {"required": True, "content": content}}


_FILE: dict[str, object] = {"type": "string", "format": "binary"}
_TEXTS: dict[str, object] = {"type": "array", "items": TextDocument.model_json_schema(), "maxItems": MAX_DOCUMENTS}
DOCUMENTS_BODY = _body(
    {"type": "array", "items": _FILE},
    {"type": "object", "properties": {"documents": _TEXTS}, "required": ["documents"]},
)
DOCUMENT_BODY = _body(_FILE, Replacement.model_json_schema())
