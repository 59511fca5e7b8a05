"""A checked stream: text is held until its claim has a verdict, everything else passes on at once.

One task reads the upstream, one task a choice waits for verdicts, and one place, `_serve`, writes to the client. They
speak through one mailbox, so that what is written has one order.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from groundwire.domain import Mode, Outcome
from groundwire.errors import GroundwireError, UpstreamError
from groundwire.proxy.answering import CheckedAnswer, RequestChecks
from groundwire.proxy.chunks import ChoiceStream, Chunk, parse_chunk
from groundwire.proxy.completion import usage_of
from groundwire.proxy.exchange import Client, Headers, error_body
from groundwire.proxy.grounding import grounding_of, worst_of
from groundwire.proxy.jsontext import JsonObject, encode
from groundwire.proxy.mailbox import Arrived, Broken, Ended, Finished, Left, Mailbox, Message, Released
from groundwire.proxy.sse import DONE, EventParser, ServerEvent, encode_event
from groundwire.proxy.upstream import UpstreamReply

logger = logging.getLogger(__name__)

KEEP_ALIVE_S = 5.0
_KEEP_ALIVE = b": keep-alive\n\n"
# How long the reader may take, in seconds, to see the end of a connection that can then be used again.
_LAST_WORDS_S = 0.05
_HEADERS: Headers = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),
]
_REPLACED = (*(name for name, _ in _HEADERS), b"content-encoding")


@dataclass(frozen=True, slots=True)
class StreamTerms:
    """What the client asked of its stream, and how it is kept alive while text is held (seconds)."""

    choices: int = 1
    wants_usage: bool = False
    includes_grounding: bool = True
    keep_alive_s: float = KEEP_ALIVE_S


class ChatStream:
    """One checked stream of chat completions."""

    def __init__(self, client: Client, reply: UpstreamReply, checks: RequestChecks, terms: StreamTerms) -> None:
        self._client = client
        self._reply = reply
        self._checks = checks
        self._terms = terms
        self._inbox = Mailbox()
        self._choices: dict[int, ChoiceStream] = {}
        self._workers: dict[int, asyncio.Task[None]] = {}
        self._checked: list[CheckedAnswer] = []
        self._tail: list[bytes] = []
        self._usage: dict[str, int] = {}
        self._outcome = Outcome.COMPLETED
        self._has_ended = asyncio.Event()
        self._last_frame = encode_event(DONE)

    async def run(self) -> None:
        """Serve the stream to its end.

        Raises UpstreamError as long as nothing was sent; later errors become the stream's last event.
        """
        reader = asyncio.create_task(self._read())
        watcher = asyncio.create_task(self._watch())
        try:
            await self._serve()
            await asyncio.wait((reader,), timeout=_LAST_WORDS_S)
        finally:
            tasks = (reader, watcher, *self._workers.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self) -> None:
        while not self._is_complete:
            await self._send(self._handled(await self._inbox.take(self._terms.keep_alive_s)))
            if self._client.has_left:
                await self._reply.close()
        if not self._client.has_left:
            await self._start()
            await self._client.end(b"".join((*self._tail, self._last_frame)))

    async def _send(self, data: bytes) -> None:
        if not data or self._client.has_left:
            return
        await self._start()
        await self._client.write(data)

    async def _start(self) -> None:
        if not self._client.has_started:
            await self._client.start(200, [*self._reply.headers(drop=_REPLACED), *_HEADERS])

    @property
    def _is_complete(self) -> bool:
        if any(not choice.is_finished for choice in self._choices.values()):
            return False
        if self._has_ended.is_set():
            return True
        # After a block, what the upstream still writes concerns nobody, unless its token counts are wanted.
        is_blocked = any(choice.is_blocked for choice in self._choices.values())
        return is_blocked and len(self._choices) >= self._terms.choices and not self._terms.wants_usage

    def _handled(self, message: Message | None) -> bytes:
        match message:
            case None:
                return _KEEP_ALIVE if self._client.has_started else b""
            case Arrived(events):
                return b"".join(self._absorbed(events))
            case Released(choice, text):
                return choice.release(text)
            case Finished(choice, text, checked):
                return self._finished(choice, text, checked)
            case Broken(choice):
                choice.is_finished = True
                self._fail(GroundwireError("The check of this answer broke."))
            case Ended(error):
                self._end(error)
            case Left():
                self._abort(Outcome.CLIENT_LEFT)
        return b""

    def _absorbed(self, events: Sequence[ServerEvent]) -> Iterator[bytes]:
        try:
            for event in events:
                if self._has_ended.is_set():
                    return
                if event.data == DONE:
                    self._done()
                else:
                    yield from self._taken(parse_chunk(event.data, self._reply.upstream))
        except UpstreamError as error:
            self._end(error)

    def _taken(self, chunk: Chunk) -> Iterator[bytes]:
        if chunk.is_error:
            self._last_frame = chunk.encoded()
            self._abort(Outcome.UPSTREAM_FAILED)
            return
        if chunk.has_usage:
            self._usage = usage_of(chunk.envelope)
        if not chunk.parts:
            if chunk.has_usage:
                self._tail.append(chunk.encoded())
            else:
                yield chunk.encoded()
        for part in chunk.parts:
            choice = self._choices.get(part.index) or self._opened(part.index)
            if not choice.is_closed and not choice.is_finished:
                yield from choice.take(part, chunk.envelope)

    def _opened(self, index: int) -> ChoiceStream:
        choice = ChoiceStream(index, self._checks.inspect(), self._checks.context.mode)
        self._choices[index] = choice
        self._workers[index] = asyncio.create_task(self._work(choice))
        return choice

    def _done(self) -> None:
        if self._choices:
            self._complete()
        else:
            self._end(UpstreamError(f"The upstream {self._reply.upstream!r} sent a completion without choices."))

    def _end(self, error: GroundwireError | None) -> None:
        """The upstream stopped sending: by itself at the right place, or too early."""
        if self._has_ended.is_set():
            return
        done = [choice.is_closed or choice.is_finished for choice in self._choices.values()]
        if done and all(done):
            self._complete()
            return
        who = f"The upstream {self._reply.upstream!r}"
        error = error or UpstreamError(f"{who} closed its stream before the end of the answer.")
        if not self._choices and not self._client.has_started:
            raise error
        self._fail(error)

    def _fail(self, error: GroundwireError) -> None:
        logger.warning("%s", error.message)
        self._last_frame = encode_event(encode(error_body(error)))
        self._abort(Outcome.UPSTREAM_FAILED)

    def _complete(self) -> None:
        self._has_ended.set()
        for choice in self._choices.values():
            choice.close()

    def _abort(self, outcome: Outcome) -> None:
        """Stop where it is: what is decided stays, and what was not complete never leaves."""
        if self._has_ended.is_set() and outcome is Outcome.UPSTREAM_FAILED:
            return
        self._outcome = outcome
        self._tail.clear()
        self._has_ended.set()
        for choice in self._choices.values():
            choice.wake.set()

    async def _read(self) -> None:
        parser = EventParser()
        error: GroundwireError | None = None
        try:
            async for piece in self._reply.pieces():
                if events := parser.feed(piece):
                    await self._inbox.put(Arrived(events))
            await self._inbox.put(Arrived(parser.close()))
        except UpstreamError as failure:
            error = failure
        except Exception:
            # Without this the stream would wait for an end that never comes.
            logger.exception("The stream of %s could not be read", self._reply.upstream)
            error = GroundwireError("Something broke on our side; the log has the details.")
        await self._inbox.put(Ended(error))

    async def _watch(self) -> None:
        await self._client.until_left()
        await self._inbox.put(Left())

    async def _work(self, choice: ChoiceStream) -> None:
        try:
            await self._release(choice)
            await self._inbox.put(await self._concluded(choice))
        except Exception:
            # Without this the stream would wait for a choice that never finishes.
            logger.exception("Choice %d of %s broke", choice.index, self._checks.context.request_id)
            await self._inbox.put(Broken(choice))

    async def _release(self, choice: ChoiceStream) -> None:
        """Wait for verdicts as claims arrive; claims that pile up meanwhile are judged together."""
        while not choice.is_blocked:
            await choice.wake.wait()
            choice.wake.clear()
            if choice.is_closed or self._is_aborted:
                return
            text = await choice.inspection.settle()
            if text and choice.mode is Mode.ENFORCE:
                await self._inbox.put(Released(choice, text))

    @property
    def _is_aborted(self) -> bool:
        return self._outcome is not Outcome.COMPLETED

    async def _concluded(self, choice: ChoiceStream) -> Finished:
        """Settle the rest and store the event: both before the last text of the answer leaves."""
        text = "" if self._outcome is Outcome.CLIENT_LEFT else await choice.inspection.settle()
        if self._terms.wants_usage:
            await self._has_ended.wait()
        checked = choice.concluded(self._checks)
        [recorded] = await self._checks.record([checked], outcome=self._outcome, usage=self._usage)
        if recorded.is_blocked and not checked.is_blocked:
            message = self._checks.context.policy.blocked_message
            text = f"\n\n{message}" if choice.has_released else message
        return Finished(choice, text if choice.mode is Mode.ENFORCE else "", recorded)

    def _finished(self, choice: ChoiceStream, text: str, checked: CheckedAnswer) -> bytes:
        choice.is_finished = True
        self._checked.append(checked)
        out = choice.release(text) if text else b""
        if self._is_aborted:
            return out
        return out + choice.finish(checked, *self._groundings(checked))

    def _groundings(self, checked: CheckedAnswer) -> tuple[JsonObject, JsonObject]:
        """Return what goes into the choice and what into the chunk: with the last choice, the worst of all."""
        if not self._terms.includes_grounding:
            return {}, {}
        expected = max(self._terms.choices, len(self._choices))
        own: JsonObject = {"grounding": grounding_of(checked).to_wire()}
        if expected == 1:
            return {}, own
        is_last = len(self._checked) == expected or (self._has_ended.is_set() and self._is_complete)
        return own, {"grounding": grounding_of(worst_of(self._checked)).to_wire()} if is_last else {}
