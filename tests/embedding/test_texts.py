import pytest

from groundwire.embedding.texts import well_formed


@pytest.mark.parametrize(
    ("text", "expected"),
    [("plain", "plain"), ("é 日本 🎉", "é 日本 🎉"), ("", ""), ("a\ud83db", "a?b"), ("\udc00", "?")],
    ids=["ascii", "wide", "empty", "high half", "low half"],
)
def test_only_lone_surrogates_are_replaced_and_lengths_stay(text, expected):
    assert well_formed([text]) == [expected]
    assert len(expected) == len(text)
