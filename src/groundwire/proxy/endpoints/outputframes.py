"""A stream of the Responses API: typed events, numbered without gaps, whose texts are held until they are checked."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

from groundwire.domain import Mode
from groundwire.errors import GroundwireError, UpstreamError
from groundwire.policy.tools import ToolRules
from groundwire.proxy.answering import CheckedAnswer
from groundwire.proxy.endpoints.completion import usage_of
from groundwire.proxy.endpoints.outputcalls import (
    ARGUMENTS_DELTA,
    ARGUMENTS_DONE,
    CALL,
    StreamedCall,
    call_of,
    checked_calls,
    is_checked_call,
)
from groundwire.proxy.endpoints.outputclosing import ANNOTATION, ITEM_DONE, LAST, PART_DONE, TEXT_DONE, ClosingEvents
from groundwire.proxy.endpoints.outputevents import EventNumbers, Key, OutputEvent
from groundwire.proxy.endpoints.outputparts import HeldPart
from groundwire.proxy.endpoints.outputs import (
    blank,
    dropped_with,
    emptied,
    id_of,
    is_message,
    is_text,
    items_of,
    parts_of,
    reduced,
    texts_of,
    unchecked_items,
)
from groundwire.proxy.held import HeldText, Opener
from groundwire.proxy.jsontext import JsonObject, Path
from groundwire.proxy.upstreams.sse import DONE, ServerEvent

_DELTA = "response.output_text.delta"
_PART_ADDED = "response.content_part.added"
_ITEM_ADDED = "response.output_item.added"
_FAILED = "response.failed"
# Events that carry no text of a message, whatever item they belong to.
_NO_TEXT = ("response.refusal.", "response.audio.", "response.function_call_arguments.", "response.reasoning")
# The place of the text that an output without texts is recorded by.
_NOWHERE: Key = (-1, -1)


class OutputFrames:
    """Reads and writes a stream of events; see `Frames`.

    What opens an item or a part, and all that is no text, passes on at once. What repeats a text (its `done` events,
    its annotations, the final response) waits to the end, so that it agrees with the deltas that were sent. A call
    whose arguments are checked waits as a whole, and so does what comes behind it, for clients count the items.
    """

    # A response is whole only when its last event says so.
    is_whole = False

    def __init__(self, upstream: str, opener: Opener, rules: ToolRules | None = None) -> None:
        self.usage: dict[str, int] = {}
        self.reply_id = ""
        self.has_ended = False
        self.has_failed = False
        self._upstream = upstream
        self._open = opener
        self._rules = rules or ToolRules()
        self._numbers = EventNumbers(upstream)
        self._calls: dict[int, StreamedCall] = {}
        self._parts: dict[Key, HeldPart] = {}
        self._by_index: dict[int, HeldPart] = {}
        self._items: dict[int, JsonObject] = {}
        self._waiting: list[OutputEvent] = []
        self._top: JsonObject = {}

    def take(self, event: ServerEvent) -> Iterator[bytes]:
        """Take an event and yield what passes on at once; raises UpstreamError for what is no event."""
        if event.data == DONE:
            return
        read = self._numbers.read(event)
        if self._is_of_call(read):
            yield from self._call_event(read)
        elif read.type in (_DELTA, TEXT_DONE, ANNOTATION, PART_DONE):
            yield from self._text_event(read)
        elif read.type in (_PART_ADDED, _ITEM_ADDED, ITEM_DONE):
            yield from self._structure(read)
        elif read.type in LAST:
            self._end(read)
        elif read.type in (_FAILED, "error") or read.values.get("error"):
            self._waiting, self.has_failed = [read], True
        else:
            self._refuse_unread(read)
            yield self._passed(read, emptied(("response",), read.child("response")))

    def release(self, held: HeldText, text: str) -> bytes:
        """Return the delta for text that may leave."""
        part = self._by_index[held.index]
        part.sent.append(text)
        is_silent = part.is_late or part.key == _NOWHERE or part.key[1] == CALL
        return b"" if is_silent else self._numbers.written(part.delta(text))

    def concluded(self, held: HeldText, checked: CheckedAnswer) -> CheckedAnswer:
        """Return the outcome, which names what is dropped together with the text."""
        return checked.with_skipped(dropped_with(self._by_index[held.index].part) if checked.is_changed else [])

    def finish(self, held: HeldText, checked: CheckedAnswer, own: JsonObject, top: JsonObject) -> bytes:
        """Keep the outcome for the closing events, which come when all texts have theirs."""
        part = self._by_index[held.index]
        part.checked, part.own = checked, own if len(self._by_index) > 1 else {}
        self._top = top or self._top
        return b""

    def ending(self) -> bytes:
        """Return the events that waited, in their order, rewritten to what was sent."""
        closing = ClosingEvents(self._numbers, self._parts, self._calls, self._top)
        return b"".join(map(closing.rewritten, self._waiting))

    def reported(self) -> bytes:
        """Return the upstream's report; of the output it holds what was sent."""
        [event] = self._waiting
        results = {key: part.delivered for key, part in self._parts.items()}
        return self._numbers.framed(event, reduced(event.child("response"), results, self._rules))

    def failure(self, error: GroundwireError) -> bytes:
        """Return an error event."""
        return self._numbers.written(
            {"type": "error", "code": error.code, "message": error.message, "param": error.param}
        )

    def _text_event(self, event: OutputEvent) -> Iterator[bytes]:
        if event.type == PART_DONE and not is_text(event.child("part")):
            yield self._passed(event)
            return
        part = self._part(event.key, event.values.get("item_id"))
        if event.type == _DELTA:
            self._feed(part, event.values.get("delta"))
        elif event.type == TEXT_DONE:
            self._complete(part, event.values)
        elif event.type == PART_DONE:
            self._complete(part, event.child("part"))
        if not self._holds:
            yield self._numbers.framed(event)
        elif event.type != _DELTA:
            self._waiting.append(event)

    @property
    def _holds(self) -> bool:
        """Whether texts wait for their verdicts; in shadow mode they do not."""
        return all(part.held.mode is Mode.ENFORCE for part in self._parts.values())

    def _structure(self, event: OutputEvent) -> Iterator[bytes]:
        name = "part" if event.type == _PART_ADDED else "item"
        child = event.child(name)
        if event.type == _PART_ADDED:
            yield self._passed(event, blank((name,), child))
            return
        place = event.place("output_index")
        self._items[place] = child
        if event.type == _ITEM_ADDED or not is_message(child):
            parts = parts_of(child, self._upstream) if is_message(child) else []
            blanks = (edit for number, part in enumerate(parts) for edit in blank((name, "content", number), part))
            yield self._passed(event, blanks)
            return
        for number, part in enumerate(parts_of(child, self._upstream)):
            if is_text(part):
                self._complete(self._part((place, number), child.get("id")), part)
        if self._holds:
            self._waiting.append(event)
        else:
            yield self._numbers.framed(event)

    def _is_of_call(self, event: OutputEvent) -> bool:
        """Whether an event is about a call whose arguments are checked; raises UpstreamError where none can tell."""
        is_open = event.place("output_index") in self._items
        if event.type in (ARGUMENTS_DELTA, ARGUMENTS_DONE) and self._rules and not is_open:
            raise UpstreamError(f"The upstream {self._upstream!r} sent arguments of a call that it has not named.")
        if "output_index" in event.values and event.place("output_index") in self._calls:
            return True
        return event.type in (_ITEM_ADDED, ITEM_DONE) and is_checked_call(event.child("item"), self._rules)

    def _call_event(self, event: OutputEvent) -> Iterator[bytes]:
        place, item = event.place("output_index"), event.child("item")
        call = self._calls.get(place) or self._opened_call(place, item)
        if event.type == ITEM_DONE:
            self._complete_call(call, item)
        elif event.type != _ITEM_ADDED:
            call.take(event)
        if not self._holds:
            yield self._numbers.framed(event)
            return
        # What is checked comes with the item's end.
        is_early = event.type == _ITEM_ADDED and item.get("arguments")
        self._waiting.append(dataclasses.replace(event, edits=((("item", "arguments"), ""),) if is_early else ()))

    def _opened_call(self, place: int, item: JsonObject) -> StreamedCall:
        if place in self._items:
            # What of its arguments came before has left under the name of another tool.
            raise UpstreamError(f"The upstream {self._upstream!r} named a tool after arguments of its call.")
        self._items[place] = item
        self._opened((place, CALL))
        self._calls[place] = call = StreamedCall(place, call_of(item, place).name, self._upstream)
        return call

    def _complete_call(self, call: StreamedCall, item: JsonObject) -> None:
        held, tool = self._parts[call.place, CALL].held, call.complete(item)
        if not held.is_closed:
            held.inspection.calls.take(tool)
            held.close()

    def _is_behind(self, place: int) -> bool:
        """Whether an item comes behind a call that is held."""
        return self._holds and any(earlier < place for earlier in self._calls)

    def _passed(self, event: OutputEvent, edits: Iterable[tuple[Path, object]] = ()) -> bytes:
        """Return an event that needs no verdict; behind a call it waits for its turn."""
        if not self._is_behind(event.place("output_index")):
            return self._numbers.framed(event, edits)
        self._waiting.append(dataclasses.replace(event, edits=tuple(edits)))
        return b""

    def _refuse_unread(self, event: OutputEvent) -> None:
        """Text of a message in an event that is not known would pass by the check."""
        is_about_text = is_message(self._items.get(event.place("output_index"), {}))
        has_text = any(event.values.get(name) for name in ("delta", "text", "content", "part", "item", "choices"))
        if not event.type or (is_about_text and has_text and not event.type.startswith(_NO_TEXT)):
            raise UpstreamError(f"The upstream {self._upstream!r} sent text in an event of type {event.type!r}.")

    def _part(self, key: Key, item_id: object = None) -> HeldPart:
        part = self._parts.get(key) or self._opened(key)
        part.item_id = part.item_id or item_id
        return part

    def _opened(self, key: Key) -> HeldPart:
        part = HeldPart(key, self._open(len(self._by_index)), self._is_behind(key[0]))
        self._by_index[part.held.index] = self._parts[key] = part
        return part

    def _feed(self, part: HeldPart, text: object) -> None:
        if not isinstance(text, str) or part.held.is_closed:
            raise UpstreamError(f"The upstream {self._upstream!r} sent a delta that is no text, or after its end.")
        part.held.feed(part.held.whole(text))

    def _complete(self, part: HeldPart, values: JsonObject) -> None:
        """Take the text as a whole, which must be what came in deltas, or begin with it."""
        if not is_text(values) or not part.held.complete(str(values["text"])):
            raise UpstreamError(f"The upstream {self._upstream!r} sent a text that differs from its deltas.")
        part.part = {**part.part, **{name: value for name, value in values.items() if value}}

    def _end(self, event: OutputEvent) -> None:
        response = event.child("response")
        items = items_of(response, self._upstream)
        for key, text in texts_of(items, self._upstream):
            self._complete(self._part(key, items[key[0]].get("id")), text)
        for key, _ in checked_calls(items, self._rules):
            self._complete_call(self._calls.get(key[0]) or self._opened_call(key[0], items[key[0]]), items[key[0]])
        if any(not call.item for call in self._calls.values()):
            raise UpstreamError(f"The upstream {self._upstream!r} sent a function call without its end.")
        if not self._by_index:
            # A response without text is recorded like any other.
            self._opened(_NOWHERE)
        beside = list(unchecked_items(items or list(self._items.values()), self._rules))
        for part in self._by_index.values():
            for entry in beside:
                part.held.inspection.skip(entry.what, entry.why)
        self._waiting.append(event)
        self.usage, self.reply_id, self.has_ended = usage_of(response), id_of(response), True
