import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwire.knowledge.decoding import UndecodableError, decode, tidy

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@given(text=TEXT)
def test_unicode_text_is_read_back(encoding, text):
    # Few characters of some scripts look like UTF-16 of Latin ones; a file is longer.
    assert decode(("Terms of use: " + text).encode(encoding)) == "Terms of use: " + text


@given(st.binary(max_size=300))
def test_any_bytes_are_decoded_or_refused_with_a_remedy(data):
    try:
        outcome = decode(data)
    except UndecodableError as error:
        outcome = error

    assert isinstance(outcome, str) or "; " in str(outcome)


@given(st.text())
def test_tidy_text_can_be_stored_and_stays_tidy(text):
    tidied = tidy(text)

    assert tidied.encode("utf-8").decode() == tidied
    assert not set(tidied) & {"\r", "\x00", "\x0c"}
    assert tidy(tidied) == tidied
    assert unicodedata.is_normalized("NFC", tidied)
