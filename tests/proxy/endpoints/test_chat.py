"""Whole replies over the wire."""

import json

import httpx
import pytest

from fakes import CREATED, ID, MODEL, USAGE, World, completion, proxied
from groundwire.domain import Action, Label, Mode, Outcome, Turn
from groundwire.proxy.guarded import ReplyStyle

BLOCKED = "I can't confirm that from our documents. Please contact support."


def content(reply, place=0):
    return reply.json()["choices"][place]["message"]["content"]


def test_a_supported_answer_keeps_every_byte_and_gains_its_grounding(wire):
    body = completion("The fee is 5.", x_new=[1.10, 1e400])
    wire.upstream.will_say("The fee is 5.", x_new=[1.10, 1e400])

    reply = wire.ask()

    assert reply.content.startswith(body[:-1])
    grounding = json.loads(reply.content)["grounding"]
    assert (grounding["action"], grounding["label"], grounding["groundedness"]) == ("allow", "supported", 1.0)
    assert (grounding["revision"], grounding["policy"], grounding["mode"]) == ("default@1", "default", "enforce")
    assert grounding["coverage"] == {"checked": 1, "skipped": []}
    assert set(grounding["timing_ms"]) == {"check"}
    assert reply.headers["x-grounding-action"] == "allow"
    assert reply.headers["x-grounding-label"] == "supported"
    assert reply.headers["x-grounding-revision"] == "default@1"
    assert reply.headers["x-grounding-event-id"] == grounding["event_id"] == wire.events[0].id


def test_a_contradicted_claim_is_corrected_with_its_evidence_on_the_wire(wire):
    wire.upstream.will_say("Hello! The fee is 5. It is wrong.")

    reply = wire.ask()

    assert content(reply) == "Hello! The fee is 5. It is right."
    assert reply.json()["choices"][0]["finish_reason"] == "stop"
    claim = reply.json()["grounding"]["claims"][1]
    assert claim == {
        "text": "It is wrong.",
        "start": 21,
        "end": 33,
        "context": "What is the fee?\nThe fee is 5.",
        "label": "contradicted",
        "support": 0.1,
        "reason": "document says right, answer says wrong",
        "correction": "It is right.",
        "evidence": [
            {
                "document_id": "handbook",
                "version": 1,
                "title": "Handbook",
                "quote": "It is right.",
                "start": 0,
                "end": 12,
                "source": "knowledge_base",
            }
        ],
    }


def test_a_block_is_a_200_with_the_message_and_the_usage(wire):
    wire.upstream.will_say("The fee is 5. It is wrong.")

    reply = wire.ask({"x-grounding-policy": "strict"})

    assert (reply.status_code, content(reply)) == (200, BLOCKED)
    assert reply.json()["choices"][0]["finish_reason"] == "content_filter"
    assert reply.json()["usage"] == USAGE
    assert reply.headers["x-grounding-action"] == "block"
    assert "wrong" not in json.dumps(reply.json()["choices"])


def test_the_event_tells_the_whole_story(wire):
    wire.upstream.will_say("The fee is 5. It is wrong.")

    wire.ask(grounding={"metadata": {"segment": "retail"}, "collections": ["faq"], "documents": [{"text": "Fee: 5."}]})

    [event] = wire.events
    assert (event.action, event.report.label, event.outcome) == (Action.REWRITE, Label.CONTRADICTED, Outcome.COMPLETED)
    assert (event.report.answer, event.delivered) == ("The fee is 5. It is wrong.", "The fee is 5. It is right.")
    assert (event.policy, event.mode, event.verifier) == ("default", Mode.ENFORCE, "scripted")
    assert (event.model, event.upstream, event.endpoint) == ("gpt-4o", "fake", "/v1/chat/completions")
    assert (event.collections, event.metadata) == (("faq",), {"segment": "retail"})
    assert event.question.turns == (Turn("user", "What is the fee?"),)
    assert event.question.documents[0].text == "Fee: 5."
    assert event.usage["total_tokens"] == 18
    assert event.id.startswith("evt_")
    assert len(event.id) <= 40


def test_the_upstream_sees_the_request_without_our_options(wire):
    wire.upstream.will_say("Hi.")

    wire.ask({"authorization": "Bearer sk", "x-grounding-policy": "strict"}, grounding={"metadata": {}}, x_new=1.10)

    [request] = wire.upstream.requests
    assert (request.method, request.path) == ("POST", "/v1/chat/completions")
    assert request.json == {
        "model": "gpt-4o",
        "messages": [{"role": "user", "content": "What is the fee?"}],
        "x_new": 1.1,
    }
    assert request.headers["authorization"] == "Bearer sk"
    assert request.headers["accept-encoding"] == "identity"
    assert not any(name.startswith("x-grounding") for name in request.headers)


def test_every_choice_is_checked_and_the_worst_is_on_top(wire):
    wire.upstream.will_say("The fee is 5.", "It is wrong.", "It is perhaps 9.")

    reply = wire.ask(n=3)

    values = reply.json()
    assert [content(reply, place) for place in range(3)] == ["The fee is 5.", "It is right.", "It is perhaps 9."]
    assert [choice["grounding"]["action"] for choice in values["choices"]] == ["allow", "rewrite", "flag"]
    assert values["grounding"] == values["choices"][1]["grounding"]
    assert len({event.request_id for event in wire.events}) == 1
    assert [event.choice for event in wire.events] == [0, 1, 2]
    assert sum(event.usage.get("total_tokens", 0) for event in wire.events) == 18


def test_shadow_delivers_unchanged_and_records_what_it_would_have_done(wire):
    wire.upstream.will_say("It is wrong.")

    reply = wire.ask({"x-grounding-policy": "shadow"})

    assert content(reply) == "It is wrong."
    assert (reply.json()["grounding"]["action"], reply.json()["grounding"]["mode"]) == ("rewrite", "shadow")
    assert (wire.events[0].action, wire.events[0].delivered) == (Action.REWRITE, "It is wrong.")


def test_mode_off_checks_nothing_and_says_so(wire):
    wire.upstream.will_say("It is wrong.")

    reply = wire.ask(grounding={"mode": "off"})

    assert reply.content.startswith(completion("It is wrong.")[:-1])
    grounding = reply.json()["grounding"]
    assert (grounding["mode"], grounding["label"], grounding["coverage"]["checked"]) == ("off", "unverified", 0)
    assert reply.headers["x-grounding-mode"] == "off"
    assert reply.headers["x-grounding-coverage"] == "unguarded"
    assert wire.verifier.batches == []


MIXED = {
    "role": "assistant",
    "content": "The fee is 5.",
    "refusal": "I can't say more.",
    "reasoning_content": "Let me think.",
    "thoughts": [{"text": "Hm."}],
    "annotations": [],
    "tool_calls": [{"id": "c", "type": "function", "function": {"name": "pay", "arguments": "{}"}}],
}


def test_what_is_not_checked_is_in_the_coverage(wire):
    wire.upstream.will_say(MIXED)

    reply = wire.ask()

    assert reply.json()["choices"][0]["message"] == MIXED
    skipped = {entry["what"]: entry["why"] for entry in reply.json()["grounding"]["coverage"]["skipped"]}
    assert skipped == {
        "tool_calls[0].function.arguments": "not checked",
        "refusal": "a refusal asserts nothing",
        "reasoning_content": "not checked",
        "thoughts": "not checked",
    }


@pytest.mark.parametrize(
    "calls", [{"tool_calls": MIXED["tool_calls"]}, {"function_call": {"name": "pay", "arguments": "{}"}}]
)
def test_a_block_takes_the_tool_calls_of_the_message_with_it(wire, calls):
    wire.upstream.will_say({"role": "assistant", "content": "It is wrong.", **calls})

    reply = wire.ask({"x-grounding-policy": "strict"})

    [choice] = reply.json()["choices"]
    assert choice["message"] == {"role": "assistant", "content": BLOCKED}
    assert choice["finish_reason"] == "content_filter"


def test_a_tool_call_without_text_is_delivered_as_it_is(wire):
    wire.upstream.will_say({"role": "assistant", "content": None, "tool_calls": MIXED["tool_calls"]})

    reply = wire.ask()

    assert content(reply) is None
    assert reply.json()["grounding"]["coverage"]["checked"] == 0


def test_text_in_parts_is_checked_as_one_answer(wire):
    parts = [{"type": "text", "text": "The fee is 5. "}, {"type": "image"}, {"type": "text", "text": "It is wrong."}]
    wire.upstream.will_say({"role": "assistant", "content": parts})

    reply = wire.ask()

    assert [part.get("text") for part in content(reply)] == ["The fee is 5. It is right.", None, ""]
    assert reply.json()["grounding"]["coverage"]["skipped"][0]["what"] == "content part of type 'image'"


@pytest.mark.parametrize(("answer", "is_kept"), [("The fee is 5.", True), ("It is wrong.", False)])
def test_token_probabilities_go_when_the_text_is_another(wire, answer, is_kept):
    logprobs = {"content": [{"token": "It", "logprob": -0.00001}]}
    body = json.loads(completion(answer))
    body["choices"][0]["logprobs"] = logprobs
    wire.upstream.will_say(answer, choices=body["choices"])

    reply = wire.ask()

    assert reply.json()["choices"][0]["logprobs"] == (logprobs if is_kept else None)
    named = [entry["what"] for entry in reply.json()["grounding"]["coverage"]["skipped"]]
    assert named == ([] if is_kept else ["logprobs"])


SCHEMA = {"type": "object", "properties": {"fee": {"enum": ["5", "wrong"]}}}
FORMATS = {
    "any": ({"type": "json_object"}, '{"fee": "right", "days": 14}', "stop"),
    "schema": ({"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA}}, BLOCKED, "content_filter"),
}


@pytest.mark.parametrize("name", FORMATS)
def test_the_strings_of_structured_output_are_checked_and_must_stay_valid(wire, name):
    wanted, delivered, finish = FORMATS[name]
    wire.upstream.will_say('{"fee": "wrong", "days": 14}')

    reply = wire.ask(response_format=wanted)

    grounding = reply.json()["grounding"]
    assert (content(reply), reply.json()["choices"][0]["finish_reason"]) == (delivered, finish)
    assert [(claim["text"], claim["start"], claim["label"]) for claim in grounding["claims"]] == [
        ("wrong", 9, "contradicted")
    ]
    assert [entry["what"] for entry in grounding["coverage"]["skipped"]] == [
        "numbers and truth values of the structured output"
    ]


def test_structured_output_that_is_none_is_never_called_checked(wire):
    wire.upstream.will_say('{"fee": "wro')

    reply = wire.ask(response_format={"type": "json_object"})

    grounding = reply.json()["grounding"]
    assert content(reply) == '{"fee": "wro'
    assert (grounding["label"], grounding["action"], grounding["coverage"]["checked"]) == ("unverified", "flag", 0)
    assert grounding["coverage"]["skipped"][0]["what"] == "structured output"


def test_an_over_long_answer_is_checked_up_to_the_limit(wire):
    wire.upstream.will_say("The fee is 5. " * 10)

    reply = wire.ask({"x-grounding-policy": "short"})

    assert content(reply) == "The fee is 5. " * 10
    grounding = reply.json()["grounding"]
    assert grounding["action"] == "flag"
    assert [claim["label"] for claim in grounding["claims"]] == ["supported"] * 4 + ["unverified"]
    assert grounding["coverage"]["skipped"][0]["what"] == "characters 56 to the end"


def test_an_empty_knowledge_base_is_an_outcome_of_its_own(wire):
    wire.world.knowledge.is_empty = True
    wire.upstream.will_say("The fee is 5.")

    reply = wire.ask()

    assert reply.json()["grounding"]["action"] == "flag"
    assert reply.json()["grounding"]["claims"][0]["reason"] == "there is no document to check against"


@pytest.mark.parametrize("place", ["verifier", "knowledge"])
def test_a_broken_check_under_a_closed_policy_is_a_503(wire, place):
    getattr(wire.world, place).error = RuntimeError("out of memory")
    wire.upstream.will_say("The fee is 5.")

    reply = wire.ask()

    assert reply.status_code == 503
    assert reply.headers["retry-after"] == "5"
    assert reply.json()["error"]["code"] == "guard_unavailable"
    assert "fee is" not in reply.text


@pytest.mark.parametrize("place", ["verifier", "knowledge"])
def test_a_broken_check_under_an_open_policy_is_flagged(wire, place):
    getattr(wire.world, place).error = RuntimeError("out of memory")
    wire.upstream.will_say("The fee is 5.")

    reply = wire.ask({"x-grounding-policy": "open"})

    grounding = reply.json()["grounding"]
    assert content(reply) == "The fee is 5."
    assert (grounding["action"], grounding["label"], grounding["coverage"]["checked"]) == ("flag", "unverified", 0)


def test_a_slow_check_is_cut_off_at_its_budget(wire, release_verifier):
    wire.upstream.will_say("The fee is 5.")

    reply = wire.ask({"x-grounding-policy": "hasty"})

    claim = reply.json()["grounding"]["claims"][0]
    assert (claim["label"], claim["reason"]) == ("unverified", "the check took longer than 20 ms")


def test_an_event_that_can_not_be_stored_closes_the_guard(wire):
    wire.world.events.is_down = True
    wire.upstream.will_say("The fee is 5.")

    assert wire.ask().status_code == 503


def test_an_event_that_can_not_be_stored_is_flagged_under_an_open_policy(wire):
    wire.world.events.is_down = True
    wire.upstream.will_say("The fee is 5.")

    grounding = wire.ask({"x-grounding-policy": "open"}).json()["grounding"]

    assert (grounding["event_id"], grounding["action"]) == (None, "flag")
    assert grounding["coverage"]["skipped"] == [{"what": "event", "why": "could not be stored"}]


@pytest.mark.parametrize(
    ("options", "status", "code", "names"),
    [
        ({"grounding": {"policy": "none"}}, 404, "unknown_policy", "default, hasty, off"),
        ({"grounding": {"collections": ["x"]}}, 404, "unknown_collection", "default, faq"),
        ({"grounding": {"x": 1}}, 400, "bad_request", "grounding.x"),
        ({"messages": 1}, 400, "bad_request", "messages"),
    ],
    ids=["policy", "collection", "option", "messages"],
)
def test_a_wrong_request_never_reaches_the_upstream(wire, options, status, code, names):
    reply = wire.ask(**options)

    assert (reply.status_code, reply.json()["error"]["code"]) == (status, code)
    assert names in reply.json()["error"]["message"]
    assert wire.upstream.requests == []


def test_a_block_can_be_an_error_that_is_not_tried_again():
    with proxied(World(), ReplyStyle(includes_grounding=False, block_status=400)) as wire:
        wire.upstream.will_say("It is wrong.")

        reply = wire.ask({"x-grounding-policy": "strict"})

    assert (reply.status_code, reply.headers["x-should-retry"]) == (400, "false")
    assert reply.json() == {
        "error": {"message": BLOCKED, "type": "invalid_request_error", "param": None, "code": "content_filter"}
    }


def test_the_grounding_object_can_be_left_out():
    with proxied(World(), ReplyStyle(includes_grounding=False)) as wire:
        wire.upstream.will_say("The fee is 5.")

        reply = wire.ask()

    assert reply.content == completion("The fee is 5.")
    assert reply.headers["x-grounding-action"] == "allow"
    assert (reply.json()["id"], reply.json()["created"], reply.json()["model"]) == (ID, CREATED, MODEL)


def test_a_client_that_leaves_cancels_the_call(wire, stalled):
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{wire.url}/chat/completions", json={"messages": [], "model": "m"}, timeout=0.05)

    assert stalled.left.wait(timeout=2)
