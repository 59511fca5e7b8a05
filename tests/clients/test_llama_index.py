"""LlamaIndex's `OpenAILike`."""

import pytest

from client_contract import ClientContract, Said
from groundwire.demo.upstream import MODEL

openai_like = pytest.importorskip("llama_index.llms.openai_like", reason="`make test-clients` installs LlamaIndex")


class LlamaIndexClient:
    """Asks through a language model of LlamaIndex."""

    def __init__(self, url):
        self._model = openai_like.OpenAILike(
            api_base=f"{url}/v1", api_key="none", model=MODEL, is_chat_model=True, max_retries=0
        )

    def whole(self, question):
        reply = self._model.chat(asked(question))
        return Said(reply.message.content, reply.raw.choices[0].finish_reason, reply.raw.usage.total_tokens)

    def streamed(self, question):
        replies = list(self._model.stream_chat(asked(question), stream_options={"include_usage": True}))
        finishes = [reply.raw.choices[0].finish_reason for reply in replies if reply.raw.choices]
        return Said(replies[-1].message.content, finishes[-1], replies[-1].raw.usage.total_tokens)


def asked(question):
    from llama_index.core.llms import ChatMessage

    return [ChatMessage(role="user", content=question)]


class TestLlamaIndexClient(ClientContract):
    """The suite."""

    @pytest.fixture
    def client(self, demo_url):
        return LlamaIndexClient(demo_url)
