"""What every client of the wire must get: one suite, run with each of the clients people use."""

from dataclasses import dataclass

import pytest

from groundwire.demo.answers import ANSWERS
from groundwire.demo.upstream import MODEL
from groundwire.domain import Action

KNOWN = {known.action: known for known in ANSWERS}
MESSAGE = "I can't confirm that from our documents. Please contact support."
REWRITTEN = "You can return a new camera within 30 days of delivery for a full refund."


@dataclass(frozen=True)
class Said:
    """What a client made of a reply."""

    text: str
    finish: str | None
    total_tokens: int | None


class ClientContract:
    """The suite: a subclass has a fixture `client` whose `whole(question)` and `streamed(question)` return Said."""

    def test_a_clean_answer_arrives_as_the_model_wrote_it(self, client):
        known = KNOWN[Action.ALLOW]

        assert client.whole(known.question) == Said(known.answer, "stop", tokens_of(known))

    def test_a_wrong_answer_arrives_mended(self, client):
        known = KNOWN[Action.REWRITE]

        assert client.whole(known.question) == Said(REWRITTEN, "stop", tokens_of(known))

    def test_a_blocked_answer_is_the_message_and_no_error(self, client):
        known = KNOWN[Action.BLOCK]
        said = client.whole(known.question)

        assert said.text.endswith(MESSAGE)
        assert (said.finish, said.total_tokens) == ("content_filter", tokens_of(known))

    @pytest.mark.parametrize("action", [Action.ALLOW, Action.FLAG, Action.REWRITE])
    def test_a_stream_ends_up_as_the_whole_reply(self, client, action):
        question = KNOWN[action].question

        assert client.streamed(question) == client.whole(question)

    def test_a_blocked_stream_ends_with_the_message(self, client):
        known = KNOWN[Action.BLOCK]
        said = client.streamed(known.question)

        assert said.text.endswith(MESSAGE)
        assert (said.finish, said.total_tokens) == ("content_filter", tokens_of(known))
        assert not [wrong for wrong in ("48 hours", "120 dB", "128 GB") if wrong in said.text]


def tokens_of(known):
    """The demonstration model counts words."""
    return len(known.question.split()) + len(known.answer.split())


def request_for(question, *, is_stream=False):
    """Return the body of a request; a stream is to tell its usage."""
    body = {"model": MODEL, "messages": [{"role": "user", "content": question}]}
    return body | ({"stream": True, "stream_options": {"include_usage": True}} if is_stream else {})
