"""The real OpenAI client against the running proxy."""

import openai
import pytest

from fakes import USAGE, Scripted, chunk, chunks, usage_chunk

MESSAGES = [{"role": "user", "content": "What is the fee?"}]
TOOLS = [{"type": "function", "function": {"name": "pay", "parameters": {"type": "object", "properties": {}}}}]


@pytest.fixture
def client(wire):
    with openai.OpenAI(base_url=wire.url, api_key="sk-test", max_retries=0) as client:
        yield client


def test_a_completion(client, wire):
    wire.upstream.will_say("The fee is 5. It is wrong.")

    reply = client.chat.completions.create(model="gpt-4o", messages=MESSAGES)

    assert reply.choices[0].message.content == "The fee is 5. It is right."
    assert reply.usage.total_tokens == USAGE["total_tokens"]
    assert reply.grounding["action"] == "rewrite"
    assert wire.upstream.requests[0].headers["authorization"] == "Bearer sk-test"


def test_several_choices_with_their_own_grounding(client, wire):
    wire.upstream.will_say("The fee is 5.", "It is wrong.")

    reply = client.chat.completions.create(
        model="gpt-4o", messages=MESSAGES, n=2, extra_body={"grounding": {"collections": ["faq"]}}
    )

    assert [choice.grounding["action"] for choice in reply.choices] == ["allow", "rewrite"]
    assert reply.grounding["revision"] == "faq@1"


def test_a_stream_with_usage(client, wire):
    wire.upstream.will_stream(*chunks("The fee", " is 5. It is", " wrong.")[:-1], usage_chunk(), "[DONE]")

    parts = list(
        client.chat.completions.create(
            model="gpt-4o", messages=MESSAGES, stream=True, stream_options={"include_usage": True}
        )
    )

    text = "".join(part.choices[0].delta.content or "" for part in parts if part.choices)
    assert text == "The fee is 5. It is right."
    assert parts[-1].usage.total_tokens == USAGE["total_tokens"]
    assert parts[-2].grounding["action"] == "rewrite"
    assert len({part.id for part in parts}) == 1


def test_the_stream_helper_puts_text_and_tool_calls_together(client, wire):
    calls = [
        {"index": 0, "id": "c1", "type": "function", "function": {"name": "pay", "arguments": '{"a"'}},
        {"index": 0, "function": {"arguments": ": 1}"}},
    ]
    wire.upstream.will_stream(
        chunk({"role": "assistant", "content": ""}),
        chunk({"content": "It is wrong. Wait"}),
        *(chunk({"tool_calls": [call]}) for call in calls),
        chunk({"content": " for 5 minutes."}),
        chunk({}, "tool_calls"),
        "[DONE]",
    )

    with client.chat.completions.stream(model="gpt-4o", messages=MESSAGES, tools=TOOLS) as stream:
        final = stream.get_final_completion()

    message = final.choices[0].message
    assert message.content == "It is right. Wait for 5 minutes."
    assert message.tool_calls[0].function.arguments == '{"a": 1}'
    assert final.choices[0].finish_reason == "tool_calls"


def test_two_choices_of_a_stream_through_the_helper(client, wire):
    wire.upstream.will_stream(
        chunk({"role": "assistant", "content": "The fee is 5."}),
        chunk({"role": "assistant", "content": "It is wrong."}, index=1),
        chunk({}, "stop"),
        chunk({}, "stop", index=1),
        "[DONE]",
    )

    with client.chat.completions.stream(model="gpt-4o", messages=MESSAGES, n=2) as stream:
        final = stream.get_final_completion()

    assert [choice.message.content for choice in final.choices] == ["The fee is 5.", "It is right."]


async def test_the_async_client(wire):
    async with openai.AsyncOpenAI(base_url=wire.url, api_key="sk", max_retries=0) as client:
        wire.upstream.will_say("It is wrong.")
        whole = await client.chat.completions.create(model="gpt-4o", messages=MESSAGES)
        wire.upstream.will_stream(*chunks("It is", " wrong."))
        parts = [
            part async for part in await client.chat.completions.create(model="gpt-4o", messages=MESSAGES, stream=True)
        ]

    assert whole.choices[0].message.content == "It is right."
    assert "".join(part.choices[0].delta.content or "" for part in parts) == "It is right."


def test_a_block_is_no_error(client, wire):
    wire.upstream.will_say("It is wrong.")

    reply = client.chat.completions.create(
        model="gpt-4o", messages=MESSAGES, extra_headers={"x-grounding-policy": "strict"}
    )

    assert reply.choices[0].finish_reason == "content_filter"


def test_an_error_in_a_stream_is_raised_after_the_verified_text(client, wire):
    wire.upstream.will_stream(*chunks("The fee is 5. It")[:-2])
    stream = client.chat.completions.create(model="gpt-4o", messages=MESSAGES, stream=True)
    texts = []

    def read():
        for part in stream:
            texts.append(part.choices[0].delta.content or "")

    with pytest.raises(openai.APIError, match="closed its stream"):
        read()
    assert "".join(texts) == "The fee is 5."


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, openai.AuthenticationError), (429, openai.RateLimitError), (500, openai.InternalServerError)],
)
def test_an_upstream_error_keeps_status_body_and_headers(client, wire, status, kind):
    body = b'{"error":{"message":"no","type":"x","param":null,"code":"c"}}'
    headers = {"content-type": "application/json", "retry-after": "7", "x-request-id": "req_9"}
    wire.upstream.will(Scripted([body], status, headers))

    with pytest.raises(kind) as error:
        client.chat.completions.create(model="gpt-4o", messages=MESSAGES)

    assert error.value.response.content == body
    assert error.value.response.headers["retry-after"] == "7"
    assert error.value.request_id == "req_9"


def test_the_models_are_listed(client, wire):
    model = {"id": "gpt-4o", "object": "model", "created": 1, "owned_by": "x"}
    wire.upstream.will(Scripted([f'{{"object":"list","data":[{model}]}}'.replace("'", '"').encode()]))

    assert [model.id for model in client.models.list()] == ["gpt-4o"]
