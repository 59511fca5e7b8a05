"""Plain completions over the wire."""

import json

import pytest

from fakes import USAGE, Scripted, World, proxied, stream_events, text_chunk, text_chunks, text_completion, text_of
from groundwire.domain import Turn
from groundwire.errors import BadRequest
from groundwire.proxy.endpoints.completions import parse_completion_request
from groundwire.proxy.guarded import ReplyStyle

BLOCKED = "I can't confirm that from our documents. Please contact support."
STRICT = {"x-grounding-policy": "strict"}
ECHO = [{"what": "echo", "why": "the prompt that the reply repeats is not the model's answer"}]


def say(wire, *texts, **extra):
    wire.upstream.will(Scripted([text_completion(*texts, **extra)]))


def texts(reply):
    return [choice["text"] for choice in reply.json()["choices"]]


def stream(wire, headers=None, **body):
    reply = wire.prompt(headers, stream=True, **body)
    assert reply.status_code == 200, reply.text
    return stream_events(reply.text)


def test_a_supported_text_keeps_every_byte_and_gains_its_grounding(wire):
    say(wire, "The fee is 5.")

    reply = wire.prompt()

    assert reply.content.startswith(text_completion("The fee is 5.")[:-1])
    assert reply.json()["grounding"]["action"] == reply.headers["x-grounding-action"] == "allow"
    assert wire.events[0].endpoint == "/v1/completions"
    assert wire.verifier.questions[0].turns == (Turn("user", "What is the fee?"),)


@pytest.mark.parametrize(
    ("policy", "delivered", "finish", "action"),
    [
        ("default", "The fee is 5. It is right.", "stop", "rewrite"),
        ("strict", BLOCKED, "content_filter", "block"),
        ("shadow", "The fee is 5. It is wrong.", "stop", "rewrite"),
        ("off", "The fee is 5. It is wrong.", "stop", "allow"),
    ],
)
def test_the_policy_decides_as_in_chat(wire, policy, delivered, finish, action):
    say(wire, "The fee is 5. It is wrong.")

    reply = wire.prompt({"x-grounding-policy": policy})

    [choice] = reply.json()["choices"]
    assert (choice["text"], choice["finish_reason"]) == (delivered, finish)
    assert (reply.json()["grounding"]["action"], reply.json()["usage"]) == (action, USAGE)


@pytest.mark.parametrize(
    ("policy", "delivered", "finish", "action"),
    [
        ("default", "The fee is 5. It is right.", "stop", "rewrite"),
        ("strict", f"The fee is 5.\n\n{BLOCKED}", "content_filter", "block"),
        ("shadow", "The fee is 5. It is wrong.", "stop", "rewrite"),
    ],
)
def test_a_stream_is_decided_alike(wire, policy, delivered, finish, action):
    wire.upstream.will_stream(*text_chunks("The fee", " is 5. It is", " wrong."))

    events = stream(wire, {"x-grounding-policy": policy})

    assert text_of(events) == delivered
    assert events[-2]["choices"][0]["finish_reason"] == finish
    assert (events[-2]["grounding"]["action"], events[-1]) == (action, "[DONE]")
    assert {(part["id"], part["object"]) for part in events[:-1]} == {("cmpl-123", "text_completion")}
    assert not any("delta" in part["choices"][0] for part in events[:-1])


def test_every_choice_of_every_prompt_is_checked(wire):
    say(wire, "The fee is 5.", "It is wrong.", "It is perhaps 9.", "Fine.")

    reply = wire.prompt(prompt=["What is the fee?", "When?"], n=2)

    assert texts(reply) == ["The fee is 5.", "It is right.", "It is perhaps 9.", "Fine."]
    assert [choice["grounding"]["action"] for choice in reply.json()["choices"]] == [
        "allow",
        "rewrite",
        "flag",
        "allow",
    ]
    assert reply.json()["grounding"]["coverage"]["skipped"][0]["what"] == "prompt"


def test_every_choice_of_a_stream_is_checked(wire):
    wire.upstream.will_stream(
        text_chunk("It is "), text_chunk("The fee", index=1), text_chunk("wrong.", "stop"),
        text_chunk(" is 5.", "length", index=1), {**text_chunk(""), "choices": [], "usage": USAGE}, "[DONE]",
    )  # fmt: skip

    events = stream(wire, n=2, stream_options={"include_usage": True})

    assert (text_of(events, 0), text_of(events, 1)) == ("It is right.", "The fee is 5.")
    assert events[-2]["usage"] == USAGE
    assert sum(event.usage.get("total_tokens", 0) for event in wire.events) == USAGE["total_tokens"]


@pytest.mark.parametrize(("text", "is_kept"), [("It is right.", True), ("It is wrong.", False)])
def test_token_probabilities_go_when_the_text_is_another(wire, text, is_kept):
    logprobs = {"tokens": ["It", " is"], "token_logprobs": [-0.1, -0.2], "top_logprobs": None, "text_offset": [0, 2]}
    body = json.loads(text_completion(text))
    body["choices"][0]["logprobs"] = logprobs
    say(wire, text, choices=body["choices"])

    grounding = (reply := wire.prompt()).json()["grounding"]

    assert reply.json()["choices"][0]["logprobs"] == (logprobs if is_kept else None)
    assert [entry["what"] for entry in grounding["coverage"]["skipped"]] == ([] if is_kept else ["logprobs"])


@pytest.mark.parametrize(("text", "is_kept"), [("It is right.", True), ("It is wrong.", False)])
def test_token_probabilities_of_a_stream_come_with_its_last_chunk(wire, text, is_kept):
    parts = [text_chunk(text[:2]), text_chunk(text[2:], "stop")]
    for place, part in enumerate(parts):
        part["choices"][0]["logprobs"] = {"tokens": [str(place)], "token_logprobs": [-0.1 * place]}
    wire.upstream.will_stream(*parts, "[DONE]")

    choice = stream(wire)[-2]["choices"][0]

    assert choice["logprobs"] == ({"tokens": ["0", "1"], "token_logprobs": [-0.0, -0.1]} if is_kept else None)


@pytest.mark.parametrize(("policy", "said"), [("default", " It is right."), ("strict", BLOCKED)])
def test_the_echo_of_the_prompt_is_not_the_answer(wire, policy, said):
    prompt = "Is it wrong? It is wrong."
    say(wire, f"{prompt} It is wrong.")

    reply = wire.prompt({"x-grounding-policy": policy}, prompt=prompt, echo=True)

    assert texts(reply) == [prompt + said]
    assert reply.json()["grounding"]["coverage"]["skipped"] == ECHO
    assert wire.verifier.batches[0] == ["It is wrong."]


@pytest.mark.parametrize("policy", ["default", "shadow"])
def test_the_echo_of_a_stream_passes_at_once(wire, policy):
    prompt = "Is it wrong? It is wrong."
    wire.upstream.will_stream(*text_chunks("Is it", " wrong? It is wrong. It", " is wrong."))

    events = stream(wire, {"x-grounding-policy": policy}, prompt=prompt, echo=True)

    assert text_of(events) == prompt + (" It is right." if policy == "default" else " It is wrong.")
    assert events[-2]["grounding"]["coverage"]["skipped"] == ECHO
    assert wire.verifier.batches[0] == ["It is wrong."]


def test_of_several_prompts_each_choice_repeats_its_own(wire):
    prompts = ["One is wrong.", "Two is wrong."]
    say(wire, *(f"{prompt} It is wrong." for prompt in prompts for _ in range(2)))

    reply = wire.prompt(prompt=prompts, n=2, echo=True)

    assert texts(reply) == [f"{prompt} It is right." for prompt in prompts for _ in range(2)]
    assert wire.verifier.batches[0] == ["It is wrong."]


@pytest.mark.parametrize("text", ["Is it wrong. Yes.", "Is it wr"])
def test_what_only_begins_like_the_prompt_is_checked(wire, text):
    wire.upstream.will_stream(*text_chunks(*text))
    streamed = stream(wire, prompt="Is it wrong?", echo=True)
    say(wire, text)
    whole = wire.prompt(prompt="Is it wrong?", echo=True)

    assert text_of(streamed) == texts(whole)[0]
    assert whole.json()["grounding"]["coverage"]["skipped"] == []


def test_a_block_can_be_an_error():
    with proxied(World(), ReplyStyle(block_status=400)) as wire:
        say(wire, "It is wrong.")

        reply = wire.prompt(STRICT)

    assert (reply.status_code, reply.headers["x-should-retry"]) == (400, "false")
    assert "wrong" not in json.dumps(reply.json()["error"])


@pytest.mark.parametrize(("policy", "status"), [("default", 503), ("open", 200)], ids=["closed", "open"])
def test_a_broken_check_is_an_outcome_of_the_policy(wire, policy, status):
    wire.verifier.error = RuntimeError("out of memory")
    say(wire, "The fee is 5.")

    reply = wire.prompt({"x-grounding-policy": policy})

    assert reply.status_code == status


@pytest.mark.parametrize(
    "body", [{"choices": [{"message": {"content": "It is wrong."}}]}, {"choices": [{"text": 7}]}, {"choices": [{}]}]
)
def test_a_reply_that_is_no_completion_is_a_502(wire, body):
    wire.upstream.will(Scripted([json.dumps(body).encode()]))

    reply = wire.prompt()

    assert (reply.status_code, wire.events) == (502, [])
    assert "choice without a text" in reply.json()["error"]["message"]


def test_text_in_another_place_of_a_chunk_is_refused(wire):
    wire.upstream.will_stream({"choices": [{"index": 0, "delta": {"content": "It is wrong."}}]}, "[DONE]")

    assert wire.prompt(stream=True).status_code == 502


@pytest.mark.parametrize(
    ("prompt", "turns", "skipped"),
    [
        (None, (), []),
        ("Hi", (Turn("user", "Hi"),), []),
        (["Hi"], (Turn("user", "Hi"),), []),
        ([1, 2], (), ["prompt"]),
        ([[1, 2]], (), ["prompt"]),
        (["Hi", "Ho"], (), ["prompt"]),
    ],
    ids=["none", "text", "one", "tokens", "list of tokens", "two"],
)
def test_the_prompt_is_what_the_user_said(prompt, turns, skipped):
    request = parse_completion_request(json.dumps({"prompt": prompt}).encode())

    assert request.turns == turns
    assert [entry.what for entry in request.skipped] == skipped


def test_a_prompt_of_another_kind_is_refused():
    with pytest.raises(BadRequest, match="`prompt` must be"):
        parse_completion_request(b'{"prompt": 7}')
