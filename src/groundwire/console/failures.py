"""Errors as pages: what happened and where to go from here; who is not signed in goes to sign in."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from groundwire.console.rendering import page
from groundwire.errors import AuthenticationFailed, GroundwireError

logger = logging.getLogger(__name__)

SIGN_IN = "/console/sign-in"
_BROKEN = "Something broke on our side; the log has the details."
_EXPLAINED = {
    400: "This request can't be understood",
    403: "Not for you",
    404: "Not found",
    405: "Not possible here",
    409: "Changed in the meantime",
    413: "Too large",
    503: "Not available right now",
}


def error_page(request: Request, status: int, message: str) -> Response:
    """Return the page of an error."""
    title = _EXPLAINED.get(status) or HTTPStatus(status).phrase
    return page(request, "error.html", status=status, title=title, message=message, code=status)


def _on_unknown_viewer(request: Request, error: Exception) -> Response:
    assert isinstance(error, AuthenticationFailed)
    if request.method not in ("GET", "HEAD"):
        return error_page(request, error.status, error.message)
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"{SIGN_IN}?{urlencode({'next': wanted})}", 303)


def _on_known(request: Request, error: Exception) -> Response:
    assert isinstance(error, GroundwireError)
    # Those without a status of their own were not meant for people.
    if error.status == GroundwireError.status:
        logger.error("%s %s: %s", request.method, request.url.path, error.message, exc_info=error)
        return error_page(request, error.status, _BROKEN)
    return error_page(request, error.status, error.message)


def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problem = error.errors()[0]
    name = ".".join(str(part) for part in problem["loc"] if part not in ("body", "query", "path"))
    return error_page(request, 400, f"{name or 'The request'}: {problem['msg']}")


def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = f"There is no page {request.url.path}." if error.status_code == 404 else str(error.detail)
    return error_page(request, error.status_code, message)


def _on_unexpected(request: Request, error: Exception) -> Response:
    logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return error_page(request, 500, _BROKEN)


ERROR_HANDLERS: Mapping[type[Exception], Callable[[Request, Exception], Response]] = {
    AuthenticationFailed: _on_unknown_viewer,
    GroundwireError: _on_known,
    RequestValidationError: _on_invalid,
    HTTPException: _on_http,
    Exception: _on_unexpected,
}
