"""The collections: what there is, how it changed, what is found in it, and in what condition it is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from groundwire.api.authentication import requires
from groundwire.api.collection_views import (
    CollectionList,
    CollectionRequest,
    CollectionView,
    ConditionView,
    DifferenceView,
    RevisionList,
    RevisionView,
    SearchQuery,
    SearchReply,
    collection_view,
    collection_views,
    condition_view,
    hit_view,
    revision_view,
)
from groundwire.api.replies import ERRORS, PREFIX, json_response
from groundwire.api.services import ServicesOf
from groundwire.errors import Conflict
from groundwire.keys.roles import Permission

COLLECTIONS = f"{PREFIX}/collections"
READS = [Depends(requires(Permission.READ))]
WRITES = [Depends(requires(Permission.ADMINISTER))]
router = APIRouter(prefix=COLLECTIONS, tags=["collections"], responses=ERRORS)


# The routes are plain functions, so that the framework runs them in worker threads: they read the database.
@router.get("", dependencies=READS)
def list_collections(services: ServicesOf) -> CollectionList:
    """All collections."""
    return CollectionList(collections=tuple(collection_views(services.store)))


@router.post("", status_code=201, dependencies=WRITES)
def create_collection(services: ServicesOf, request: CollectionRequest) -> CollectionView:
    """Make an empty collection."""
    if not services.store.create_collection(request.name):
        raise Conflict(f"There is a collection {request.name!r} already.", param="name")
    services.knowledge.refresh()
    return collection_view(request.name, None, 0)


@router.delete("/{collection}", status_code=204, dependencies=WRITES)
def delete_collection(services: ServicesOf, collection: str) -> None:
    """Delete a collection with all its documents and revisions, for good."""
    services.store.delete_collection(collection)
    services.knowledge.refresh()


@router.get("/{collection}/revisions", dependencies=READS)
def list_revisions(services: ServicesOf, collection: str) -> RevisionList:
    """The revisions that can be restored."""
    return RevisionList(revisions=tuple(map(revision_view, services.store.revisions(collection))))


@router.get("/{collection}/revisions/{number}/diff", dependencies=READS)
def compare_revisions(
    services: ServicesOf, collection: str, number: int, since: Annotated[int | None, Query()] = None
) -> DifferenceView:
    """What changed between revision `since` (the one before by default) and this one."""
    services.store.require(collection)
    older = number - 1 if since is None else since
    found = services.store.difference(collection, older, number)
    return DifferenceView(older=older, newer=number, added=found.added, removed=found.removed, changed=found.changed)


@router.post("/{collection}/revisions/{number}/restore", dependencies=WRITES)
def restore_revision(
    services: ServicesOf, collection: str, number: int, newest: Annotated[int | None, Query()] = None
) -> RevisionView:
    """Make a new revision with the content of this one; with `newest` only where no newer one was made meanwhile."""
    services.store.require(collection)
    return revision_view(services.ingestor.restore(collection, number, newest=newest))


@router.get("/{collection}/search", response_model=SearchReply, dependencies=READS)
def search(services: ServicesOf, collection: str, query: Annotated[SearchQuery, Query()]) -> Response:
    """The passages that a claim or question would be checked against."""
    services.store.require(collection)
    revision, hits = services.knowledge.search(query.q, (collection,), query.k)
    reply = SearchReply(revision=revision, hits=tuple(map(hit_view, hits)))
    return json_response(reply.model_dump(mode="json"))


@router.get("/{collection}/health", response_model=ConditionView, dependencies=READS)
def examine(services: ServicesOf, collection: str) -> Response:
    """Files that failed, documents without passages, and passages that say nearly the same."""
    services.store.require(collection)
    return json_response(condition_view(services.knowledge.condition(collection)).model_dump(mode="json"))
