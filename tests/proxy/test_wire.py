import json

import pytest

from groundwire.domain import Skipped, Turn
from groundwire.errors import BadRequest
from groundwire.proxy.wire import parse_chat_request

MESSAGES = '"messages":[{"role":"user","content":"Hi"}]'


def test_a_body_without_options_goes_on_byte_for_byte():
    body = ('{ "model":"m", ' + MESSAGES + ', "temperature": 1.10, "x_new": {"a": 1E5} }').encode()

    assert parse_chat_request(body).body == body


def test_our_options_are_cut_out_and_nothing_else_changes():
    body = '{"temperature": 1.10, "grounding":{"policy":"strict"}, "x_new": 12345678901234567890.5, ' + MESSAGES + "}"

    request = parse_chat_request(body.encode())

    assert request.body.decode() == body.replace(' "grounding":{"policy":"strict"},', "")
    assert request.grounding == {"policy": "strict"}


def test_a_conversation_becomes_turns():
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"text": "What"}, {"type": "image_url"}, {"text": "is it?"}]},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]},
        {"role": "tool", "content": "It is 5.", "tool_call_id": "1"},
    ]  # fmt: skip

    request = parse_chat_request(json.dumps({"messages": messages}).encode())

    assert request.turns == (Turn("system", "Be brief."), Turn("user", "What\nis it?"), Turn("tool", "It is 5."))


def test_what_a_conversation_has_besides_text_is_named_once():
    parts = [{"type": "image_url"}, {"type": "text", "text": "What is it?"}, {"type": "input_audio"}]
    refused = {"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]}
    messages = [{"role": "user", "content": parts}, refused, {"role": "user", "content": parts}]

    request = parse_chat_request(json.dumps({"messages": messages}).encode())

    why = "it is no text, so the answer was read without it"
    assert request.skipped == (
        Skipped("request content of type 'image_url'", why),
        Skipped("request content of type 'input_audio'", why),
    )


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ("", (False, 1, False, False)),
        ('"stream":true,"stream_options":{"include_usage":true},', (True, 1, True, False)),
        ('"stream":null,"n":3,', (False, 3, False, False)),
        ('"response_format":{"type":"json_schema"},', (False, 1, False, True)),
        ('"response_format":{"type":"text"},', (False, 1, False, False)),
        ('"response_format":{"type":["text"]},', (False, 1, False, False)),
    ],
    ids=["nothing", "stream", "choices", "structured", "text", "no type"],
)
def test_what_concerns_us_is_read(extra, expected):
    request = parse_chat_request(f"{{{extra}{MESSAGES}}}".encode())

    assert (request.is_stream, request.choices, request.wants_usage, request.is_structured) == expected


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ("not json", None),
        ("[1]", None),
        ("", None),
        ("[" * 100_000, None),
        ("{}", "messages"),
        ('{"messages":"hi"}', "messages"),
        ('{"messages":["hi"]}', "messages.0"),
        ('{"messages":[{"content":"hi"}]}', "messages.0.role"),
        ('{"model":5,' + MESSAGES + "}", "model"),
        ('{"stream":"yes",' + MESSAGES + "}", "stream"),
        ('{"n":"two",' + MESSAGES + "}", "n"),
        ('{"n":true,' + MESSAGES + "}", "n"),
    ],
    ids=lambda value: str(value)[:20] if value else "none",
)
def test_a_wrong_request_is_refused_with_its_parameter(body, param):
    with pytest.raises(BadRequest) as error:
        parse_chat_request(body.encode())

    assert error.value.param == param
    assert len(error.value.message) < 500
