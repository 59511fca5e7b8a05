"""Changes of a collection by plain forms: upload, replace, delete, dismiss a failure; scripts use the API instead."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from groundwire.api.documents import ingest
from groundwire.api.services import Services, ServicesOf
from groundwire.api.uploads import received
from groundwire.console.pages.documents import USE_DAYS, ListQuery, collection_page, since
from groundwire.console.pages.knowledge import WRITES, collection_url, document_url
from groundwire.console.rendering import page
from groundwire.errors import BadRequest, Conflict, DocumentError, NotFound
from groundwire.events.usage import DocumentUsage
from groundwire.knowledge.records import StoredDocument

router = APIRouter(prefix="/knowledge/{collection}", dependencies=WRITES)


@router.post("/documents")
async def upload(request: Request, services: ServicesOf, collection: str) -> Response:
    """Add or replace documents as one revision; the page then says what became of each."""
    render = partial(collection_page, request, services, collection, ListQuery())
    async with request.form():
        await run_in_threadpool(services.store.require, collection)
        try:
            report = await services.database.run(ingest, services.ingestor, collection, await received(request))
        except (BadRequest, Conflict) as error:
            return await run_in_threadpool(partial(render, status=error.status, problem=error.message))
    status = DocumentError.status if len(report.failed) == len(report.outcomes) else 200
    return await run_in_threadpool(partial(render, status=status, outcomes=report.outcomes))


@router.post("/replace/{document_id:path}")
async def replace(request: Request, services: ServicesOf, collection: str, document_id: str) -> Response:
    """Put a file in a document's place, unless somebody changed the document since the form was shown."""
    async with request.form() as form:
        await run_in_threadpool(_require_version, services, collection, document_id, str(form.get("version", "")))
        found = await received(request, document_id)
    if len(found.uploads) + len(found.refused) != 1:
        raise BadRequest("Choose exactly one file.", param="files")
    report = await services.database.run(ingest, services.ingestor, collection, found)
    for outcome in report.failed:
        raise DocumentError(outcome.reason)
    return RedirectResponse(document_url(collection, document_id), 303)


@router.get("/delete/{document_id:path}")
def ask_to_delete(request: Request, services: ServicesOf, collection: str, document_id: str) -> Response:
    """Ask before a document goes, and say what it was good for."""
    services.store.require(collection)
    document, _ = services.store.document(collection, document_id)
    use = DocumentUsage(services.database).of([document_id], since()).get(document_id)
    template = "knowledge/delete_document.html"
    return page(request, template, collection=collection, document=document, use=use, days=USE_DAYS)


@router.post("/delete/{document_id:path}")
def delete(services: ServicesOf, collection: str, document_id: str, version: Annotated[str, Form()]) -> Response:
    """Take a document out, unless somebody changed it since the question was shown."""
    _require_version(services, collection, document_id, version)
    if services.ingestor.remove([document_id], collection) is None:
        raise NotFound(f"No document {document_id[:200]!r} in collection {collection!r}.", param="document_id")
    return RedirectResponse(f"{collection_url(collection)}#documents", 303)


@router.post("/dismiss")
def dismiss(services: ServicesOf, collection: str, document_id: Annotated[str, Form()]) -> Response:
    """Forget that a file could not be read; a last good version of it stays."""
    services.store.require(collection)
    services.store.failures.replace(collection, [], [document_id])
    return RedirectResponse(f"{collection_url(collection)}#documents", 303)


def _require_version(services: Services, collection: str, document_id: str, version: str) -> None:
    services.store.require(collection)
    current: StoredDocument = services.store.document(collection, document_id)[0]
    if version != str(current.version):
        raise Conflict(
            f"Somebody replaced {document_id[:200]!r} meanwhile: it is at version {current.version} by now. Go back, "
            "load its page anew and look before you change it."
        )
