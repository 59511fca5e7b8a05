"""LangChain's `ChatOpenAI`."""

import pytest

from client_contract import ClientContract, Said
from groundwire.demo.upstream import MODEL
from responses_contract import ResponsesContract

langchain_openai = pytest.importorskip("langchain_openai", reason="`make test-clients` installs LangChain")


class LangChainClient:
    """Asks through a chat model."""

    def __init__(self, url):
        self._model = langchain_openai.ChatOpenAI(
            base_url=f"{url}/v1", api_key="none", model=MODEL, max_retries=0, stream_usage=True
        )

    def whole(self, question):
        return said(self._model.invoke(question))

    def streamed(self, question):
        parts = list(self._model.stream(question))
        return said(sum(parts[1:], parts[0]))


def said(message):
    return Said(message.content, message.response_metadata["finish_reason"], message.usage_metadata["total_tokens"])


class TestLangChainClient(ClientContract):
    """The suite."""

    @pytest.fixture
    def client(self, demo_url):
        return LangChainClient(demo_url)


class LangChainResponses:
    """Asks over the Responses API."""

    def __init__(self, url):
        self._url = url

    def whole(self, headers):
        return responded(self.model(headers).invoke("What is the fee?"))

    def streamed(self, headers):
        parts = list(self.model(headers).stream("What is the fee?"))
        return responded(sum(parts[1:], parts[0]))

    def model(self, headers):
        return langchain_openai.ChatOpenAI(
            base_url=self._url,
            api_key="none",
            model="gpt-4o",
            max_retries=0,
            use_responses_api=True,
            default_headers=headers,
        )


def responded(message):
    return Said(message.text, message.response_metadata["status"], message.usage_metadata["total_tokens"])


class TestLangChainResponses(ResponsesContract):
    """The suite of the Responses API."""

    @pytest.fixture
    def client(self, wire):
        return LangChainResponses(wire.url)
