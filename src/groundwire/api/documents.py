"""The documents of a collection: upload, list, read, replace, remove."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from groundwire.api.collections import COLLECTIONS, READS, WRITES
from groundwire.api.document_views import (
    DOCUMENT_BODY,
    DOCUMENTS_BODY,
    DocumentDetail,
    DocumentList,
    DocumentListQuery,
    Removal,
    UploadReply,
    document_detail,
    document_list,
    upload_reply,
)
from groundwire.api.replies import ERRORS, json_response
from groundwire.api.services import ServicesOf
from groundwire.api.uploads import Received, received
from groundwire.errors import BadRequest, DocumentError, NotFound
from groundwire.knowledge.ingestion import FileOutcome, IngestionReport, Ingestor, Result, Upload
from groundwire.knowledge.names import require_document_id

router = APIRouter(prefix=f"{COLLECTIONS}/{{collection}}/documents", tags=["documents"], responses=ERRORS)


@router.get("", response_model=DocumentList, dependencies=READS)
def list_documents(services: ServicesOf, collection: str, query: Annotated[DocumentListQuery, Query()]) -> Response:
    """A page of the documents in a revision, by id."""
    services.store.require(collection)
    documents = services.store.documents(collection, query.revision)
    return json_response(document_list(documents, query).model_dump(mode="json"))


@router.post("", response_model=UploadReply, dependencies=WRITES, openapi_extra=DOCUMENTS_BODY)
async def upload_documents(services: ServicesOf, collection: str, request: Request) -> Response:
    """Add or replace documents as one revision; one that can't be read does not keep the others out.

    The status is 422 when none could be read.
    """
    await run_in_threadpool(services.store.require, collection)
    found = await received(request)
    report = await services.database.run(ingest, services.ingestor, collection, found)
    is_refused = len(report.failed) == len(report.outcomes)
    return json_response(upload_reply(report), DocumentError.status if is_refused else 200)


@router.get("/{document_id:path}", response_model=DocumentDetail, dependencies=READS)
def read_document(
    services: ServicesOf, collection: str, document_id: str, version: Annotated[int | None, Query(ge=1)] = None
) -> Response:
    """A document with its stored text and the places of its passages: the current version, or the one asked for."""
    services.store.require(collection)
    document, text = services.store.document(collection, document_id, version)
    passages = services.store.passages.of(document.version_id)
    return json_response(document_detail(document, text, passages).model_dump(mode="json"))


@router.put("/{document_id:path}", response_model=UploadReply, dependencies=WRITES, openapi_extra=DOCUMENT_BODY)
async def replace_document(services: ServicesOf, collection: str, document_id: str, request: Request) -> Response:
    """Add or replace one document; the old version stays readable by its number."""
    require_document_id(document_id)
    await run_in_threadpool(services.store.require, collection)
    found = await received(request, document_id)
    if len(found.uploads) + len(found.refused) != 1:
        raise BadRequest("Send exactly one document to replace one.", param="documents")
    report = await services.database.run(ingest, services.ingestor, collection, found)
    for outcome in report.failed:
        raise DocumentError(outcome.reason)
    return json_response(upload_reply(report))


@router.delete("/{document_id:path}", dependencies=WRITES)
def remove_document(services: ServicesOf, collection: str, document_id: str) -> Removal:
    """Remove a document; older revisions keep it. One from the watched folder comes back unless its file goes too."""
    services.store.require(collection)
    revision = services.ingestor.remove([document_id], collection)
    if revision is None:
        raise NotFound(f"No document {document_id[:200]!r} in collection {collection!r}.", param="document_id")
    return Removal(document_id=document_id, revision=revision.number)


def ingest(ingestor: Ingestor, collection: str, found: Received) -> IngestionReport:
    """Ingest what may be ingested, and report on the rest beside it."""
    refused = tuple(FileOutcome(name, Result.FAILED, reason) for name, reason in found.refused)
    uploads: Sequence[Upload] = found.uploads
    if not uploads:
        return IngestionReport(collection, refused, None)
    report = ingestor.ingest_uploads(uploads, collection)
    return IngestionReport(collection, (*report.outcomes, *refused), report.revision)
