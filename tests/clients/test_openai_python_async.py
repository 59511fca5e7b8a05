"""The asynchronous client of the `openai` package for Python."""

import asyncio

import openai
import pytest

from client_contract import KNOWN, REWRITTEN, ClientContract, Said, request_for
from groundwire.domain import Action


class AsyncClient:
    """Asks with the asynchronous client, on a loop of its own each time."""

    def __init__(self, url):
        self._url = url

    def whole(self, question):
        return asyncio.run(self._whole(question))

    def streamed(self, question):
        return asyncio.run(self._streamed(question))

    def together(self, questions):
        return asyncio.run(self._together(questions))

    def _client(self):
        return openai.AsyncOpenAI(base_url=f"{self._url}/v1", api_key="none", max_retries=0)

    async def _whole(self, question):
        async with self._client() as client:
            reply = await client.chat.completions.create(**request_for(question))
        return Said(reply.choices[0].message.content, reply.choices[0].finish_reason, reply.usage.total_tokens)

    async def _streamed(self, question):
        async with self._client() as client:
            return await streamed(client, question)

    async def _together(self, questions):
        async with self._client() as client:
            return await asyncio.gather(*(streamed(client, question) for question in questions))


async def streamed(client, question):
    stream = await client.chat.completions.create(**request_for(question, is_stream=True))
    parts = [part async for part in stream]
    choices = [part.choices[0] for part in parts if part.choices]
    text = "".join(choice.delta.content or "" for choice in choices)
    return Said(text, choices[-1].finish_reason, parts[-1].usage.total_tokens)


class TestAsyncClient(ClientContract):
    """The suite."""

    @pytest.fixture
    def client(self, demo_url):
        return AsyncClient(demo_url)


def test_streams_at_once_keep_to_their_own_texts(demo_url):
    clean, wrong = KNOWN[Action.ALLOW], KNOWN[Action.REWRITE]

    said = AsyncClient(demo_url).together([clean.question, wrong.question] * 8)

    assert [one.text for one in said] == [clean.answer, REWRITTEN] * 8
