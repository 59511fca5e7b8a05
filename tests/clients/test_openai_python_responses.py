"""The Responses API of the `openai` package for Python."""

import openai
import pydantic
import pytest

from client_contract import ClientContract, Said
from groundwire.demo.upstream import MODEL
from responses_contract import ResponsesContract, will_say

ASKED = {"model": "gpt-4o", "input": "What is the fee?"}


class Fee(pydantic.BaseModel):
    """What a structured answer is read into."""

    text: str


class ResponsesClient:
    """Asks with the synchronous client; streams through its helper, which puts the events together by itself."""

    def __init__(self, client):
        self._client = client

    def whole(self, headers):
        return said(self._client.responses.create(**ASKED, extra_headers=headers))

    def streamed(self, headers):
        with self._client.responses.stream(**ASKED, extra_headers=headers) as stream:
            events = list(stream)
        text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
        assert text == events[-1].response.output_text
        return said(events[-1].response)


class DemoClient:
    """Asks the demonstration model; why a response is incomplete stands for how an answer of chat has finished."""

    def __init__(self, client):
        self._client = client

    def whole(self, question):
        return self._said(self._client.responses.create(model=MODEL, input=question))

    def streamed(self, question):
        with self._client.responses.stream(model=MODEL, input=question) as stream:
            events = list(stream)
        text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
        assert text == events[-1].response.output_text
        return self._said(events[-1].response)

    def _said(self, response):
        finish = response.incomplete_details.reason if response.status == "incomplete" else "stop"
        return Said(response.output_text, finish, response.usage.total_tokens)


def said(response):
    return Said(response.output_text, response.status, response.usage.total_tokens)


@pytest.fixture
def openai_client(wire):
    with openai.OpenAI(base_url=wire.url, api_key="none", max_retries=0) as client:
        yield client


class TestResponsesClient(ResponsesContract):
    """The suite."""

    @pytest.fixture
    def client(self, openai_client):
        return ResponsesClient(openai_client)


class TestDemo(ClientContract):
    """The suite that chat has to pass."""

    @pytest.fixture
    def client(self, demo_url):
        with openai.OpenAI(base_url=f"{demo_url}/v1", api_key="none", max_retries=0) as client:
            yield DemoClient(client)


def test_a_structured_response_is_parsed(openai_client, wire):
    will_say(wire, '{"text": "The fee is 5."}')

    response = openai_client.responses.parse(**ASKED, text_format=Fee)

    assert response.output_parsed == Fee(text="The fee is 5.")


def test_a_wrong_structured_response_is_mended_and_parsed(openai_client, wire):
    will_say(wire, '{"text": "The fee is 5. It is wrong."}')

    response = openai_client.responses.parse(**ASKED, text_format=Fee)

    assert response.output_parsed == Fee(text="The fee is 5. It is right.")
