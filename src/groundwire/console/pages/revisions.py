"""The revisions of a collection: listed, compared with their texts, and restored after a look at what will change."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from groundwire.api.services import Services, ServicesOf
from groundwire.console.pages.knowledge import READS, WRITES, collection_url
from groundwire.console.rendering import page
from groundwire.errors import Conflict, NotFound
from groundwire.knowledge.changes import Line, compare
from groundwire.knowledge.records import Difference

router = APIRouter(prefix="/knowledge/{collection}")

# Comparing texts takes time; the rest is a link away.
_MOST_COMPARED = 10


@router.get("/revisions", dependencies=READS)
def list_revisions(
    request: Request, services: ServicesOf, collection: str, restored: Annotated[int | None, Query()] = None
) -> Response:
    """The revisions that are kept, newest first."""
    revisions = services.store.revisions(collection)
    done = (restored, revisions[0].number) if revisions and restored is not None else None
    return page(request, "knowledge/revisions.html", collection=collection, revisions=revisions, restored=done)


@router.get("/revisions/compare", dependencies=READS)
def compare_revisions(
    request: Request,
    services: ServicesOf,
    collection: str,
    older: int,
    newer: int,
    document: Annotated[str, Query(max_length=600)] = "",
) -> Response:
    """What was added, removed and changed, with the texts of the first few changed documents or of the one named."""
    services.store.require(collection)
    found, compared = _difference(services, collection, older, newer, only=document)
    return page(
        request,
        "knowledge/compare.html",
        collection=collection,
        older=services.store.revision(collection, older),
        newer=services.store.revision(collection, newer),
        found=found,
        compared=compared,
    )


@router.get("/revisions/{number}/restore", dependencies=WRITES)
def ask_to_restore(request: Request, services: ServicesOf, collection: str, number: int) -> Response:
    """Show what restoring would change, and ask."""
    return _question(request, services, collection, number)


@router.post("/revisions/{number}/restore", dependencies=WRITES)
def restore(
    request: Request, services: ServicesOf, collection: str, number: int, newest: Annotated[int, Form()]
) -> Response:
    """Restore a revision, unless somebody changed the collection since the question was shown."""
    services.store.require(collection)
    try:
        services.ingestor.restore(collection, number, newest=newest)
    except Conflict as error:
        return _question(request, services, collection, number, status=error.status, problem=error.message)
    return RedirectResponse(f"{collection_url(collection)}/revisions?restored={number}", 303)


@router.get("/changes/{document_id:path}", dependencies=READS)
def compare_versions(
    request: Request, services: ServicesOf, collection: str, document_id: str, older: int, newer: int
) -> Response:
    """How the text of a document changed from one version to another."""
    services.store.require(collection)
    before, text = services.store.document(collection, document_id, older)
    after, newer_text = services.store.document(collection, document_id, newer)
    lines = compare(text, newer_text)
    return page(request, "knowledge/changes.html", collection=collection, older=before, newer=after, lines=lines)


def _question(
    request: Request, services: Services, collection: str, number: int, *, status: int = 200, problem: str = ""
) -> Response:
    services.store.require(collection)
    newest = services.store.heads()[collection]
    revision = services.store.revision(collection, number)
    if newest is None:
        raise NotFound(f"Collection {collection!r} has no revision yet.", param="revision")
    found, compared = _difference(services, collection, newest.number, number)
    return page(
        request,
        "knowledge/restore.html",
        status=status,
        collection=collection,
        revision=revision,
        newest=newest,
        problem=problem,
        found=found,
        compared=compared,
    )


def _difference(
    services: Services, collection: str, older: int, newer: int, *, only: str = ""
) -> tuple[Difference, dict[str, list[Line] | None]]:
    """What leads from one revision to the other, and the texts of the first changed documents or the `only` one."""
    found = services.store.difference(collection, older, newer)
    chosen = [only] if only in found.changed else found.changed[:_MOST_COMPARED]
    compared: dict[str, list[Line] | None] = {}
    for name in chosen:
        texts = [services.store.document_in(collection, name, number) for number in (older, newer)]
        compared[name] = compare(*(text[1] if text else "" for text in texts))
    return found, compared
