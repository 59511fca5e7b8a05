"""Short forms of people who are not signed in yet."""

from __future__ import annotations

from urllib.parse import parse_qsl

from fastapi import Request

from groundwire.errors import BadRequest, PayloadTooLarge

_MAX_BYTES = 16_384


async def short_form(request: Request) -> dict[str, str]:
    """Return the fields of a form; the framework's own reading would take in as much as anybody sends.

    Raises BadRequest for another content type, PayloadTooLarge for more than 16 kB.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise BadRequest("The form must be sent as application/x-www-form-urlencoded.", param="content-type")
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _MAX_BYTES:
            raise PayloadTooLarge(f"The form is larger than {_MAX_BYTES} bytes.")
    try:
        return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=20))
    except ValueError as error:
        raise BadRequest("The form can't be read.") from error
