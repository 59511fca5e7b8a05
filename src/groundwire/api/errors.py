"""Every error in OpenAI's shape; what broke inside goes to the log, never to the client."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from groundwire.errors import (
    AuthenticationFailed,
    BadRequest,
    GroundwireError,
    GuardUnavailable,
    NotFound,
    TooManyAttempts,
)
from groundwire.proxy.exchange import error_body
from groundwire.proxy.jsontext import encode

logger = logging.getLogger(__name__)

_BROKEN = "Something broke on our side; the log has the details."


class ErrorDetail(BaseModel):
    """What went wrong: a text for people, a type and code for programs, and the parameter that is to blame."""

    message: str
    type: str
    param: str | None
    code: str | None


class ErrorReply(BaseModel):
    """An error, in OpenAI's shape."""

    error: ErrorDetail


def error_response(error: GroundwireError, headers: Mapping[str, str] | None = None) -> Response:
    """Return the response to an error."""
    all_headers = dict(headers or {})
    if isinstance(error, GuardUnavailable | TooManyAttempts):
        all_headers["retry-after"] = str(error.retry_after_s)
    if isinstance(error, AuthenticationFailed):
        all_headers["www-authenticate"] = "Bearer"
    return Response(encode(error_body(error)), error.status, all_headers, "application/json")


def _on_known(request: Request, error: Exception) -> Response:
    assert isinstance(error, GroundwireError)
    # Those without a status of their own were not meant for a client.
    if error.status == GroundwireError.status:
        logger.error("%s %s: %s", request.method, request.url.path, error.message, exc_info=error)
        return error_response(GroundwireError(_BROKEN))
    return error_response(error)


def _on_invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problem = error.errors()[0]
    where = [str(part) for part in problem["loc"] if part not in ("body", "query", "path")]
    param = ".".join(where) or None
    message = f"{param or 'The request body'}: {problem['msg']}"
    if problem["type"] == "extra_forbidden":
        message = f"{param!r} is not known here."
    return error_response(BadRequest(message, param=param))


def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == NotFound.status:
        return error_response(NotFound(f"No route {request.url.path!r:.200}."))
    if error.status_code == _MethodNotAllowed.status:
        message = f"{request.method!r:.20} is not possible on {request.url.path!r:.200}."
        return error_response(_MethodNotAllowed(message), error.headers)
    body = {"error": {"message": str(error.detail), "type": "invalid_request_error", "param": None, "code": None}}
    return Response(encode(body), error.status_code, error.headers, "application/json")


def _on_unexpected(request: Request, error: Exception) -> Response:
    logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return error_response(GroundwireError(_BROKEN))


class _MethodNotAllowed(GroundwireError):
    """The route exists, but not for this method."""

    status, type, code = 405, "invalid_request_error", "method_not_allowed"


ERROR_HANDLERS: Mapping[type[Exception], Callable[[Request, Exception], Response]] = {
    GroundwireError: _on_known,
    RequestValidationError: _on_invalid,
    HTTPException: _on_http,
    Exception: _on_unexpected,
}
