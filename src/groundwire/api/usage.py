"""What the documents of a collection were good for lately, and which of them for nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from groundwire.api.collections import COLLECTIONS, READS
from groundwire.api.replies import ERRORS, json_response
from groundwire.api.services import ServicesOf
from groundwire.domain import Label
from groundwire.events.usage import DocumentUsage, DocumentUse, deciding_documents
from groundwire.knowledge.listing import DocumentQuery

router = APIRouter(prefix=f"{COLLECTIONS}/{{collection}}/uses", tags=["documents"], responses=ERRORS)


class UsesQuery(BaseModel):
    """Over how many days up to today, and which page."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    days: int = Field(default=30, ge=1, le=3_650)
    unused: bool = False
    """Only documents that supported and contradicted nothing."""
    limit: int = Field(default=100, ge=1, le=1_000)
    after: str = Field(default="", max_length=600)
    """`next_after` of the page before."""


class UseView(BaseModel):
    """How many claims a document was the best evidence of, by label, and the last day (UTC) on which it was."""

    document_id: str
    supported: int
    contradicted: int
    unsupported: int
    unverified: int
    last_day: date | None


class UsesView(BaseModel):
    """A page of documents, by id, with their use since then; `next_after` is null on the last one."""

    since: datetime
    documents: tuple[UseView, ...]
    total: int
    next_after: str | None


@router.get("", response_model=UsesView, dependencies=READS)
def list_uses(services: ServicesOf, collection: str, query: Annotated[UsesQuery, Query()]) -> Response:
    """The documents of the newest revision, with how often each supported or contradicted a claim."""
    services.store.require(collection)
    since = datetime.now(UTC) - timedelta(days=query.days)
    without = deciding_documents(since) if query.unused else None
    wanted = DocumentQuery(without=without, after=query.after, limit=query.limit)
    page = services.store.listing.page(collection, wanted)
    names = [listed.document.document_id for listed in page.documents]
    uses = DocumentUsage(services.database).of(names, since)
    view = UsesView(
        since=since,
        documents=tuple(_use_view(name, uses.get(name)) for name in names),
        total=page.total,
        next_after=names[-1] if page.total > len(names) else None,
    )
    return json_response(view.model_dump(mode="json"))


def _use_view(document_id: str, use: DocumentUse | None) -> UseView:
    counts = {label.value: use.count(label) if use else 0 for label in Label}
    return UseView(document_id=document_id, last_day=use.last_day.date() if use else None, **counts)
