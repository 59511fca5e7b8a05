"""Documents, passages, vectors and revisions in the database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import numpy as np
from sqlalchemy import Connection, Select, and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from groundwire.documents.passages import Cut
from groundwire.domain import Passage
from groundwire.errors import Conflict, NotFound, UnknownCollection
from groundwire.knowledge.index import Ids
from groundwire.knowledge.lexical import LexicalIndex
from groundwire.protocols import Vectors
from groundwire.storage.database import Database
from groundwire.storage.schema import collections, document_versions, memberships, passages, revisions, vectors

_CHUNK = 500
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of a collection."""

    collection: str
    number: int
    created_at: datetime
    note: str
    documents: int
    passages: int
    embedder: str

    @property
    def name(self) -> str:
        """`collection@number`."""
        return f"{self.collection}@{self.number}"


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """One version of a document, without its text."""

    version_id: int
    document_id: str
    version: int
    title: str
    url: str | None
    source_name: str
    sha256: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document that is to become a new version: its text, where it came from and how it is cut."""

    document_id: str
    title: str
    text: str
    sha256: str
    source_name: str
    cuts: tuple[Cut, ...]
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """How one revision differs from an earlier one, by document id."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


def embedded_text(title: str, text: str, piece: Cut) -> str:
    """Return what is embedded for a passage: its title and headings, what it leans on, and its words."""
    heading = " > ".join(dict.fromkeys((title, *piece.headings)))
    return "\n".join(part for part in (heading, piece.lead, text[piece.start : piece.end]) if part)


def vector_key(embedded: str) -> str:
    """Return the key under which a text's vector is kept, 32 hexadecimal digits."""
    return hashlib.sha256(embedded.encode()).hexdigest()[:32]


class KnowledgeStore:
    """Reads and writes collections; every change is one transaction that publishes one revision."""

    def __init__(self, database: Database) -> None:
        self._engine = database.sync
        self.lexical = LexicalIndex(database.sync)

    def create_collection(self, name: str) -> None:
        """Make a collection if it does not exist yet."""
        with self._engine.begin() as connection:
            if connection.execute(select(collections.c.name).where(collections.c.name == name)).first() is None:
                connection.execute(insert(collections).values(name=name, created_at=_now()))

    def collection_names(self) -> list[str]:
        """Return the names of all collections, sorted."""
        with self._engine.connect() as connection:
            return list(connection.execute(select(collections.c.name).order_by(collections.c.name)).scalars())

    def heads(self) -> dict[str, int]:
        """Return the newest revision number of each collection; 0 for one without any."""
        statement = (
            select(collections.c.name, func.coalesce(func.max(revisions.c.number), 0))
            .outerjoin(revisions, revisions.c.collection == collections.c.name)
            .group_by(collections.c.name)
        )
        with self._engine.connect() as connection:
            return {name: number for name, number in connection.execute(statement)}

    def revisions(self, collection: str) -> list[Revision]:
        """Return the revisions of a collection that can be restored, newest first."""
        self._require(collection)
        statement = select(revisions).where(revisions.c.collection == collection).order_by(revisions.c.number.desc())
        with self._engine.connect() as connection:
            return [Revision(**row._mapping) for row in connection.execute(statement)]

    def documents(self, collection: str, number: int | None = None) -> list[StoredDocument]:
        """Return the documents of a revision (the newest by default), by id."""
        with self._engine.connect() as connection:
            number = _head(connection, collection) if number is None else number
            statement = (
                select(*_DOCUMENT_COLUMNS)
                .join(memberships, memberships.c.version_id == document_versions.c.id)
                .where(_in_revision(collection, number))
                .order_by(document_versions.c.document_id)
            )
            return [StoredDocument(*row) for row in connection.execute(statement)]

    def document(self, collection: str, document_id: str, version: int | None = None) -> tuple[StoredDocument, str]:
        """Return a document and its stored text: the named version, else the newest; raises NotFound."""
        wanted = and_(document_versions.c.collection == collection, document_versions.c.document_id == document_id)
        if version is not None:
            wanted = and_(wanted, document_versions.c.version == version)
        statement = select(*_DOCUMENT_COLUMNS, document_versions.c.text).where(wanted)
        with self._engine.connect() as connection:
            row = connection.execute(statement.order_by(document_versions.c.version.desc())).first()
        if row is None:
            raise NotFound(f"No document {document_id!r} in collection {collection!r}.", param="document_id")
        return StoredDocument(*row[:-1]), row[-1]

    def missing_vectors(self, keys: Iterable[str], embedder: str) -> set[str]:
        """Return the keys for which this embedder has no vector yet."""
        wanted = set(keys)
        with self._engine.connect() as connection:
            for part in _chunks(sorted(wanted)):
                known = select(vectors.c.key).where(vectors.c.embedder == embedder, vectors.c.key.in_(part))
                wanted -= set(connection.execute(known).scalars())
        return wanted

    def put_vectors(self, embedder: str, keys: Sequence[str], rows: Vectors) -> None:
        """Keep vectors, as half-precision floats; done before a revision is published, so that publishing is short."""
        values = [
            {"key": key, "embedder": embedder, "data": row.astype(np.float16).tobytes()}
            for key, row in zip(keys, rows, strict=True)
        ]
        with self._engine.begin() as connection:
            known = set()
            for part in _chunks(list(keys)):
                statement = select(vectors.c.key).where(vectors.c.embedder == embedder, vectors.c.key.in_(part))
                known |= set(connection.execute(statement).scalars())
            fresh = {value["key"]: value for value in values if value["key"] not in known}
            if fresh:
                connection.execute(insert(vectors), list(fresh.values()))

    def publish(
        self, collection: str, added: Sequence[NewDocument], removed: Sequence[str], *, note: str, embedder: str
    ) -> Revision:
        """Make the next revision: `added` replace documents of the same id, `removed` ids go.

        One transaction: a crash leaves the last revision. Raises Conflict when another process published meanwhile.
        """
        try:
            with self._engine.begin() as connection:
                _lock(connection, collection)
                number = _head(connection, collection) + 1
                gone = [*removed, *(document.document_id for document in added)]
                _retire(connection, collection, gone, number)
                for document in added:
                    self._insert(connection, collection, document, number)
                return _record(connection, collection, number, note, embedder)
        except IntegrityError as error:
            raise Conflict(f"Another process changed collection {collection!r} meanwhile; try again.") from error

    def restore(self, collection: str, number: int, *, embedder: str) -> Revision:
        """Make a new revision with the content of an older one; raises NotFound for an unknown number."""
        with self._engine.begin() as connection:
            _lock(connection, collection)
            _require_revision(connection, collection, number)
            head = _head(connection, collection)
            old, new = _version_ids(connection, collection, number), _version_ids(connection, collection, head)
            retired = and_(_in_revision(collection, head), memberships.c.version_id.in_(new - old))
            connection.execute(update(memberships).where(retired).values(removed_in=head + 1))
            _enrol(connection, collection, sorted(old - new), head + 1)
            return _record(connection, collection, head + 1, f"restored revision {number}", embedder)

    def difference(self, collection: str, older: int, newer: int) -> Difference:
        """Return what changed between two revisions; raises NotFound when one is unknown."""
        with self._engine.connect() as connection:
            for number in (older, newer):
                _require_revision(connection, collection, number)
        before = {document.document_id: document.version for document in self.documents(collection, older)}
        after = {document.document_id: document.version for document in self.documents(collection, newer)}
        return Difference(
            added=tuple(sorted(after.keys() - before.keys())),
            removed=tuple(sorted(before.keys() - after.keys())),
            changed=tuple(sorted(name for name in before.keys() & after.keys() if before[name] != after[name])),
        )

    def prune(self, collection: str, keep: int) -> int:
        """Forget all but the newest `keep` revisions and the document versions only they used; return how many."""
        with self._engine.begin() as connection:
            oldest = _head(connection, collection) - keep + 1
            if oldest <= 1:
                return 0
            connection.execute(
                delete(revisions).where(revisions.c.collection == collection, revisions.c.number < oldest)
            )
            used = select(memberships.c.version_id).where(
                memberships.c.collection == collection,
                or_(memberships.c.removed_in.is_(None), memberships.c.removed_in > oldest),
            )
            unused = select(document_versions.c.id).where(
                document_versions.c.collection == collection, document_versions.c.id.not_in(used)
            )
            ids = list(connection.execute(unused).scalars())
            for part in _chunks(ids):
                self.lexical.remove(connection, list(connection.execute(_passage_ids(part)).scalars()))
                connection.execute(delete(document_versions).where(document_versions.c.id.in_(part)))
            return len(ids)

    def delete_collection(self, collection: str) -> None:
        """Remove a collection with all its documents and revisions; raises UnknownCollection."""
        self._require(collection)
        with self._engine.begin() as connection:
            mine = select(document_versions.c.id).where(document_versions.c.collection == collection)
            for part in _chunks(list(connection.execute(mine).scalars())):
                self.lexical.remove(connection, list(connection.execute(_passage_ids(part)).scalars()))
            for table in (memberships, document_versions, revisions):
                connection.execute(delete(table).where(table.c.collection == collection))
            connection.execute(delete(collections).where(collections.c.name == collection))

    def vectors_of(self, collection: str, number: int, embedder: str) -> tuple[Ids, Vectors]:
        """Return the passage ids (n,) of a revision and their vectors (n, dimension), in the order of the ids."""
        statement = (
            select(passages.c.id, vectors.c.data)
            .join(memberships, memberships.c.version_id == passages.c.version_id)
            .join(vectors, and_(vectors.c.key == passages.c.vector_key, vectors.c.embedder == embedder))
            .where(_in_revision(collection, number))
            .order_by(passages.c.id)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(statement).all()
        ids = np.array([number for number, _ in rows], dtype=np.int64)
        if not rows:
            return ids, np.zeros((0, 0), dtype=np.float32)
        data = np.frombuffer(b"".join(data for _, data in rows), dtype=np.float16).reshape(len(rows), -1)
        return ids, data.astype(np.float32)

    def unembedded(self, collection: str, number: int, embedder: str) -> list[tuple[str, str]]:
        """Return (key, text) of a revision's passages that this embedder has no vector for: after a change of model."""
        statement = (
            select(passages, document_versions.c.title, document_versions.c.text)
            .join(document_versions, document_versions.c.id == passages.c.version_id)
            .join(memberships, memberships.c.version_id == passages.c.version_id)
            .outerjoin(vectors, and_(vectors.c.key == passages.c.vector_key, vectors.c.embedder == embedder))
            .where(_in_revision(collection, number), vectors.c.key.is_(None))
        )
        with self._engine.connect() as connection:
            rows = connection.execute(statement).all()
        return [
            (row.vector_key, embedded_text(row.title, row.text, Cut(row.start, row.end, tuple(row.headings), row.lead)))
            for row in rows
        ]

    def passages(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Return passages by id; unknown ids are left out."""
        found = {}
        with self._engine.connect() as connection:
            for part in _chunks(list(ids)):
                for row in connection.execute(_passage_rows().where(passages.c.id.in_(part))):
                    found[row.id] = _passage(row)
        return found

    def passages_of(self, version_id: int) -> list[Passage]:
        """Return the passages of one document version in reading order."""
        statement = _passage_rows().where(passages.c.version_id == version_id).order_by(passages.c.start)
        with self._engine.connect() as connection:
            return [_passage(row) for row in connection.execute(statement)]

    def _insert(self, connection: Connection, collection: str, document: NewDocument, number: int) -> None:
        highest = select(func.coalesce(func.max(document_versions.c.version), 0)).where(
            document_versions.c.collection == collection, document_versions.c.document_id == document.document_id
        )
        values = {
            "collection": collection,
            "document_id": document.document_id,
            "version": connection.execute(highest).scalar_one() + 1,
            "title": document.title,
            "url": document.url,
            "source_name": document.source_name,
            "sha256": document.sha256,
            "text": document.text,
            "created_at": _now(),
        }
        version_id = connection.execute(insert(document_versions).values(values)).inserted_primary_key[0]
        _enrol(connection, collection, [version_id], number)
        for piece in document.cuts:
            self._insert_passage(connection, collection, document, version_id, piece)

    def _insert_passage(
        self, connection: Connection, collection: str, document: NewDocument, version_id: int, piece: Cut
    ) -> None:
        embedded = embedded_text(document.title, document.text, piece)
        values = {
            "version_id": version_id,
            "start": piece.start,
            "end": piece.end,
            "headings": list(piece.headings),
            "lead": piece.lead,
            "vector_key": vector_key(embedded),
        }
        number = connection.execute(insert(passages).values(values)).inserted_primary_key[0]
        heading = " ".join(dict.fromkeys((document.title, *piece.headings)))
        body = f"{piece.lead}\n{document.text[piece.start : piece.end]}"
        self.lexical.add(connection, [(number, collection, heading, body)])

    def _require(self, collection: str) -> None:
        if collection not in (names := self.collection_names()):
            raise UnknownCollection(f"No collection {collection!r}. Known: {', '.join(names) or 'none'}.")


_DOCUMENT_COLUMNS = tuple(
    document_versions.c[name]
    for name in ("id", "document_id", "version", "title", "url", "source_name", "sha256", "created_at")
)


def _now() -> datetime:
    return datetime.now(UTC)


def _lock(connection: Connection, collection: str) -> None:
    """Take the write lock before reading, so that two publishers queue instead of failing."""
    statement = update(collections).where(collections.c.name == collection).values(name=collection)
    if connection.execute(statement).rowcount == 0:
        raise UnknownCollection(f"No collection {collection!r}.")


def _head(connection: Connection, collection: str) -> int:
    statement = select(func.coalesce(func.max(revisions.c.number), 0)).where(revisions.c.collection == collection)
    return int(connection.execute(statement).scalar_one())


def _require_revision(connection: Connection, collection: str, number: int) -> None:
    statement = select(revisions.c.number).where(revisions.c.collection == collection, revisions.c.number == number)
    if connection.execute(statement).first() is None:
        raise NotFound(f"Collection {collection!r} has no revision {number}.", param="revision")


def _in_revision(collection: str, number: int):  # type: ignore[no-untyped-def]  # noqa: ANN202
    return and_(
        memberships.c.collection == collection,
        memberships.c.added_in <= number,
        or_(memberships.c.removed_in.is_(None), memberships.c.removed_in > number),
    )


def _version_ids(connection: Connection, collection: str, number: int) -> set[int]:
    statement = select(memberships.c.version_id).where(_in_revision(collection, number))
    return set(connection.execute(statement).scalars())


def _retire(connection: Connection, collection: str, document_ids: Sequence[str], number: int) -> None:
    for part in _chunks(list(document_ids)):
        versions = select(document_versions.c.id).where(
            document_versions.c.collection == collection, document_versions.c.document_id.in_(part)
        )
        live = and_(_in_revision(collection, number - 1), memberships.c.version_id.in_(versions))
        connection.execute(update(memberships).where(live).values(removed_in=number))


def _enrol(connection: Connection, collection: str, version_ids: Sequence[int], number: int) -> None:
    rows = [{"collection": collection, "version_id": version, "added_in": number} for version in version_ids]
    if rows:
        connection.execute(insert(memberships), rows)


def _record(connection: Connection, collection: str, number: int, note: str, embedder: str) -> Revision:
    inside = _in_revision(collection, number)
    documents = connection.execute(select(func.count()).select_from(memberships).where(inside)).scalar_one()
    joined = passages.join(memberships, memberships.c.version_id == passages.c.version_id)
    count = connection.execute(select(func.count()).select_from(joined).where(inside)).scalar_one()
    revision = Revision(collection, number, _now(), note, documents, count, embedder)
    values = {name: getattr(revision, name) for name in Revision.__dataclass_fields__}
    connection.execute(insert(revisions).values(values))
    return revision


def _passage_ids(version_ids: Sequence[int]) -> Select[tuple[int]]:
    return select(passages.c.id).where(passages.c.version_id.in_(version_ids))


def _passage_rows():  # type: ignore[no-untyped-def]  # noqa: ANN202
    body = func.substr(document_versions.c.text, passages.c.start + 1, passages.c.end - passages.c.start).label("body")
    columns = ("document_id", "version", "title", "url", "collection")
    return select(passages, *(document_versions.c[name] for name in columns), body).join(
        document_versions, document_versions.c.id == passages.c.version_id
    )


def _passage(row) -> Passage:  # type: ignore[no-untyped-def]  # noqa: ANN001
    return Passage(
        id=row.id,
        document_id=row.document_id,
        version=row.version,
        title=row.title,
        text=row.body,
        start=row.start,
        end=row.end,
        headings=tuple(row.headings),
        lead=row.lead,
        collection=row.collection,
        url=row.url,
    )


def _chunks(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
