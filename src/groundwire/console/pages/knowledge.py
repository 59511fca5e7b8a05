"""The collections: what there is and in what condition, one more, one less; and a search in each."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from groundwire.api.collection_views import collection_views
from groundwire.api.services import Services, ServicesOf
from groundwire.console.rendering import page
from groundwire.console.texts import marked_words
from groundwire.console.viewer import viewing
from groundwire.errors import BadRequest, Conflict
from groundwire.keys.roles import Permission

KNOWLEDGE = "/console/knowledge"
READS = [Depends(viewing(Permission.READ))]
WRITES = [Depends(viewing(Permission.ADMINISTER))]
router = APIRouter(prefix="/knowledge")
_MOST_HITS = 50
_LONGEST_QUERY = 4_000


# The routes are plain functions where they read the database, so that they run in worker threads.
@router.get("", dependencies=READS)
def list_collections(request: Request, services: ServicesOf) -> Response:
    """All collections."""
    return page(
        request, "knowledge/collections.html", collections=collection_views(services.store), name="", problem=""
    )


@router.post("", dependencies=WRITES)
def create_collection(request: Request, services: ServicesOf, name: Annotated[str, Form()] = "") -> Response:
    """Make an empty collection; a name that can't be had is shown with the reason."""
    try:
        if not services.store.create_collection(name.strip()):
            raise Conflict(f"There is a collection {name.strip()!r} already.", param="name")
    except (BadRequest, Conflict) as error:
        return _collections_page(request, services, status=error.status, name=name[:100], problem=error.message)
    services.knowledge.refresh()
    return RedirectResponse(collection_url(name.strip()), 303)


@router.get("/{collection}/delete", dependencies=WRITES)
def ask_to_delete(request: Request, services: ServicesOf, collection: str) -> Response:
    """Ask before a collection goes for good."""
    services.store.require(collection)
    newest = services.store.heads()[collection]
    return page(request, "knowledge/delete_collection.html", collection=collection, newest=newest)


@router.post("/{collection}/delete", dependencies=WRITES)
def delete_collection(services: ServicesOf, collection: str) -> Response:
    """Delete a collection with all its documents and revisions."""
    services.store.delete_collection(collection)
    services.knowledge.refresh()
    return RedirectResponse(KNOWLEDGE, 303)


@router.get("/{collection}/health", dependencies=READS)
def examine(request: Request, services: ServicesOf, collection: str) -> Response:
    """What an admin should look at; comparing all passages takes up to a few seconds."""
    services.store.require(collection)
    condition = services.knowledge.condition(collection)
    return page(request, "knowledge/health.html", collection=collection, condition=condition)


@router.get("/{collection}/search", dependencies=READS)
def search(
    request: Request,
    services: ServicesOf,
    collection: str,
    q: Annotated[str, Query(max_length=_LONGEST_QUERY)] = "",
    k: Annotated[int, Query(ge=1, le=_MOST_HITS)] = 8,
) -> Response:
    """The passages that a claim or question would be checked against, with the words that were searched for."""
    services.store.require(collection)
    revision, hits = services.knowledge.search(q, (collection,), k) if q.strip() else ("", [])
    found = [(hit, marked_words(hit.passage.text, q)) for hit in hits]
    return page(request, "knowledge/search.html", collection=collection, q=q, k=k, revision=revision, found=found)


def _collections_page(
    request: Request, services: Services, *, status: int = 200, name: str = "", problem: str = ""
) -> Response:
    known = collection_views(services.store)
    return page(request, "knowledge/collections.html", status=status, collections=known, name=name, problem=problem)


def collection_url(collection: str, path: str = "") -> str:
    """Return the URL of a page of a collection."""
    return f"{KNOWLEDGE}/{quote(collection, safe='')}{path}"


def document_url(collection: str, document_id: str) -> str:
    """Return the URL of a document's page; slashes in its id stay readable."""
    return collection_url(collection, f"/documents/{quote(document_id)}")
