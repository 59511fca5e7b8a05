"""Plain completions of the `openai` package for Python."""

import openai
import pytest

from client_contract import ClientContract, Said
from groundwire.demo.upstream import MODEL


class CompletionsClient:
    """Asks with the synchronous client; the question is the prompt."""

    def __init__(self, client):
        self._create = client.completions.create

    def whole(self, question):
        reply = self._create(model=MODEL, prompt=question)
        return Said(reply.choices[0].text, reply.choices[0].finish_reason, reply.usage.total_tokens)

    def streamed(self, question):
        options = {"include_usage": True}
        parts = list(self._create(model=MODEL, prompt=question, stream=True, stream_options=options))
        choices = [part.choices[0] for part in parts if part.choices]
        return Said("".join(choice.text for choice in choices), choices[-1].finish_reason, parts[-1].usage.total_tokens)


class TestCompletionsClient(ClientContract):
    """The suite."""

    @pytest.fixture
    def client(self, demo_url):
        with openai.OpenAI(base_url=f"{demo_url}/v1", api_key="none", max_retries=0) as client:
            yield CompletionsClient(client)
