import json

from hypothesis import example, given

from drawn import TEXT
from groundwire.events.escaping import escape, unescape


@given(TEXT)
@example("\x00 \x1b0000 \x1b \ud800\udc00")
def test_every_text_comes_back(text):
    assert unescape(escape(text)) == text


@given(TEXT)
def test_what_is_stored_is_utf_8_without_zeros(text):
    assert b"\x00" not in escape(text).encode("utf-8")
    assert "\\u0000" not in json.dumps(escape(text)).replace("\\\\", "")


def test_plain_text_stays_readable():
    assert escape("Refunds take 14 days — 🙂\n") == "Refunds take 14 days — 🙂\n"
