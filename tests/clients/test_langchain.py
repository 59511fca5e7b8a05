"""LangChain's `ChatOpenAI`."""

import pytest

from client_contract import ClientContract, Said
from groundwire.demo.upstream import MODEL

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
        message = parts[0]
        for part in parts[1:]:
            message += part
        return said(message)


def said(message):
    return Said(message.content, message.response_metadata["finish_reason"], message.usage_metadata["total_tokens"])


class TestLangChainClient(ClientContract):
    """The suite."""

    @pytest.fixture
    def client(self, demo_url):
        return LangChainClient(demo_url)
