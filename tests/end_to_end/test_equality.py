"""What a streaming client ends up with equals the whole reply, however the upstream cuts its text and when it comes."""

import json
import logging
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes import chunks, text_of
from groundwire.claims.language import is_covered
from groundwire.claims.splitting import split_answer
from groundwire.domain import Action, Failure, Label, Mode
from groundwire.policy.policy import LABEL_ACTIONS, Policy
from groundwire.protocols import Completion
from in_process import ENDPOINTS, Terms, cut, repeating, streamed, whole
from wire_tables import events_of, seen

MESSAGE = "Please ask us."
REWRITING = Policy(blocked_message=MESSAGE, max_contradicted=100)
REMOVING = Policy(blocked_message=MESSAGE, max_contradicted=100, strategies=("remove",))
FLAGGING = Policy(label_actions=dict.fromkeys(Label, Action.FLAG), max_contradicted=100)
ALLOWING = Policy(label_actions=dict.fromkeys(Label, Action.ALLOW), max_contradicted=100)
BLOCKING = Policy(blocked_message=MESSAGE, label_actions={**LABEL_ACTIONS, Label.CONTRADICTED: Action.BLOCK})
STRICT = Policy(blocked_message=MESSAGE, max_contradicted=2, strategies=("correct",), otherwise=Action.FLAG)
OPEN = Policy(failure_actions=dict.fromkeys(Failure, Action.FLAG))
REWORDING = Policy(blocked_message=MESSAGE, max_contradicted=100, strategies=("regenerate", "remove"))
REWORDING_FEW = Policy(blocked_message=MESSAGE, strategies=("regenerate", "correct"), max_regenerations=2)


async def reword(_instructions, material):
    """Write the same about a claim wherever it stands: some of it holds at once, some the second time, some never."""
    claims = json.loads(material)["claims"]
    for claim in claims:
        is_late = "stuck" in claim["text"] and "rejected" not in claim
        if "again" not in claim["text"] and not is_late:
            claim["text"] = claim["text"].replace("wrong and stuck", "right").replace("wrong", "right, too")
    return Completion(json.dumps({"claims": claims}), 100, 20)


TERMS = {
    "allowing": Terms(ALLOWING),
    "flagging": Terms(FLAGGING),
    "rewriting": Terms(REWRITING),
    "removing": Terms(REMOVING),
    "blocking": Terms(BLOCKING),
    "strict": Terms(STRICT),
    "rewording": Terms(REWORDING, ask=reword),
    "rewording a few": Terms(REWORDING_FEW, ask=reword),
    "shadow": Terms(REWRITING, Mode.SHADOW),
    "down, open": Terms(OPEN, is_down=True),
    "down, closed": Terms(BLOCKING, is_down=True),
}
each_endpoint = pytest.mark.parametrize("endpoint", ENDPOINTS.values(), ids=ENDPOINTS)
unhurried = settings(deadline=None, max_examples=60)

pieces_of_text = st.sampled_from(
    ["The fee is 5.", "Call us!", "It is wrong.", "It is perhaps 9.", "That is wrong and stuck.", "It is wrong again.",
     "It is broken.", "- ", "* ", "1. ", "\n", "\n\n", " ", "  ", "**Note:** ", "Is it?", "# Fees\n", "| A | wrong |\n",
     "|---|---|\n", "```\nit is wrong\n```\n", "Hello! ", "é。", "> ", "😀", "👩‍🔬 ", "e.g. ", "No. 5",
     "\r\n", "\u2028"]
)  # fmt: skip
answers = st.lists(pieces_of_text, max_size=12).map("".join)
values = st.recursive(
    answers | st.integers(0, 9) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["fee", "b", ""]), inner, max_size=3),
    max_leaves=5,
)
structured = st.tuples(values, st.booleans()).map(lambda drawn: json.dumps(drawn[0], ensure_ascii=drawn[1])) | answers
places = st.lists(st.integers(0, 400), max_size=10)
delays = st.lists(st.integers(0, 12), min_size=1, max_size=8).map(repeating)


@pytest.fixture(scope="module", autouse=True)
def quiet():
    """A guard that is down says so each time, which is not what is tested here."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@st.composite
def exchanges(draw, texts, most=2):
    """Draw the texts of a reply, how each is cut into events, and how the bytes of these are cut into packets."""
    said = draw(st.lists(texts, min_size=1, max_size=most))
    in_pieces = [cut(text, draw(places)) for text in said]
    return said, in_pieces, draw(st.lists(st.integers(0, 9_000), max_size=12))


def told(endpoint, exchange, terms, pauses):
    said, in_pieces, at = exchange
    packets = cut(b"".join(endpoint.events(in_pieces)), at)
    return streamed(endpoint, packets, len(said), terms, pauses)


def claims_in(body):
    """Return the claims of the reply's grounding objects, outermost last."""
    found = [one for one in (*events_of(body), json.loads(body) if body.startswith("{") else {})]
    tops = [holder["grounding"] for one in found for holder in (one, one.get("response", {})) if "grounding" in holder]
    return tops[-1]["claims"]


def assert_equal(body, expected):
    """A block keeps what had left before it; a whole reply is the message alone. All else is the same."""
    found, wanted = seen(body), seen(expected)
    assert (found.ends, found.action) == (wanted.ends, wanted.action)
    for text, same in zip(found.texts, wanted.texts, strict=True):
        assert text == same or (found.action == "block" and same == MESSAGE and text.endswith(f"\n\n{MESSAGE}"))
    if found.action != "block":
        assert claims_in(body) == claims_in(expected)


@each_endpoint
@unhurried
@given(exchanges(answers), st.sampled_from(sorted(TERMS)), delays)
def test_a_stream_ends_up_with_the_bytes_of_the_whole_reply(endpoint, exchange, name, pauses):
    assert_equal(told(endpoint, exchange, TERMS[name], pauses), whole(endpoint, exchange[0], TERMS[name]))


@each_endpoint
@unhurried
@given(exchanges(structured), st.sampled_from(sorted(TERMS)), delays)
def test_so_does_structured_output(endpoint, exchange, name, pauses):
    terms = replace(TERMS[name], is_structured=True)

    assert_equal(told(endpoint, exchange, terms, pauses), whole(endpoint, exchange[0], terms))


@unhurried
@given(exchanges(answers, most=3), st.sampled_from(sorted(TERMS)), delays)
def test_the_events_of_a_response_agree(exchange, name, pauses):
    events = events_of(told(ENDPOINTS["responses"], exchange, TERMS[name], pauses))

    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    for place, item in enumerate(events[-1]["response"]["output"]):
        own = [event for event in events if event.get("output_index") == place]
        [done] = [event["text"] for event in own if event["type"] == "response.output_text.done"]
        [part] = [event["part"]["text"] for event in own if event["type"] == "response.content_part.done"]
        [closed] = [event["item"] for event in own if event["type"] == "response.output_item.done"]
        text = "".join(event["delta"] for event in own if event["type"] == "response.output_text.delta")
        assert {text, done, part, closed["content"][0]["text"]} == {item["content"][0]["text"]}
        assert closed["status"] == item["status"]


def before_a_block(answer):
    """Return what may leave of an answer under a policy that blocks what is wrong, None where nothing is."""
    before = []
    for segment in split_answer(answer):
        if segment.claim and "wrong" in segment.claim.text and is_covered(segment.claim.text):
            kept = "".join(before).rstrip()
            return f"{kept}\n\n{MESSAGE}" if kept else MESSAGE
        before.append(segment.text)
    return None


@each_endpoint
@unhurried
@given(exchanges(answers), delays)
def test_no_byte_of_a_blocked_claim_is_ever_sent(endpoint, exchange, pauses):
    found = seen(told(endpoint, exchange, Terms(BLOCKING), pauses))

    for text, answer in zip(found.texts, exchange[0], strict=True):
        assert text == (before_a_block(answer) or text)


@each_endpoint
@unhurried
@given(
    exchanges(st.lists(st.sampled_from(["It is wrong.", "Ok it is 5.", "Why?"]), min_size=1).map(json.dumps)), delays
)
def test_no_byte_of_blocked_structured_output_is_ever_sent(endpoint, exchange, pauses):
    found = seen(told(endpoint, exchange, Terms(BLOCKING, is_structured=True), pauses))

    assert found.texts == tuple(MESSAGE if "wrong" in answer else answer for answer in exchange[0])


@each_endpoint
@unhurried
@given(exchanges(answers), delays)
def test_shadow_changes_nothing(endpoint, exchange, pauses):
    assert seen(told(endpoint, exchange, TERMS["shadow"], pauses)).texts == tuple(exchange[0])


@pytest.mark.parametrize("answer", ["The fee is 5. It is wrong.\n\n- That is wrong and stuck.\n- Pay at once.\n"])
def test_the_same_holds_over_the_network(wire, answer):
    wire.upstream.will_stream(*chunks(*answer))
    streamed_text = text_of(wire.ask_stream())
    wire.upstream.will_say(answer)

    assert streamed_text == wire.ask().json()["choices"][0]["message"]["content"]
