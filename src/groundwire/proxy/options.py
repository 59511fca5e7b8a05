"""Our own options of a request: from the body's `grounding` object or from `x-grounding-…` headers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from groundwire.domain import Mode, Source, SourceDocument
from groundwire.errors import BadRequest, PermissionDenied
from groundwire.proxy.callers import KEY_HEADER

KEY = "grounding"
HEADER_PREFIX = "x-grounding-"
MAX_DOCUMENTS = 200
MAX_METADATA = 32


def _plain(value: object) -> object:
    """Numbers and truth values are kept as text, so that metadata can be filtered by."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


MetadataText = Annotated[str, BeforeValidator(_plain), Field(max_length=512)]


class RequestDocument(BaseModel):
    """A document to check this one answer against."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str | None = Field(default=None, min_length=1, max_length=512)
    title: str = Field(default="", max_length=1_000)
    text: str = Field(min_length=1)


class Options(BaseModel):
    """What a request asks of the check; an unknown name is an error, so that a typo is not silently ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    policy: str = "default"
    collections: tuple[str, ...] = ()
    documents: tuple[RequestDocument, ...] = Field(default=(), max_length=MAX_DOCUMENTS)
    metadata: dict[str, MetadataText] = Field(default_factory=dict, max_length=MAX_METADATA)
    mode: Mode | None = None

    def source_documents(self) -> tuple[SourceDocument, ...]:
        """Return the documents of the request; one without an id is named by its place, from 1."""
        return tuple(
            SourceDocument(document.id or f"document-{place}", document.title, document.text, Source.REQUEST_DOCUMENTS)
            for place, document in enumerate(self.documents, start=1)
        )


def read_options(body: object, headers: Mapping[str, str], *, may_set_mode: bool = True) -> Options:
    """Return the options of a request; what the body says wins over a header.

    `body` is the value of the body's `grounding` key, None when it has none; header names are in lower case. Raises
    BadRequest, which names the wrong option, and PermissionDenied for a mode that the key may not choose.
    """
    if body is not None and not isinstance(body, dict):
        raise BadRequest(f"`{KEY}` must be an object, not {body!r:.200}.", param=KEY)
    values = _from_headers(headers) | (body or {})
    try:
        options = Options.model_validate(values)
    except ValidationError as error:
        raise _explained(error) from error
    if options.mode is not None and not may_set_mode:
        raise PermissionDenied("This key may not choose the mode; an admin key may.", param=f"{KEY}.mode")
    return options


def _from_headers(headers: Mapping[str, str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in headers.items():
        if not name.startswith(HEADER_PREFIX) or name == KEY_HEADER:
            continue
        option = name.removeprefix(HEADER_PREFIX)
        if option not in _HEADERS:
            known = ", ".join(f"{HEADER_PREFIX}{known}" for known in _HEADERS)
            raise BadRequest(f"Unknown header {name!r}; known are {known}.", param=name)
        found[option] = _listed(value) if option == "collections" else value.strip()
    return found


_HEADERS = ("policy", "collections", "mode")


def _listed(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def _explained(error: ValidationError) -> BadRequest:
    problem = error.errors(include_url=False)[0]
    param = ".".join((KEY, *(str(part) for part in problem["loc"])))
    if problem["type"] == "extra_forbidden":
        return BadRequest(f"Unknown option {param!r}; known are {', '.join(Options.model_fields)}.", param=param)
    return BadRequest(f"{param}: {problem['msg']} (got {str(problem['input'])[:200]!r}).", param=param)
