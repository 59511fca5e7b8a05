"""The real OpenAI client's plain completions against the running proxy."""

import openai
import pytest

from fakes import USAGE, Scripted, text_chunks, text_completion


@pytest.fixture
def client(wire):
    with openai.OpenAI(base_url=wire.url, api_key="sk-test", max_retries=0) as client:
        yield client


def test_a_completion(client, wire):
    wire.upstream.will(Scripted([text_completion("The fee is 5. It is wrong.", "Fine.")]))

    reply = client.completions.create(model="m", prompt="What is the fee?", n=2)

    assert [choice.text for choice in reply.choices] == ["The fee is 5. It is right.", "Fine."]
    assert reply.usage.total_tokens == USAGE["total_tokens"]
    assert (reply.grounding["action"], reply.choices[1].grounding["action"]) == ("rewrite", "allow")


def test_a_stream(client, wire):
    wire.upstream.will_stream(*text_chunks("The fee", " is 5. It is", " wrong."))

    parts = list(client.completions.create(model="m", prompt="What is the fee?", stream=True))

    assert "".join(part.choices[0].text for part in parts) == "The fee is 5. It is right."
    assert parts[-1].choices[0].finish_reason == "stop"
    assert parts[-1].grounding["action"] == "rewrite"


async def test_the_async_client_sees_a_block_as_content_filter(wire):
    wire.upstream.will_stream(*text_chunks("It is", " wrong."))
    headers = {"x-grounding-policy": "strict"}

    async with openai.AsyncOpenAI(base_url=wire.url, api_key="sk", max_retries=0) as client:
        stream = await client.completions.create(model="m", prompt="?", stream=True, extra_headers=headers)
        parts = [part async for part in stream]

    assert parts[-1].choices[0].finish_reason == "content_filter"
    assert "wrong" not in "".join(part.choices[0].text for part in parts)
