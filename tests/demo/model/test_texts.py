import json

import pytest

from groundwire.demo.answers import ANSWERS
from groundwire.demo.model.texts import answered, count_tokens, pieces, text_of
from groundwire.policy.rewording import INSTRUCTIONS


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Hello.", "Hello."),
        (None, ""),
        (
            [{"type": "text", "text": "Hello"}, {"type": "image_url"}, {"type": "text", "text": "there."}],
            "Hello  there.",
        ),
    ],
    ids=["text", "nothing", "parts"],
)
def test_a_text_is_read_from_every_form(content, text):
    assert text_of(content) == text


def test_instructions_change_an_answer_only_when_they_are_the_proxys():
    claims = json.dumps({"claims": [{"id": "a", "evidence": [{"quote": "You have 30 days."}]}]})

    assert answered("Be kind.", ANSWERS[0].question) == ANSWERS[0].answer
    assert json.loads(answered(INSTRUCTIONS, claims)) == {"claims": [{"id": "a", "text": "You have 30 days."}]}


@pytest.mark.parametrize("text", ["", "One two.", " One\n\n- two \n"])
def test_pieces_are_words_and_together_the_text(text):
    assert "".join(pieces(text)) == text
    assert len([piece for piece in pieces(text) if piece.strip()]) == count_tokens(text)
