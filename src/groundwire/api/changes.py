"""How the text of a document changed from one revision of its collection to another."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict

from groundwire.api.collections import COLLECTIONS, READS
from groundwire.api.replies import ERRORS, json_response
from groundwire.api.services import ServicesOf
from groundwire.errors import NotFound
from groundwire.knowledge.changes import Kind, compare

router = APIRouter(prefix=f"{COLLECTIONS}/{{collection}}/revisions", tags=["collections"], responses=ERRORS)


class PieceView(BaseModel):
    """A part of a line; `is_changed` where the other text has other words in its place."""

    model_config = ConfigDict(from_attributes=True)

    text: str
    is_changed: bool


class LineView(BaseModel):
    """A line that stayed, went or came; one that is `skipped` stands for `count` lines that stayed."""

    model_config = ConfigDict(from_attributes=True)

    kind: Kind
    pieces: tuple[PieceView, ...]
    count: int


class ChangesView(BaseModel):
    """How a document's text changed between two revisions, by the versions they show.

    A version is null where its revision has no such document; `lines` is null where the texts are too long to compare.
    """

    document_id: str
    older: int
    newer: int
    older_version: int | None
    newer_version: int | None
    lines: tuple[LineView, ...] | None


@router.get("/{number}/diff/{document_id:path}", response_model=ChangesView, dependencies=READS)
def compare_document(
    services: ServicesOf,
    collection: str,
    number: int,
    document_id: str,
    since: Annotated[int | None, Query()] = None,
) -> Response:
    """How a document's text changed between revision `since` (the one before by default) and this one."""
    older = number - 1 if since is None else since
    store = services.store
    for each in (older, number):
        store.revision(collection, each)
    before, after = (store.document_in(collection, document_id, each) for each in (older, number))
    if before is None and after is None:
        message = f"No document {document_id[:200]!r} in revision {older} or {number} of {collection!r}."
        raise NotFound(message, param="document_id")
    lines = compare(before[1] if before else "", after[1] if after else "")
    view = ChangesView(
        document_id=document_id,
        older=older,
        newer=number,
        older_version=before[0].version if before else None,
        newer_version=after[0].version if after else None,
        lines=None if lines is None else tuple(map(LineView.model_validate, lines)),
    )
    return json_response(view.model_dump(mode="json"))
