"""One collection and its documents: found, sorted, read, with what each was good for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from groundwire.api.services import Services, ServicesOf
from groundwire.console.pages.knowledge import READS, document_url
from groundwire.console.rendering import page
from groundwire.console.rendering import query as query_text
from groundwire.console.texts import part_of
from groundwire.domain import Label
from groundwire.errors import NotFound
from groundwire.events.usage import DocumentUsage, deciding_documents
from groundwire.knowledge.conversion import SUFFIXES
from groundwire.knowledge.ingestion import FileOutcome
from groundwire.knowledge.listing import DocumentOrder, DocumentQuery, KeptVersion

router = APIRouter()

# How far back the use of documents is counted.
USE_DAYS = 30
_PER_PAGE = 50
_MOST_CLAIMS = 5


class ListQuery(BaseModel):
    """What of a collection is shown."""

    model_config = ConfigDict(extra="ignore")

    q: str = Field(default="", max_length=500)
    use: str = Field(default="", pattern="^(unused)?$")
    sort: DocumentOrder = DocumentOrder.ID
    order: str = Field(default="up", pattern="^(up|down)$")
    page: int = Field(default=1, ge=1, le=1_000_000)

    def url(self, **changes: object) -> str:
        """Return the query of the same list with changes; what is as by default is left out."""
        values = {**self.model_dump(mode="json"), "page": 1, **changes}
        kept = {name: value for name, value in values.items() if value != ListQuery.model_fields[name].default}
        return f"?{urlencode(kept)}" if kept else "?"


class PlaceQuery(BaseModel):
    """Which version of a document, which range of it is quoted, and which part of a long one is shown."""

    model_config = ConfigDict(extra="ignore")

    version: int | None = Field(default=None, ge=1)
    start: int | None = Field(default=None, ge=0)
    end: int | None = Field(default=None, ge=0)
    part: int | None = Field(default=None, ge=1)

    @property
    def quote(self) -> tuple[int, int] | None:
        """The quoted range of the text, None where none is asked for."""
        return (self.start, self.end) if self.start is not None and self.end is not None else None


def since() -> datetime:
    """Return from when on the use of documents is counted."""
    return datetime.now(UTC) - timedelta(days=USE_DAYS)


@router.get("/knowledge/{collection}", dependencies=READS)
def list_documents(
    request: Request, services: ServicesOf, collection: str, query: Annotated[ListQuery, Query()]
) -> Response:
    """The documents of a collection, its failed files, and where to drop new ones."""
    return collection_page(request, services, collection, query)


def collection_page(
    request: Request,
    services: Services,
    collection: str,
    query: ListQuery,
    *,
    status: int = 200,
    outcomes: Sequence[FileOutcome] = (),
    problem: str = "",
) -> Response:
    """Return the page of a collection, after an upload with its outcomes or the problem with it."""
    services.store.require(collection)
    without = deciding_documents(since()) if query.use else None
    wanted = DocumentQuery(
        query.q, query.sort, query.order == "down", without, limit=_PER_PAGE, offset=(query.page - 1) * _PER_PAGE
    )
    found = services.store.listing.page(collection, wanted)
    names = [listed.document.document_id for listed in found.documents]
    return page(
        request,
        "knowledge/collection.html",
        status=status,
        collection=collection,
        newest=services.store.heads()[collection],
        query=query,
        found=found,
        pages=max(1, -(-found.total // _PER_PAGE)),
        uses=DocumentUsage(services.database).of(names, since()),
        days=USE_DAYS,
        failed=services.store.failures.of(collection),
        max_bytes=services.ingestor.max_bytes,
        endings=sorted(SUFFIXES),
        outcomes=outcomes,
        problem=problem,
    )


@router.get("/knowledge/{collection}/documents/{document_id:path}", dependencies=READS)
def read_document(
    request: Request, services: ServicesOf, collection: str, document_id: str, place: Annotated[PlaceQuery, Query()]
) -> Response:
    """A document's text in its passages, its versions, and what it supported and contradicted lately."""
    versions, shown = version_of(services, collection, document_id, place.version)
    document, text = services.store.document(collection, document_id, shown.document.version)
    passages = services.store.passages.of(document.version_id)
    is_asked = place.version in (None, document.version)
    quoted = place.quote if is_asked and place.quote and place.quote[1] <= len(text) else None
    usage = DocumentUsage(services.database)
    return page(
        request,
        "knowledge/document.html",
        collection=collection,
        document=document,
        is_current=shown.is_current,
        asked=place,
        is_asked=is_asked,
        quoted=text[slice(*quoted)] if quoted else "",
        part=part_of(passages, place.part, quoted),
        passages=len(passages),
        versions=versions,
        use=usage.of([document_id], since()).get(document_id),
        days=USE_DAYS,
        lately={
            label: usage.recent(document_id, label, _MOST_CLAIMS) for label in (Label.CONTRADICTED, Label.SUPPORTED)
        },
        max_bytes=services.ingestor.max_bytes,
    )


@router.get("/documents/{document_id:path}", dependencies=READS)
def find_document(
    request: Request,
    services: ServicesOf,
    document_id: str,
    collections: Annotated[str, Query(alias="in", max_length=2_000)] = "",
    version: int | None = None,
) -> Response:
    """Lead to a document of which only the collections are known that it may be in, as evidence of a claim does."""
    known = services.store.collection_names()
    asked = [name for name in collections.split(",") if name in known]
    found = [name for name in asked or known if _has(services, name, document_id, version)]
    if not found:
        places = ", ".join(asked or known) or "no collection"
        message = (
            f"{document_id[:200]!r} is not in the knowledge base ({places}). It was deleted, or came with a request."
        )
        raise NotFound(message, param="document_id")
    kept = [(name, value) for name, value in request.query_params.multi_items() if name in PlaceQuery.model_fields]
    anchor = "#quote" if "start" in request.query_params else ""
    return RedirectResponse(f"{document_url(found[0], document_id)}{query_text(kept)}{anchor}", 303)


@router.get("/knowledge/{collection}/text/{document_id:path}", dependencies=READS)
def download(
    services: ServicesOf, collection: str, document_id: str, version: Annotated[int | None, Query(ge=1)] = None
) -> Response:
    """The stored text of a document, as a file."""
    services.store.require(collection)
    _, text = services.store.document(collection, document_id, version)
    name = document_id.rpartition("/")[2]
    name = name if name.lower().endswith((".md", ".txt", ".markdown")) else f"{name}.md"
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(text.encode("utf-8", "replace"), media_type="text/plain; charset=utf-8", headers=headers)


def _has(services: Services, collection: str, document_id: str, version: int | None) -> bool:
    versions = services.store.listing.versions(collection, document_id)
    return any(version in (None, kept.document.version) for kept in versions)


def version_of(
    services: Services, collection: str, document_id: str, version: int | None
) -> tuple[list[KeptVersion], KeptVersion]:
    """Return the kept versions of a document, and the one to show: the one asked for, else the current or newest one.

    Raises NotFound where no version is kept.
    """
    services.store.require(collection)
    versions = services.store.listing.versions(collection, document_id)
    if not versions:
        raise NotFound(f"No document {document_id[:200]!r} in collection {collection!r}.", param="document_id")
    wanted = [kept for kept in versions if kept.document.version == version]
    current = [kept for kept in versions if kept.is_current]
    return versions, next(iter((*wanted, *current, *versions)))
