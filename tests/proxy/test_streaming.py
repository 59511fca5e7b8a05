"""Streams over the wire."""

import json
import socket
import time

import pytest

from fakes import CREATED, ID, MODEL, QUESTION, USAGE, Die, Stall, chunk, chunks, event, text_of, usage_chunk
from groundwire.domain import Action, Failure, Outcome

BLOCKED = "I can't confirm that from our documents. Please contact support."


def deltas(events):
    return [part["choices"][0]["delta"] for part in events if isinstance(part, dict) and part.get("choices")]


def groundings(events):
    return [part["grounding"] for part in events if isinstance(part, dict) and "grounding" in part]


class Reader:
    """A client on a bare socket, which sees each byte when it comes."""

    def __init__(self, wire, **body):
        host, port = wire.url.removeprefix("http://").removesuffix("/v1").split(":")
        self._socket = socket.create_connection((host, int(port)), timeout=2)
        payload = json.dumps({**QUESTION, "stream": True, **body}).encode()
        head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: {len(payload)}\r\n\r\n"
        self._socket.sendall(head.encode() + payload)
        self.text = ""

    def until(self, wanted):
        while wanted not in self.text:
            received = self._socket.recv(65536)
            assert received, f"{wanted!r} never came, only {self.text!r}"
            self.text += received.decode()
        return self.text

    def close(self):
        self._socket.close()


@pytest.fixture
def read(wire):
    """Open streams that are closed when the test is over."""
    readers = []

    def opened(**body):
        readers.append(Reader(wire, **body))
        return readers[-1]

    yield opened
    for reader in readers:
        reader.close()


def test_a_stream_is_checked_claim_by_claim(wire):
    wire.upstream.will_stream(*chunks("Hello! The fee", " is 5. It", " is wrong", ". Pay ", "at once."))

    events = wire.ask_stream()

    assert text_of(events) == "Hello! The fee is 5. It is right. Pay at once."
    assert events[-1] == "[DONE]"
    assert deltas(events)[0] == {"role": "assistant", "content": ""}
    assert {(part["id"], part["created"], part["model"], part["object"]) for part in events[:-1]} == {
        (ID, CREATED, MODEL, "chat.completion.chunk")
    }
    assert events[-2]["choices"][0]["finish_reason"] == "stop"
    assert [grounding["action"] for grounding in groundings(events)] == ["rewrite"]
    assert events[-2]["grounding"]["event_id"] == wire.events[0].id


def test_text_leaves_only_after_its_verdict_and_the_line_is_kept_alive(wire, read, release_verifier):
    wire.upstream.will_stream(*chunks("The fee is 5. ", "And so on."))
    reader = read()

    reader.until(": keep-alive")
    assert "The fee" not in reader.text

    release_verifier.set()
    assert "The fee is 5." in reader.until("[DONE]")


def test_the_line_is_kept_alive_while_the_very_first_text_is_held(wire, read, release_verifier):
    wire.upstream.will_stream(chunk({"content": "The fee is 5. And"}), chunk({"content": " so on."}, "stop"), "[DONE]")
    reader = read()

    reader.until(": keep-alive")
    assert "The fee" not in reader.text

    release_verifier.set()
    assert "The fee is 5." in reader.until("[DONE]")


def test_a_claim_is_released_while_the_upstream_still_writes(wire, read):
    stall = Stall()
    wire.upstream.will_stream(chunk({"role": "assistant"}), chunk({"content": "The fee is 5. It is"}), stall,
                              chunk({"content": " wrong."}), chunk({}, "stop"), "[DONE]")  # fmt: skip
    reader = read()

    assert "It is" not in reader.until("The fee is 5.")

    stall.release()
    assert "It is right." in reader.until("[DONE]")


def test_what_is_no_text_is_not_held(wire, read, release_verifier):
    call = {"index": 0, "id": "c", "function": {"name": "pay", "arguments": '{"a":'}}
    wire.upstream.will_stream(
        chunk({"role": "assistant", "content": None}),
        chunk({"content": "The fee is 5. And"}),
        chunk({"reasoning_content": "Let me think."}),
        chunk({"tool_calls": [call]}),
        chunk({"x_new": [1.5]}),
        chunk({"content": " so on."}, "tool_calls"),
        "[DONE]",
    )
    reader = read()

    reader.until("x_new")
    assert "The fee" not in reader.text

    release_verifier.set()
    reader.until("[DONE]")
    events = [json.loads(line[6:]) for line in reader.text.splitlines() if line.startswith("data: {")]
    assert deltas(events)[:4] == [
        {"role": "assistant", "content": None},
        {"reasoning_content": "Let me think."},
        {"tool_calls": [call]},
        {"x_new": [1.5]},
    ]
    assert events[-1]["choices"][0]["finish_reason"] == "tool_calls"
    assert {entry["what"] for entry in events[-1]["grounding"]["coverage"]["skipped"]} == {
        "reasoning_content",
        "tool_calls[0].function.arguments",
        "x_new",
    }


def test_a_note_without_text_passes_at_once_and_under_the_head_of_the_others(wire, read, release_verifier):
    # As Azure's content filter sends them beside a text that it looks at later.
    note = {"index": 0, "finish_reason": None, "content_filter_offsets": {"start_offset": 0, "end_offset": 13}}
    blank = {"id": "", "object": "", "created": 0, "model": "", "choices": [note]}
    opening, *rest = chunks("The fee is 5. And", " so on.")
    wire.upstream.will_stream(opening, rest[0], blank, *rest[1:])
    reader = read()

    assert "The fee" not in reader.until("content_filter_offsets")

    release_verifier.set()
    reader.until("[DONE]")
    events = [json.loads(line[6:]) for line in reader.text.splitlines() if line.startswith("data: {")]
    assert {(one["id"], one["created"], one["model"]) for one in events} == {(ID, CREATED, MODEL)}


def test_the_usage_comes_last_and_is_the_upstreams(wire):
    wire.upstream.will_stream(*chunks("The fee is 5.")[:-1], usage_chunk(), "[DONE]")

    events = wire.ask_stream(stream_options={"include_usage": True})

    assert events[-2] == usage_chunk()
    assert events[-1] == "[DONE]"
    assert "grounding" in events[-3]
    assert wire.events[0].usage["total_tokens"] == USAGE["total_tokens"]


def test_usage_that_comes_with_the_last_chunk_of_a_choice_stays_there(wire):
    wire.upstream.will_stream(*chunks("The fee is 5.")[:-2], {**chunk({}, "stop"), "usage": USAGE}, "[DONE]")

    events = wire.ask_stream()

    assert events[-2]["choices"][0]["finish_reason"] == "stop"
    assert (events[-2]["usage"], events[-2]["grounding"]["action"]) == (USAGE, "allow")
    assert [one for one in events[:-2] if one.get("usage")] == []
    assert wire.events[0].usage["total_tokens"] == USAGE["total_tokens"]


def test_the_event_waits_for_the_usage(wire, read):
    stall = Stall()
    wire.upstream.will_stream(*chunks("The fee is 5.")[:-1], stall, usage_chunk(), "[DONE]")
    reader = read(stream_options={"include_usage": True})
    assert stall.reached.wait(timeout=2)
    _until(lambda: wire.verifier.batches)

    stall.release()
    reader.until("[DONE]")

    assert wire.events[0].usage["total_tokens"] == USAGE["total_tokens"]


def test_a_block_keeps_what_was_released_and_ends_with_content_filter(wire):
    wire.upstream.will_stream(*chunks("The fee is 5. ", "It is wrong. ", "Pay at once.")[:-1], usage_chunk(), "[DONE]")

    events = wire.ask_stream({"x-grounding-policy": "strict"}, stream_options={"include_usage": True})

    assert text_of(events) == f"The fee is 5.\n\n{BLOCKED}"
    assert events[-3]["choices"][0]["finish_reason"] == "content_filter"
    assert events[-3]["grounding"]["action"] == "block"
    assert events[-2]["usage"] == USAGE
    assert "wrong" not in json.dumps([part.get("choices") for part in events[:-1]])
    assert (wire.events[0].action, wire.events[0].delivered) == (Action.BLOCK, text_of(events))


def test_after_a_block_nobody_waits_for_the_upstream(wire):
    stall = Stall()
    wire.upstream.will_stream(*chunks("It is wrong. Pay")[:-2], stall, chunk({}, "stop"), "[DONE]")

    events = wire.ask_stream({"x-grounding-policy": "strict"})

    assert text_of(events) == BLOCKED
    assert events[-1] == "[DONE]"
    assert stall.left.wait(timeout=2)


def test_after_a_block_the_other_choices_are_waited_for(wire, read):
    stall = Stall()
    other = [chunk({"content": "The fee is 5."}, index=1), chunk({}, "stop", index=1), "[DONE]"]
    wire.upstream.will_stream(*chunks("It is wrong. Pay")[:-2], stall, *other)
    reader = read(grounding={"policy": "strict"}, n=2)
    reader.until('"finish_reason":"content_filter"')

    stall.release()

    assert "The fee is 5." in reader.until("[DONE]")


def test_after_a_block_nothing_of_the_choice_leaves(wire, read):
    stall = Stall()
    call = {"index": 0, "id": "c", "function": {"name": "secret", "arguments": "{}"}}
    late = [{"reasoning_content": "secret"}, {"content": "secret"}, {"tool_calls": [call]}]
    last = [*map(chunk, late), chunk({}, "tool_calls"), usage_chunk(), "[DONE]"]
    wire.upstream.will_stream(*chunks("It is wrong. Pay")[:-2], stall, *last)
    reader = read(grounding={"policy": "strict"}, stream_options={"include_usage": True})
    reader.until(BLOCKED)

    stall.release()
    reader.until("[DONE]")

    assert "secret" not in reader.text
    assert '"finish_reason":"content_filter"' in reader.text


def test_every_choice_of_a_stream_is_checked_on_its_own(wire):
    wire.upstream.will_stream(
        chunk({"role": "assistant"}),
        chunk({"role": "assistant"}, index=1),
        chunk({"content": "The fee "}),
        chunk({"content": "It is wr"}, index=1),
        chunk({"content": "is 5."}),
        chunk({"content": "ong."}, index=1),
        chunk({}, "stop", index=1),
        chunk({}, "length"),
        "[DONE]",
    )

    events = wire.ask_stream(n=2)

    assert (text_of(events, 0), text_of(events, 1)) == ("The fee is 5.", "It is right.")
    choices = [part["choices"][0] for part in events[:-1] if part["choices"][0]["finish_reason"]]
    assert {choice["index"]: choice["grounding"]["action"] for choice in choices} == {0: "allow", 1: "rewrite"}
    assert {choice["index"]: choice["finish_reason"] for choice in choices} == {0: "length", 1: "stop"}
    assert [grounding["action"] for grounding in groundings(events)] == ["rewrite"]
    assert "grounding" in events[-2]


def test_shadow_passes_at_once_and_tells_at_the_end(wire, read, release_verifier):
    wire.upstream.will_stream(*chunks("It is ", "wrong. ", "Pay."))
    reader = read(grounding={"mode": "shadow"})

    reader.until("Pay.")
    assert "grounding" not in reader.text

    release_verifier.set()
    assert '"action":"rewrite"' in reader.until("[DONE]")
    assert wire.events[0].delivered == "It is wrong. Pay."


def test_mode_off_relays_the_bytes(wire):
    wire.upstream.will_stream(b": odd\r\n", *chunks("It is wrong."))

    reply = wire.ask({"x-grounding-mode": "off"}, stream=True)

    assert reply.content == b": odd\r\n" + b"".join(event(part) for part in chunks("It is wrong."))
    assert reply.headers["x-grounding-coverage"] == "unguarded"
    assert wire.events == []


def test_claims_that_pile_up_are_judged_together(wire, read, release_verifier):
    stall = Stall()
    more = chunk({"content": " two is 2. Fee three is 3."})
    wire.upstream.will_stream(*chunks("Fee one is 1. Fee")[:-2], stall, more, chunk({}, "stop"), "[DONE]")
    reader = read()
    assert stall.reached.wait(timeout=2)
    _until(lambda: wire.verifier.batches)

    stall.release()
    reader.until(": keep-alive")
    release_verifier.set()
    reader.until("[DONE]")

    assert wire.verifier.batches == [["Fee one is 1."], ["Fee two is 2.", "Fee three is 3."]]


def _until(condition):
    deadline = time.monotonic() + 2
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


@pytest.mark.parametrize(
    ("ending", "message"),
    [
        ([], "closed its stream before the end"),
        ([b"data: {oops\n\n", "[DONE]"], "not valid JSON"),
        ([b"data: [1]\n\n", "[DONE]"], "not a JSON object"),
        ([{"choices": [{"index": 0, "text": "It is wrong."}]}, "[DONE]"], "no `delta`"),
        ([{"choices": {"delta": {"content": "It is wrong."}}}, "[DONE]"], "no list"),
        ([Stall()], "went silent"),
    ],
    ids=["ended early", "broken JSON", "no object", "another shape", "choices no list", "silent"],
)
def test_when_the_upstream_fails_mid_stream_the_verified_part_and_an_error_are_delivered(wire, ending, message):
    wire.upstream.will_stream(*chunks("The fee is 5. It is")[:-2], *ending)

    events = wire.ask_stream()

    assert text_of(events) == "The fee is 5."
    assert message in events[-1]["error"]["message"]
    assert events[-1]["error"]["type"] == "upstream_error"
    assert "[DONE]" not in events
    [stored] = wire.events
    assert (stored.outcome, stored.delivered) == (Outcome.UPSTREAM_FAILED, "The fee is 5.")
    for piece in ending:
        if isinstance(piece, Stall):
            piece.release()


def test_when_the_upstream_dies_mid_stream_the_client_is_told(wire, read):
    stall = Stall()
    wire.upstream.will_stream(*chunks("The fee is 5. It is")[:-2], stall, Die())
    reader = read()
    reader.until("The fee is 5.")

    stall.release()

    assert "closed the connection" in reader.until("}}\n\n")
    assert "[DONE]" not in reader.text
    assert wire.events[0].outcome is Outcome.UPSTREAM_FAILED


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ("streaming.EventParser.close", "broke on our side"),
        ("streaming.CheckedStream._concluded", "check of this answer"),
    ],
)
def test_a_mistake_of_ours_ends_the_stream_with_an_error(wire, monkeypatch, broken, message):
    monkeypatch.setattr(f"groundwire.proxy.{broken}", None)
    wire.upstream.will_stream(*chunks("The fee is 5. It is")[:-2])

    events = wire.ask_stream()

    assert message in events[-1]["error"]["message"]
    assert "[DONE]" not in events


def test_an_error_frame_of_the_upstream_passes_through(wire):
    frame = {"error": {"message": "overloaded", "type": "server_error", "code": 529}}
    wire.upstream.will_stream(*chunks("The fee is 5. It is")[:-2], frame)

    events = wire.ask_stream()

    assert text_of(events) == "The fee is 5."
    assert events[-1] == frame


def test_a_stream_without_done_is_whole_when_every_choice_has_finished(wire):
    wire.upstream.will_stream(*chunks("The fee is 5.")[:-1])

    events = wire.ask_stream()

    assert text_of(events) == "The fee is 5."
    assert events[-1] == "[DONE]"


def test_what_comes_after_the_finish_is_not_lost(wire, read):
    stall = Stall()
    wire.upstream.will_stream(*chunks("The fee is 5.")[:-1], stall, usage_chunk(), "[DONE]")
    reader = read()
    reader.until('"finish_reason":"stop"')

    stall.release()

    assert '"total_tokens"' in reader.until("[DONE]")


def test_a_stream_may_end_without_a_finish_reason(wire):
    wire.upstream.will_stream(*chunks("The fee is 5.")[:-2], "[DONE]")

    events = wire.ask_stream()

    assert text_of(events) == "The fee is 5."
    assert events[-2]["choices"][0]["finish_reason"] is None
    assert "grounding" in events[-2]


@pytest.mark.parametrize(
    ("pieces", "headers", "message"),
    [
        ([b"<html>"], {"content-type": "text/html"}, "'text/html'"),
        ([b"{}"], {"content-type": "application/json"}, "'application/json'"),
        ([b": nothing\n\n"], {}, "closed its stream"),
        ([b"data: oops\n\n"], {}, "not valid JSON"),
        ([b"data: [DONE]\n\n"], {}, "without choices"),
        ([chunk({"content": {"text": "It is wrong."}})], {}, "neither text nor parts"),
        ([chunk({"content": ["It is wrong."]})], {}, "neither text nor parts"),
        ([{"choices": [{"index": 0, "text": "It is wrong."}]}], {}, "no `delta`"),
    ],
    ids=["HTML", "JSON", "empty", "no JSON", "nothing but the end", "object", "list of texts", "text beside"],
)
def test_before_the_first_byte_a_failure_is_a_502(wire, pieces, headers, message):
    wire.upstream.will_stream(*pieces, **headers)

    reply = wire.ask(stream=True)

    assert reply.status_code == 502
    assert message in reply.json()["error"]["message"]


def test_a_check_that_breaks_mid_stream_ends_like_a_block_under_a_closed_policy(wire):
    wire.verifier.error = RuntimeError("out of memory")
    wire.upstream.will_stream(*chunks("Hello! The fee is 5. And so on."))

    events = wire.ask_stream()

    assert text_of(events) == f"Hello!\n\n{BLOCKED}"
    assert events[-2]["choices"][0]["finish_reason"] == "content_filter"
    assert events[-2]["grounding"]["label"] == "unverified"


def test_a_guard_that_is_down_from_the_start_is_a_503_for_streams_too(wire):
    wire.world.knowledge.error = RuntimeError("gone")

    assert wire.ask(stream=True).status_code == 503


def test_a_slow_check_of_a_stream_is_cut_off_at_its_budget(wire, release_verifier):
    wire.upstream.will_stream(*chunks("The fee is 5."))

    events = wire.ask_stream({"x-grounding-policy": "hasty"})

    assert text_of(events) == "The fee is 5."
    assert events[-2]["grounding"]["label"] == "unverified"


def test_a_claim_that_does_not_come_to_its_end_is_held_no_longer_than_the_policy_says(wire, read):
    stall = Stall()
    rest = [chunk({"content": " wrong."}), chunk({}, "stop"), "[DONE]"]
    wire.upstream.will_stream(*chunks("The fee is 5. It is")[:-2], stall, *rest)
    reader = read(grounding={"policy": "hasty"})

    assert "wrong" not in reader.until("It is")
    stall.release()
    reader.until("[DONE]")

    [event] = wire.events
    assert [verdict.failure for verdict in event.report.verdicts][:2] == [None, Failure.TIMEOUT]
    assert event.report.verdicts[1].reason == "its end did not come in time"
    assert event.report.answer == "The fee is 5. It is wrong."


def test_text_that_waits_for_other_things_than_its_end_is_not_late(wire, read):
    stall = Stall()
    call = {"index": 0, "id": "c", "function": {"name": "look", "arguments": "{}"}}
    rest = [chunk({"tool_calls": [call]}), chunk({}, "tool_calls"), "[DONE]"]
    wire.upstream.will_stream(*chunks("I will look that up.")[:-2], stall, *rest)
    reader = read(grounding={"policy": "hasty"})

    reader.until("look that up.")
    stall.release()
    reader.until("[DONE]")

    assert [verdict.failure for verdict in wire.events[0].report.verdicts] == [None]


def test_an_event_that_can_not_be_stored_holds_the_last_text_back(wire, read):
    wire.world.events.is_down = True
    stall = Stall()
    wire.upstream.will_stream(*chunks("The fee is 5. Pay")[:-2], stall, chunk({"content": " now."}, "stop"), "[DONE]")
    reader = read()
    reader.until("The fee is 5.")

    stall.release()
    reader.until("[DONE]")

    events = [json.loads(line[6:]) for line in reader.text.splitlines() if line.startswith("data: {")]
    assert text_of(events) == f"The fee is 5.\n\n{BLOCKED}"
    assert events[-1]["choices"][0]["finish_reason"] == "content_filter"
    assert events[-1]["grounding"]["event_id"] is None


def test_a_client_that_leaves_cancels_the_call_and_is_recorded(wire, read):
    stall = Stall()
    wire.upstream.will_stream(*chunks("The fee is 5. It is")[:-2], stall)
    reader = read()
    reader.until("The fee is 5.")

    reader.close()

    assert stall.left.wait(timeout=2)
    _until(lambda: wire.events)
    assert (wire.events[0].outcome, wire.events[0].delivered) == (Outcome.CLIENT_LEFT, "The fee is 5.")


def test_a_client_that_leaves_cancels_the_call_even_while_verdicts_are_awaited(wire, read, release_verifier):
    stall = Stall()
    wire.upstream.will_stream(*chunks("The fee is 5. It is")[:-2], stall)
    reader = read()
    _until(lambda: wire.verifier.batches)

    reader.close()

    assert stall.left.wait(timeout=2)
    release_verifier.set()
    _until(lambda: wire.events)
    assert wire.events[0].outcome is Outcome.CLIENT_LEFT


@pytest.mark.parametrize(("text", "is_kept"), [("It is right.", True), ("It is wrong.", False)])
def test_token_probabilities_of_a_stream_come_with_its_last_chunk(wire, text, is_kept):
    tokens = [{"token": "It", "logprob": -0.1}, {"token": " is", "logprob": -0.2}]
    parts = [chunk({"content": text[:2]}), chunk({"content": text[2:]})]
    for part, token in zip(parts, tokens, strict=True):
        part["choices"][0]["logprobs"] = {"content": [token]}
    wire.upstream.will_stream(*parts, chunk({}, "stop"), "[DONE]")

    events = wire.ask_stream()

    assert events[-2]["choices"][0]["logprobs"] == ({"content": tokens} if is_kept else None)
    named = [entry["what"] for entry in events[-2]["grounding"]["coverage"]["skipped"]]
    assert named == ([] if is_kept else ["logprobs"])


def test_a_character_cut_in_half_is_put_together(wire):
    first, second = event(chunk({"content": "Fee: 5 \ud83d"})), event(chunk({"content": "\ude00."}))
    wire.upstream.will_stream(first, second, chunk({}, "stop"), "[DONE]")

    assert text_of(wire.ask_stream()) == "Fee: 5 😀."


def test_structured_output_is_held_until_it_is_checked(wire):
    wire.upstream.will_stream(*chunks('{"fee":', ' "wro', 'ng"}'))

    events = wire.ask_stream(response_format={"type": "json_object"})

    assert text_of(events) == '{"fee": "right"}'
    assert events[-2]["grounding"]["action"] == "rewrite"


def test_chunks_of_unknown_kind_pass_through(wire):
    odd = {"id": ID, "choices": [], "prompt_filter_results": [{"x": 1.25}]}
    wire.upstream.will_stream(odd, *chunks("The fee is 5."))

    assert wire.ask_stream()[0] == odd
