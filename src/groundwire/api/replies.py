"""What all routes of the API say in the same way."""

from __future__ import annotations

from fastapi import Response

from groundwire.api.errors import ErrorReply
from groundwire.proxy.jsontext import encode

PREFIX = "/api/v1"

# For `responses=` of a router: any error looks alike.
ERRORS: dict[int | str, dict[str, object]] = {"default": {"model": ErrorReply, "description": "An error"}}


def json_response(value: object, status: int = 200) -> Response:
    """Return plain values as JSON; unlike the framework's own it takes any text, lone surrogates too."""
    return Response(encode(value), status, media_type="application/json")
