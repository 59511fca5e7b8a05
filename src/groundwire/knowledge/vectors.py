"""The vectors of passages in the database, kept by what was embedded, so that equal text is embedded once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Engine, and_, delete, insert, select

from groundwire.documents.passages import Cut
from groundwire.domain import Passage
from groundwire.knowledge.index import Ids
from groundwire.knowledge.membership import chunks, in_revision
from groundwire.knowledge.passages import passage_of, passage_rows
from groundwire.knowledge.records import embedded_text
from groundwire.protocols import Vectors
from groundwire.storage.schema import memberships, passages, vectors

_ROWS_AT_ONCE = 10_000


class VectorStore:
    """Keeps vectors as half-precision floats, by key and embedder."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def missing(self, keys: Iterable[str], embedder: str) -> set[str]:
        """Return the keys for which this embedder has no vector yet."""
        wanted = set(keys)
        with self._engine.connect() as connection:
            return wanted - _known(connection, sorted(wanted), embedder)

    def put(self, embedder: str, keys: Sequence[str], rows: Vectors) -> None:
        """Keep vectors; done before a revision is published, so that publishing is short."""
        data = dict(zip(keys, rows.astype(np.float16), strict=True))
        with self._engine.begin() as connection:
            for key in _known(connection, list(keys), embedder):
                del data[key]
            values = [{"key": key, "embedder": embedder, "data": row.tobytes()} for key, row in data.items()]
            if values:
                connection.execute(insert(vectors), values)

    def of(self, collection: str, number: int, embedder: str) -> tuple[Ids, Vectors]:
        """Return the passage ids (n,) of a revision and their vectors (n, dimension), in the order of the ids."""
        statement = (
            select(passages.c.id, vectors.c.data)
            .join(memberships, memberships.c.version_id == passages.c.version_id)
            .join(vectors, and_(vectors.c.key == passages.c.vector_key, vectors.c.embedder == embedder))
            .where(in_revision(collection, number))
            .order_by(passages.c.id)
        )
        ids: list[int] = []
        blocks: list[npt.NDArray[np.float16]] = []
        with self._engine.connect() as connection:
            for part in connection.execute(statement).partitions(_ROWS_AT_ONCE):
                ids += [row.id for row in part]
                data = b"".join(row.data for row in part)
                blocks.append(np.frombuffer(data, dtype=np.float16).reshape(len(part), -1))
        found = np.concatenate(blocks) if blocks else np.zeros((0, 0), dtype=np.float16)
        return np.array(ids, dtype=np.int64), found.astype(np.float32)

    def unembedded(self, collection: str, number: int, embedder: str) -> list[tuple[str, str]]:
        """Return (key, text) of a revision's passages that this embedder has no vector for: after a change of model."""
        statement = (
            passage_rows()
            .add_columns(passages.c.vector_key)
            .join(memberships, memberships.c.version_id == passages.c.version_id)
            .outerjoin(vectors, and_(vectors.c.key == passages.c.vector_key, vectors.c.embedder == embedder))
            .where(in_revision(collection, number), vectors.c.key.is_(None))
        )
        with self._engine.connect() as connection:
            return [(row.vector_key, _embedded(passage_of(row))) for row in connection.execute(statement)]

    @staticmethod
    def prune(connection: Connection) -> None:
        """Forget the vectors of passages that are gone, inside the caller's transaction."""
        connection.execute(delete(vectors).where(vectors.c.key.not_in(select(passages.c.vector_key))))


def _known(connection: Connection, keys: Sequence[str], embedder: str) -> set[str]:
    known: set[str] = set()
    for part in chunks(keys):
        statement = select(vectors.c.key).where(vectors.c.embedder == embedder, vectors.c.key.in_(part))
        known |= set(connection.execute(statement).scalars())
    return known


def _embedded(passage: Passage) -> str:
    return embedded_text(passage.title, passage.text, Cut(0, len(passage.text), passage.headings, passage.lead))
