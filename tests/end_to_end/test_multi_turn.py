"""What only makes sense together with the conversation is read together with it, and shows that."""

import pytest

from fakes import Scripted, response

EARLIER = [
    {"role": "user", "content": "How long does shipping to Europe take?"},
    {"role": "assistant", "content": "Five days."},
]
FOLLOW_UP = {"role": "user", "content": "And what does it cost?"}
RESOLVED = "And what does it cost?\nHow long does shipping to Europe take?"


def shown(reply, wire):
    """Return what the reply and the stored event say that the claim was read with."""
    [claim] = reply.json()["grounding"]["claims"]
    [verdict] = wire.events[-1].report.verdicts
    return claim["context"], verdict.claim.context


@pytest.mark.parametrize("answer", ["It's $12.", "$12.", "Yes, it does.", "The same as in the US."])
def test_a_short_answer_is_read_with_the_question_and_what_that_goes_on_from(wire, answer):
    wire.upstream.will_say(answer)

    reply = wire.ask(messages=[*EARLIER, FOLLOW_UP])

    assert shown(reply, wire) == (RESOLVED, RESOLVED)


def test_so_it_is_where_the_earlier_turns_are_only_referred_to(wire):
    wire.upstream.will(
        *(Scripted([response(text, id=name)]) for text, name in (("Five days.", "r1"), ("It's $12.", "r2")))
    )
    wire.respond(input=EARLIER[0]["content"])

    reply = wire.respond(input=FOLLOW_UP["content"], previous_response_id="r1")

    assert shown(reply, wire) == (RESOLVED, RESOLVED)


def test_a_claim_that_speaks_for_itself_shows_no_context(wire):
    wire.upstream.will_say("Shipping a parcel to Europe costs twelve dollars with our standard service.")

    reply = wire.ask(messages=[*EARLIER, FOLLOW_UP])

    assert "context" not in reply.json()["grounding"]["claims"][0]
    assert wire.events[0].report.verdicts[0].claim.context == ""
