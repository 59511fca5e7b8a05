"""The files that could not be read, kept so that an admin sees them and an unchanged one is not tried again."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, delete, func, insert, select

from groundwire.knowledge.membership import chunks, now
from groundwire.knowledge.records import FailedDocument
from groundwire.storage.schema import failed_documents


class FailureStore:
    """Reads and writes the failures of a collection, one a document."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, collection: str) -> list[FailedDocument]:
        """Return the current failures, by document id."""
        columns = (failed_documents.c[name] for name in FailedDocument.__dataclass_fields__)
        mine = failed_documents.c.collection == collection
        with self._engine.connect() as connection:
            found = connection.execute(select(*columns).where(mine).order_by(failed_documents.c.document_id))
            return [FailedDocument(**row._mapping) for row in found]

    def counts(self) -> dict[str, int]:
        """Return the number of failures of each collection that has any."""
        columns = (failed_documents.c.collection, func.count().label("failed"))
        with self._engine.connect() as connection:
            rows = connection.execute(select(*columns).group_by(failed_documents.c.collection))
            return {row.collection: row.failed for row in rows}

    def replace(self, collection: str, failed: Sequence[tuple[str, str, str]], settled: Sequence[str]) -> None:
        """Keep `failed` (document id, content hash, reason) and forget those of the `settled` documents."""
        gone = [*settled, *(document_id for document_id, _, _ in failed)]
        if not gone:
            return
        with self._engine.begin() as connection:
            for part in chunks(gone):
                mine = failed_documents.c.collection == collection
                connection.execute(delete(failed_documents).where(mine, failed_documents.c.document_id.in_(part)))
            rows = [
                {"collection": collection, "document_id": name, "sha256": digest, "reason": reason, "created_at": now()}
                for name, digest, reason in failed
            ]
            if rows:
                connection.execute(insert(failed_documents), rows)
