"""A checked stream: text is held until its claim has a verdict, everything else passes on at once.

One task reads the upstream, one task a text waits for verdicts, and one place, `_serve`, writes to the client. They
speak through one mailbox, so that what is written has one order. How an endpoint's stream looks is for its `Frames`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from groundwire.domain import Mode, Outcome
from groundwire.errors import GroundwireError, UpstreamError
from groundwire.proxy.answering import CheckedAnswer, RequestChecks
from groundwire.proxy.exchange import Client, Headers
from groundwire.proxy.grounding import grounding_of, worst_of
from groundwire.proxy.held import Frames, HeldText, Opener
from groundwire.proxy.jsontext import JsonObject
from groundwire.proxy.mailbox import Arrived, Broken, Ended, Finished, Left, Mailbox, Message, Released
from groundwire.proxy.upstreams.sse import EventParser, ServerEvent
from groundwire.proxy.upstreams.upstream import UpstreamReply

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


class CheckedStream:
    """One checked stream; `frames` makes what reads and writes it, given what opens a text.

    `remember` is told the reply's id and its texts before the client sees the end, and may at once go on from it.
    """

    def __init__(
        self,
        client: Client,
        reply: UpstreamReply,
        checks: RequestChecks,
        terms: StreamTerms,
        frames: Callable[[Opener], Frames],
        remember: Callable[[str, Sequence[CheckedAnswer]], None] = lambda _id, _checked: None,
    ) -> None:
        self._client = client
        self._reply = reply
        self._checks = checks
        self._terms = terms
        self._frames = frames(self._opened)
        self._remember = remember
        self._inbox = Mailbox()
        self._texts: dict[int, HeldText] = {}
        self._workers: dict[int, asyncio.Task[None]] = {}
        self._checked: list[CheckedAnswer] = []
        self._outcome = Outcome.COMPLETED
        self._has_ended = asyncio.Event()
        # Made when it is sent, for it counts what went before.
        self._ending = self._frames.ending

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
            self._remember(self._frames.reply_id, self._checked)
            await self._client.end(self._ending())

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
        if any(not held.is_finished for held in self._texts.values()):
            return False
        if self._has_ended.is_set():
            return True
        # After a block, what the upstream still writes concerns nobody, unless its token counts are wanted.
        is_blocked = any(held.is_blocked for held in self._texts.values())
        return is_blocked and len(self._texts) >= self._terms.choices and not self._terms.wants_usage

    def _handled(self, message: Message | None) -> bytes:
        match message:
            case None:
                # Before there is a text, a failure can still be told by the status.
                return _KEEP_ALIVE if self._texts or self._client.has_started else b""
            case Arrived(events):
                return b"".join(self._absorbed(events))
            case Released(held, text):
                return self._release_frame(held, text)
            case Finished(held, text, checked):
                return self._finished(held, text, checked)
            case Broken(held):
                held.is_finished = True
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
                yield from self._frames.take(event)
                if self._frames.has_failed:
                    self._ending = self._frames.reported
                    self._abort(Outcome.UPSTREAM_FAILED)
                elif self._frames.has_ended:
                    self._complete()
        except UpstreamError as error:
            self._end(error)

    def _opened(self, index: int) -> HeldText:
        held = HeldText(index, self._checks.inspect(), self._checks.context.mode)
        self._texts[index] = held
        self._workers[index] = asyncio.create_task(self._work(held))
        return held

    def _end(self, error: GroundwireError | None) -> None:
        """The upstream stopped sending: by itself at the right place, or too early."""
        if self._has_ended.is_set():
            return
        if self._frames.is_whole:
            self._complete()
            return
        who = f"The upstream {self._reply.upstream!r}"
        error = error or UpstreamError(f"{who} closed its stream before the end of the answer.")
        if not self._texts and not self._client.has_started:
            raise error
        self._fail(error)

    def _fail(self, error: GroundwireError) -> None:
        logger.warning("%s", error.message)
        self._ending = partial(self._frames.failure, error)
        self._abort(Outcome.UPSTREAM_FAILED)

    def _complete(self) -> None:
        self._has_ended.set()
        for held in self._texts.values():
            held.close()

    def _abort(self, outcome: Outcome) -> None:
        """Stop where it is: what is decided stays, and what was not complete never leaves."""
        if self._has_ended.is_set() and outcome is Outcome.UPSTREAM_FAILED:
            return
        self._outcome = outcome
        self._has_ended.set()
        for held in self._texts.values():
            held.wake.set()

    async def _read(self) -> None:
        parser = EventParser(self._reply.upstream)
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

    async def _work(self, held: HeldText) -> None:
        try:
            await self._release(held)
            await self._inbox.put(await self._concluded(held))
        except Exception:
            # Without this the stream would wait for a text that never finishes.
            logger.exception("Text %d of %s broke", held.index, self._checks.context.request_id)
            await self._inbox.put(Broken(held))

    async def _release(self, held: HeldText) -> None:
        """Wait for verdicts as claims arrive; claims that pile up meanwhile are judged together."""
        while not held.is_blocked:
            await held.until_due(self._checks.context.policy.limits.held_s)
            if held.is_closed or self._is_aborted:
                return
            text = await held.inspection.settle()
            if text and held.mode is Mode.ENFORCE:
                await self._inbox.put(Released(held, text))

    @property
    def _is_aborted(self) -> bool:
        return self._outcome is not Outcome.COMPLETED

    async def _concluded(self, held: HeldText) -> Finished:
        """Settle the rest and store the event: both before the last text of the answer leaves."""
        text = "" if self._outcome is Outcome.CLIENT_LEFT else await held.inspection.settle()
        if self._terms.wants_usage:
            await self._has_ended.wait()
        checked = self._frames.concluded(held, self._checks.conclude(held.inspection, held.index))
        [recorded] = await self._checks.record([checked], outcome=self._outcome, usage=self._frames.usage)
        if recorded.is_blocked and not checked.is_blocked:
            message = self._checks.context.policy.blocked_message
            text = f"\n\n{message}" if held.has_released else message
        return Finished(held, text if held.mode is Mode.ENFORCE else "", recorded)

    def _finished(self, held: HeldText, text: str, checked: CheckedAnswer) -> bytes:
        held.is_finished = True
        self._checked.append(checked)
        out = self._release_frame(held, text) if text else b""
        if self._is_aborted:
            return out
        return out + self._frames.finish(held, checked, *self._groundings(checked))

    def _release_frame(self, held: HeldText, text: str) -> bytes:
        held.has_released = True
        return self._frames.release(held, text)

    def _groundings(self, checked: CheckedAnswer) -> tuple[JsonObject, JsonObject]:
        """Return what goes beside the text and what on top: with the last text, the worst of all."""
        if not self._terms.includes_grounding:
            return {}, {}
        expected = max(self._terms.choices, len(self._texts))
        own: JsonObject = {"grounding": grounding_of(checked).to_wire()}
        if expected == 1:
            return {}, own
        is_last = len(self._checked) == expected or (self._has_ended.is_set() and self._is_complete)
        return own, {"grounding": grounding_of(worst_of(self._checked)).to_wire()} if is_last else {}
