"""The proxy without a network: one loop, on which an upstream and a verifier take as long as a test says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import httpx

from fakes import (
    FakeKnowledgeBase,
    FakeRetriever,
    MemoryEventStore,
    ScriptedVerifier,
    chunk,
    completion,
    event,
    response,
    response_events,
    text_chunk,
    text_completion,
    typed_event,
)
from groundwire.domain import Mode, Question
from groundwire.guardrail import Guardrail
from groundwire.policy.policy import Policy
from groundwire.proxy.answering import AnswerService, CheckContext, RequestChecks
from groundwire.proxy.checks.regeneration import Ask
from groundwire.proxy.endpoints.choiceframes import ChoiceFrames
from groundwire.proxy.endpoints.completion import Completion
from groundwire.proxy.endpoints.outputframes import OutputFrames
from groundwire.proxy.endpoints.outputs import ResponseReply
from groundwire.proxy.endpoints.shapes import CHAT, PLAIN
from groundwire.proxy.exchange import Client
from groundwire.proxy.streaming import CheckedStream, StreamTerms
from groundwire.proxy.upstreams.upstream import UpstreamReply

# How many rounds of the loop something takes, again and again.
Delays = Callable[[], int]


@dataclass(frozen=True)
class Terms:
    """Under which terms an answer is checked."""

    policy: Policy
    mode: Mode = Mode.ENFORCE
    is_structured: bool = False
    is_down: bool = False
    ask: Ask | None = None

    def checks(self, threads: Executor, *, is_stream: bool) -> RequestChecks:
        """Open the checks of one request."""
        verifier = ScriptedVerifier()
        verifier.error = RuntimeError("out of memory") if self.is_down else None
        guardrail = Guardrail(FakeKnowledgeBase(), FakeRetriever(), verifier)
        service = AnswerService(guardrail, MemoryEventStore(), threads, ["default"])
        context = CheckContext(
            self.policy, self.mode, Question(), "/v1/x", is_stream=is_stream, is_structured=self.is_structured
        )
        return service.open(context, self.ask)


@dataclass(frozen=True)
class Endpoint:
    """How one endpoint's replies are made and read; `events` takes the pieces of each text."""

    whole: Callable[..., bytes]
    events: Callable[[Sequence[Sequence[str]]], list[bytes]]
    reply: Callable[[bytes], Completion | ResponseReply]
    frames: Callable[..., ChoiceFrames | OutputFrames]
    always_has_usage: bool = False


def _choice_events(write: Callable[..., dict], texts: Sequence[Sequence[str]]) -> list[bytes]:
    """Return a stream whose choices come in turn."""
    longest = max(map(len, texts))
    parts = [
        write(pieces[step], index=place)
        for step in range(longest)
        for place, pieces in enumerate(texts)
        if step < len(pieces)
    ]
    ends = [write("", finish="stop", index=place) for place in range(len(texts))]
    return [*map(event, (*parts, *ends)), event("[DONE]")]


def _chat_chunk(text: str, **options: object) -> dict:
    return chunk({"content": text}, **options)


ENDPOINTS = {
    "chat": Endpoint(
        completion,
        partial(_choice_events, _chat_chunk),
        lambda body: Completion(body, "fake", CHAT),
        partial(ChoiceFrames, "fake", shape=CHAT),
    ),
    "completions": Endpoint(
        text_completion,
        partial(_choice_events, text_chunk),
        lambda body: Completion(body, "fake", PLAIN),
        partial(ChoiceFrames, "fake", shape=PLAIN),
    ),
    "responses": Endpoint(
        response,
        lambda texts: [typed_event(one) for one in response_events(*texts)],
        lambda body: ResponseReply(body, "fake"),
        partial(OutputFrames, "fake"),
        always_has_usage=True,
    ),
}


class SlowThread(Executor):
    """Does the work one by one, each a few rounds of the loop later."""

    def __init__(self, delays: Delays) -> None:
        self._delays = delays
        self._last: asyncio.Task[None] | None = None

    def submit(self, function, /, *arguments, **options):
        future: Future = Future()
        self._last = asyncio.ensure_future(self._run(self._last, partial(function, *arguments, **options), future))
        return future

    async def _run(self, before: asyncio.Task[None] | None, work: Callable[[], object], future: Future) -> None:
        if before:
            await before
        await _rounds(self._delays())
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(work())
        except Exception as error:
            future.set_exception(error)


class _Body(httpx.AsyncByteStream):
    def __init__(self, pieces: Sequence[bytes], delays: Delays) -> None:
        self._pieces = pieces
        self._delays = delays

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            await _rounds(self._delays())
            yield piece


async def _rounds(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def streamed(endpoint: Endpoint, packets: Sequence[bytes], texts: int, terms: Terms, delays: Delays) -> str:
    """Return the body that the client of a stream gets."""
    return asyncio.run(_streamed(endpoint, packets, texts, terms, delays))


async def _streamed(endpoint: Endpoint, packets: Sequence[bytes], texts: int, terms: Terms, delays: Delays) -> str:
    sent: list[bytes] = []

    async def send(message: dict) -> None:
        sent.append(message.get("body", b""))

    client = Client({"method": "POST", "headers": []}, asyncio.Event().wait, send)
    reply = UpstreamReply("fake", httpx.Response(200, stream=_Body(packets, delays)))
    checks = terms.checks(SlowThread(delays), is_stream=True)
    stream_terms = StreamTerms(1 if endpoint.always_has_usage else texts, endpoint.always_has_usage)
    await CheckedStream(client, reply, checks, stream_terms, endpoint.frames).run()
    return b"".join(sent).decode()


def whole(endpoint: Endpoint, texts: Sequence[str], terms: Terms) -> str:
    """Return the body that the client of a whole reply gets."""
    return asyncio.run(_whole(endpoint, texts, terms))


async def _whole(endpoint: Endpoint, texts: Sequence[str], terms: Terms) -> str:
    checks = terms.checks(SlowThread(lambda: 0), is_stream=False)
    reply = endpoint.reply(endpoint.whole(*texts))
    checked = await checks.record([await checks.check(one.text, one.index) for one in reply.answers])
    return reply.with_answers(checked, includes_grounding=True).decode()


def cut(text: str | bytes, places: Sequence[int]) -> list:
    """Cut a text at these places, in any order."""
    ordered = [0, *sorted(min(place, len(text)) for place in places), len(text)]
    return [text[start:end] for start, end in pairwise(ordered)]


def repeating(numbers: Sequence[int]) -> Delays:
    """Return these numbers, over and over."""
    source = _forever(numbers)
    return lambda: next(source)


def _forever(numbers: Sequence[int]) -> Iterator[int]:
    while True:
        yield from numbers
