"""The `openai` package for Python."""

import openai
import pydantic
import pytest

from client_contract import KNOWN, REWRITTEN, ClientContract, Said, request_for, tokens_of
from fakes import chunks, usage_chunk
from groundwire.domain import Action

ASKED = {"model": "gpt-4o", "messages": [{"role": "user", "content": "What is the fee?"}]}


class Fee(pydantic.BaseModel):
    """What a structured answer is read into."""

    text: str


class OpenAIClient:
    """Asks with the synchronous client."""

    def __init__(self, client):
        self.client = client

    def whole(self, question):
        reply = self.client.chat.completions.create(**request_for(question))
        return Said(reply.choices[0].message.content, reply.choices[0].finish_reason, reply.usage.total_tokens)

    def streamed(self, question):
        parts = list(self.client.chat.completions.create(**request_for(question, is_stream=True)))
        choices = [part.choices[0] for part in parts if part.choices]
        text = "".join(choice.delta.content or "" for choice in choices)
        return Said(text, choices[-1].finish_reason, parts[-1].usage.total_tokens)


@pytest.fixture(scope="module")
def demo(demo_url):
    with openai.OpenAI(base_url=f"{demo_url}/v1", api_key="none", max_retries=0) as client:
        yield client


@pytest.fixture
def faked(wire):
    with openai.OpenAI(base_url=wire.url, api_key="none", max_retries=0) as client:
        yield client


class TestOpenAIClient(ClientContract):
    """The suite with plain calls."""

    @pytest.fixture
    def client(self, demo):
        return OpenAIClient(demo)


def test_the_stream_helper_puts_the_answer_together(demo):
    known = KNOWN[Action.REWRITE]

    with demo.chat.completions.stream(
        model="demo",
        messages=request_for(known.question)["messages"],
        stream_options={"include_usage": True},
    ) as stream:
        texts = [event.delta for event in stream if event.type == "content.delta"]
        final = stream.get_final_completion()

    assert "".join(texts) == final.choices[0].message.content == REWRITTEN
    assert final.usage.total_tokens == tokens_of(known)


def test_the_verdicts_can_be_read_from_the_reply(demo):
    reply = demo.chat.completions.create(**request_for(KNOWN[Action.REWRITE].question))

    assert (reply.grounding["action"], reply.grounding["label"]) == ("rewrite", "contradicted")
    assert reply.choices[0].message.to_dict().keys() >= {"content", "role"}


def test_a_structured_answer_is_parsed(faked, wire):
    wire.upstream.will_say('{"text": "The fee is 5."}')

    reply = faked.chat.completions.parse(**ASKED, response_format=Fee)

    assert reply.choices[0].message.parsed == Fee(text="The fee is 5.")


def test_a_wrong_structured_answer_is_mended_and_parsed(faked, wire):
    wire.upstream.will_say('{"text": "The fee is 5. It is wrong."}')

    reply = faked.chat.completions.parse(**ASKED, response_format=Fee)

    assert reply.choices[0].message.parsed == Fee(text="The fee is 5. It is right.")
    assert reply.grounding["action"] == "rewrite"


def test_a_structured_stream_is_parsed(faked, wire):
    wire.upstream.will_stream(*chunks('{"text": "The', ' fee is 5."', "}")[:-1], usage_chunk(), "[DONE]")

    with faked.chat.completions.stream(**ASKED, response_format=Fee) as stream:
        final = stream.get_final_completion()

    assert final.choices[0].message.parsed == Fee(text="The fee is 5.")


def test_a_block_is_an_error_of_the_clients_own_where_it_parses(faked, wire):
    wire.upstream.will_say("The fee is wrong.")

    with pytest.raises(openai.ContentFilterFinishReasonError):
        faked.chat.completions.parse(**ASKED, extra_headers={"x-grounding-policy": "strict"})
