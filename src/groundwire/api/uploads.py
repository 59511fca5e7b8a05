"""Documents out of a request: files of a form, or texts in JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from groundwire.api.document_views import MAX_DOCUMENTS, Replacement, TextDocuments
from groundwire.errors import BadRequest
from groundwire.knowledge.ingestion import Upload
from groundwire.knowledge.names import require_document_id

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(slots=True)
class Received:
    """The documents of a request, and the names and reasons of those that may not come in."""

    uploads: list[Upload] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)

    def add(self, upload: Upload) -> None:
        """Take a document in, or refuse it for its name."""
        try:
            require_document_id(upload.document_id)
        except BadRequest as error:
            self.refused.append((upload.document_id[:200], error.message))
        else:
            self.uploads.append(upload)


async def received(request: Request, document_id: str | None = None) -> Received:
    """Return the documents of a request; with `document_id` its one document gets that id. Raises BadRequest."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _files(request, document_id)
    if kind == "application/json":
        return await run_in_threadpool(_texts, await request.body(), document_id)
    raise BadRequest(
        f"The content type {kind[:80]!r} is not understood; send files as multipart/form-data or texts as "
        "application/json.",
        param="content-type",
    )


async def _files(request: Request, document_id: str | None) -> Received:
    found = Received()
    async with request.form(max_files=MAX_DOCUMENTS, max_fields=10) as form:
        files = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
        for file in files:
            name = file.filename or ""
            found.add(Upload(document_id or name, name.rpartition("/")[2], await file.read()))
    if not files:
        raise BadRequest("The form holds no file; send each as a part with a file name.", param="files")
    return found


def _texts(body: bytes, document_id: str | None) -> Received:
    found = Received()
    if document_id is not None:
        one = _parsed(Replacement, body)
        found.add(_upload(document_id, one.text, one.title, one.url))
        return found
    for each in _parsed(TextDocuments, body).documents:
        found.add(_upload(each.id, each.text, each.title, each.url))
    return found


def _upload(document_id: str, text: str, title: str, url: str | None) -> Upload:
    data = text.encode("utf-8", "replace")
    return Upload(document_id, document_id, data, url=url, title=title, is_text=True)


def _parsed(model: type[_Model], body: bytes) -> _Model:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        problem = error.errors()[0]
        param = ".".join(map(str, problem["loc"])) or None
        raise BadRequest(f"{param or 'The request body'}: {problem['msg']}", param=param) from error
