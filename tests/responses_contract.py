"""What every client of the Responses API must get: one suite, run with each of the clients that speak it."""

from client_contract import MESSAGE, Said
from fakes import RESPONSE_USAGE, Scripted, response, response_events, typed_event

TOKENS = RESPONSE_USAGE["total_tokens"]
STRICT = {"x-grounding-policy": "strict"}


class ResponsesContract:
    """The suite: a subclass has a fixture `client` whose `whole(headers)` and `streamed(headers)` return Said."""

    def test_a_clean_response_arrives_as_the_model_wrote_it(self, client, wire):
        will_say(wire, "The fee is 5.")

        assert client.whole({}) == Said("The fee is 5.", "completed", TOKENS)

    def test_a_wrong_response_arrives_mended(self, client, wire):
        will_say(wire, "The fee is 5. It is wrong.")

        assert client.whole({}) == Said("The fee is 5. It is right.", "completed", TOKENS)

    def test_a_blocked_response_is_incomplete_with_the_message(self, client, wire):
        will_say(wire, "It is wrong.")

        assert client.whole(STRICT) == Said(MESSAGE, "incomplete", TOKENS)

    def test_a_stream_ends_up_as_the_whole_response(self, client, wire):
        will_stream(wire, "The fee", " is 5. It is", " wrong.")

        assert client.streamed({}) == Said("The fee is 5. It is right.", "completed", TOKENS)

    def test_a_blocked_stream_is_incomplete_with_the_message(self, client, wire):
        will_stream(wire, "It is", " wrong.")

        assert client.streamed(STRICT) == Said(MESSAGE, "incomplete", TOKENS)


def will_say(wire, text):
    wire.upstream.will(Scripted([response(text)]))


def will_stream(wire, *pieces):
    wire.upstream.will_stream(*map(typed_event, response_events(pieces)))
