"""How collections, their revisions and passages look to a client."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from groundwire.domain import Hit
from groundwire.knowledge.condition import Condition, SimilarPassages
from groundwire.knowledge.records import Revision
from groundwire.knowledge.store import KnowledgeStore


class CollectionRequest(BaseModel):
    """A collection that is to be made."""

    model_config = ConfigDict(extra="forbid")

    name: str


class CollectionView(BaseModel):
    """A collection: its current revision and since when (null for none), how much it holds, how many files failed."""

    name: str
    revision: int
    changed_at: datetime | None
    documents: int
    passages: int
    failed: int


class CollectionList(BaseModel):
    """All collections, by name."""

    collections: tuple[CollectionView, ...]


class RevisionView(BaseModel):
    """One state of a collection."""

    model_config = ConfigDict(from_attributes=True)

    collection: str
    number: int
    created_at: datetime
    note: str
    documents: int
    passages: int
    embedder: str


class RevisionList(BaseModel):
    """The revisions that can be restored, newest first."""

    revisions: tuple[RevisionView, ...]


class DifferenceView(BaseModel):
    """What changed from revision `older` to revision `newer`, by document id."""

    older: int
    newer: int
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


class HitView(BaseModel):
    """A passage that was found; `text` is the document's text from `start` to `end`."""

    document_id: str
    version: int
    title: str
    headings: tuple[str, ...]
    text: str
    start: int
    end: int
    url: str | None
    score: float
    similarity: float


class SearchReply(BaseModel):
    """The passages that were found, best first, and the revision they are from."""

    revision: str
    hits: tuple[HitView, ...]


class SearchQuery(BaseModel):
    """What to look for, and how many passages to return."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field(min_length=1, max_length=4_000)
    k: int = Field(default=8, ge=1, le=100)


class FailedView(BaseModel):
    """A file that could not be read; if it could be before, its last good version is in force."""

    model_config = ConfigDict(from_attributes=True)

    document_id: str
    reason: str
    created_at: datetime


class PlaceView(BaseModel):
    """A passage's place."""

    model_config = ConfigDict(from_attributes=True)

    document_id: str
    title: str
    start: int
    end: int
    text: str


class SimilarView(BaseModel):
    """Two passages of different documents that say nearly the same; with other numbers they may conflict."""

    first: PlaceView
    second: PlaceView
    similarity: float
    has_same_numbers: bool


class ConditionView(BaseModel):
    """What to look at; `similar` is null where there are too many passages to compare them all."""

    collection: str
    revision: str
    documents: int
    passages: int
    embedder: str
    failed: tuple[FailedView, ...]
    empty: tuple[str, ...]
    similar: tuple[SimilarView, ...] | None


def collection_views(store: KnowledgeStore) -> list[CollectionView]:
    """Return all collections for a client, by name."""
    failed = store.failures.counts()
    return [collection_view(name, newest, failed.get(name, 0)) for name, newest in sorted(store.heads().items())]


def collection_view(name: str, newest: Revision | None, failed: int) -> CollectionView:
    """Return a collection for a client; one that holds nothing yet has no newest revision."""
    return CollectionView(
        name=name,
        revision=newest.number if newest else 0,
        changed_at=newest.created_at if newest else None,
        documents=newest.documents if newest else 0,
        passages=newest.passages if newest else 0,
        failed=failed,
    )


def revision_view(revision: Revision) -> RevisionView:
    """Return a revision for a client."""
    return RevisionView.model_validate(revision)


def hit_view(hit: Hit) -> HitView:
    """Return a found passage for a client."""
    passage = hit.passage
    return HitView(
        document_id=passage.document_id,
        version=passage.version,
        title=passage.title,
        headings=passage.headings,
        text=passage.text,
        start=passage.start,
        end=passage.end,
        url=passage.url,
        score=round(hit.score, 6),
        similarity=round(hit.similarity, 4),
    )


def condition_view(found: Condition) -> ConditionView:
    """Return a collection's condition for a client."""
    return ConditionView(
        collection=found.collection,
        revision=found.revision,
        documents=found.documents,
        passages=found.passages,
        embedder=found.embedder,
        failed=tuple(map(FailedView.model_validate, found.failed)),
        empty=found.empty,
        similar=None if found.similar is None else tuple(map(_similar_view, found.similar)),
    )


def _similar_view(pair: SimilarPassages) -> SimilarView:
    return SimilarView(
        first=PlaceView.model_validate(pair.first),
        second=PlaceView.model_validate(pair.second),
        similarity=round(pair.similarity, 4),
        has_same_numbers=pair.has_same_numbers,
    )
