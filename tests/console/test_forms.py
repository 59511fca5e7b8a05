import pytest
from fastapi import Request

from groundwire.console.forms import short_form
from groundwire.errors import BadRequest, PayloadTooLarge

URLENCODED = "application/x-www-form-urlencoded"


def request_of(*pieces, kind=URLENCODED):
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    messages.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive():
        return messages.pop(0)

    return Request({"type": "http", "method": "POST", "headers": [(b"content-type", kind.encode())]}, receive)


async def test_fields_are_read():
    form = await short_form(
        request_of(b"name=Ada+L&pass", b"word=%C3%BC%26&empty=", kind=f"{URLENCODED}; charset=utf-8")
    )

    assert form == {"name": "Ada L", "password": "ü&", "empty": ""}


async def test_a_long_form_is_not_read_to_its_end():
    with pytest.raises(PayloadTooLarge):
        await short_form(request_of(b"a=", *[b"x" * 1_000] * 17))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"a=1", "multipart/form-data; boundary=x"),
        (b"{}", "application/json"),
        (b"\xff=1", URLENCODED),
        (b"a=1&" * 30, URLENCODED),
    ],
    ids=["multipart", "json", "bytes", "many"],
)
async def test_anything_else_is_refused(body, kind):
    with pytest.raises(BadRequest):
        await short_form(request_of(body, kind=kind))
