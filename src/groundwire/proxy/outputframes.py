"""A stream of the Responses API: typed events, numbered without gaps, whose texts are held until they are checked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from groundwire.domain import Mode
from groundwire.errors import GroundwireError, UpstreamError
from groundwire.proxy.answering import CheckedAnswer
from groundwire.proxy.citations import file_citations
from groundwire.proxy.completion import usage_of
from groundwire.proxy.held import HeldText, Opener
from groundwire.proxy.jsontext import JsonObject, Path, encode, is_object, replace
from groundwire.proxy.outputs import (
    Delivered,
    Key,
    OutputEvent,
    blank,
    dropped_with,
    emptied,
    id_of,
    is_message,
    is_text,
    item_edits,
    items_of,
    part_edits,
    parts_of,
    reduced,
    response_edits,
    texts_of,
    unchecked_items,
)
from groundwire.proxy.sse import DONE, ServerEvent, encode_event

_DELTA = "response.output_text.delta"
_TEXT_DONE = "response.output_text.done"
_ANNOTATION = "response.output_text.annotation.added"
_PART_ADDED, _PART_DONE = "response.content_part.added", "response.content_part.done"
_ITEM_ADDED, _ITEM_DONE = "response.output_item.added", "response.output_item.done"
_LAST = ("response.completed", "response.incomplete", "response.cancelled")
_FAILED = "response.failed"
# Events that carry no text of a message, whatever item they belong to.
_NO_TEXT = ("response.refusal.", "response.audio.", "response.function_call_arguments.", "response.reasoning")
# The place of the text that an output without texts is recorded by.
_NOWHERE: Key = (-1, -1)


@dataclass(slots=True, eq=False)
class HeldPart:
    """A text of the output: what of it was sent, and how its check ended."""

    key: Key
    held: HeldText
    item_id: object = None
    sent: list[str] = field(default_factory=list)
    part: JsonObject = field(default_factory=dict)
    checked: CheckedAnswer | None = None
    own: JsonObject = field(default_factory=dict)

    @property
    def delivered(self) -> Delivered:
        """What the client has of it, which is what the closing events must repeat."""
        answer = self.held.inspection.answer
        text = "".join(self.sent) if self.held.mode is Mode.ENFORCE else answer
        is_blocked = bool(self.checked and self.checked.is_blocked)
        citations = file_citations(self.checked, text) if self.checked else ()
        return Delivered(text, text != answer, is_blocked, self.own, citations)


class OutputFrames:
    """Reads and writes a stream of events; see `Frames`.

    What opens an item or a part, and all that is no text, passes on at once. What repeats a text (its `done` events,
    its annotations, the final response) waits to the end, so that it agrees with the deltas that were sent.
    """

    # A response is whole only when its last event says so.
    is_whole = False

    def __init__(self, upstream: str, opener: Opener) -> None:
        self.usage: dict[str, int] = {}
        self.reply_id = ""
        self.has_ended = False
        self.has_failed = False
        self._upstream = upstream
        self._open = opener
        self._parts: dict[Key, HeldPart] = {}
        self._by_index: dict[int, HeldPart] = {}
        self._items: dict[int, JsonObject] = {}
        self._waiting: list[OutputEvent] = []
        self._top: JsonObject = {}
        self._next: int | None = None

    def take(self, event: ServerEvent) -> Iterator[bytes]:
        """Take an event and yield what passes on at once; raises UpstreamError for what is no event."""
        if event.data == DONE:
            return
        read = self._read(event)
        if read.type in (_DELTA, _TEXT_DONE, _ANNOTATION, _PART_DONE):
            yield from self._text_event(read)
        elif read.type in (_PART_ADDED, _ITEM_ADDED, _ITEM_DONE):
            yield from self._structure(read)
        elif read.type in _LAST:
            self._end(read)
        elif read.type in (_FAILED, "error") or read.values.get("error"):
            self._waiting, self.has_failed = [read], True
        else:
            self._refuse_unread(read)
            yield self._frame(read, emptied(("response",), read.child("response")))

    def release(self, held: HeldText, text: str) -> bytes:
        """Return the delta for text that may leave."""
        part = self._by_index[held.index]
        part.sent.append(text)
        if part.key == _NOWHERE:
            return b""
        place = {"item_id": part.item_id, "output_index": part.key[0], "content_index": part.key[1]}
        return self._written({"type": _DELTA, **place, "delta": text, "logprobs": []})

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
        results = self._results()
        return b"".join(self._closing(event, results) for event in self._waiting)

    def reported(self) -> bytes:
        """Return the upstream's report; of the output it holds what was sent."""
        [event] = self._waiting
        return self._frame(event, reduced(event.child("response"), self._results()))

    def failure(self, error: GroundwireError) -> bytes:
        """Return an error event."""
        return self._written({"type": "error", "code": error.code, "message": error.message, "param": error.param})

    def _results(self) -> dict[Key, Delivered]:
        return {key: part.delivered for key, part in self._parts.items()}

    def _read(self, event: ServerEvent) -> OutputEvent:
        try:
            values: object = json.loads(event.data)
        except (ValueError, RecursionError) as error:
            raise UpstreamError(f"The upstream {self._upstream!r} sent an event that is not valid JSON.") from error
        if not is_object(values):
            raise UpstreamError(f"The upstream {self._upstream!r} sent an event that is not a JSON object.")
        kind, number = values.get("type"), values.get("sequence_number")
        if self._next is None:
            self._next = number if isinstance(number, int) else 0
        return OutputEvent(kind if isinstance(kind, str) else event.type, event.data, values)

    def _text_event(self, event: OutputEvent) -> Iterator[bytes]:
        if event.type == _PART_DONE and not is_text(event.child("part")):
            yield self._frame(event)
            return
        part = self._part(event.key, event.values.get("item_id"))
        if event.type == _DELTA:
            self._feed(part, event.values.get("delta"))
        elif event.type == _TEXT_DONE:
            self._complete(part, event.values)
        elif event.type == _PART_DONE:
            self._complete(part, event.child("part"))
        if not self._holds:
            yield self._frame(event)
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
            yield self._frame(event, blank((name,), child))
            return
        place = event.place("output_index")
        self._items[place] = child
        if event.type == _ITEM_ADDED or not is_message(child):
            parts = parts_of(child, self._upstream) if is_message(child) else []
            blanks = (edit for number, part in enumerate(parts) for edit in blank((name, "content", number), part))
            yield self._frame(event, blanks)
            return
        for number, part in enumerate(parts_of(child, self._upstream)):
            if is_text(part):
                self._complete(self._part((place, number), child.get("id")), part)
        if self._holds:
            self._waiting.append(event)
        else:
            yield self._frame(event)

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
        part = HeldPart(key, self._open(len(self._by_index)))
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
        if not self._by_index:
            # A response without text is recorded like any other.
            self._opened(_NOWHERE)
        beside = list(unchecked_items(items or list(self._items.values())))
        for part in self._by_index.values():
            for entry in beside:
                part.held.inspection.skip(entry.what, entry.why)
        self._waiting.append(event)
        self.usage, self.reply_id, self.has_ended = usage_of(response), id_of(response), True

    def _closing(self, event: OutputEvent, results: dict[Key, Delivered]) -> bytes:
        result = results.get(event.key)
        if event.type == _ANNOTATION:
            return b"" if result and result.is_changed else self._frame(event)
        if event.type == _ITEM_DONE:
            place = event.place("output_index")
            return self._frame(event, item_edits(("item",), event.child("item"), place, results))
        if event.type in _LAST:
            edits = response_edits(("response",), event.child("response"), results, self._top)
            is_blocked = any(result.is_blocked for result in results.values())
            return self._frame(event, edits, "response.incomplete" if is_blocked else event.type)
        if result is None:
            return self._frame(event)
        if event.type == _PART_DONE:
            return self._frame(event, part_edits(("part",), event.child("part"), result))
        edits = part_edits((), event.values, Delivered(result.text, result.is_changed, result.is_blocked))
        return self._cited(event.key, result) + self._frame(event, edits)

    def _cited(self, key: Key, result: Delivered) -> bytes:
        """Return the events that add the citations of a text, after the annotations that it came with."""
        part = self._parts[key]
        came = part.part.get("annotations")
        first = len(came) if isinstance(came, list) and not result.is_changed else 0
        place = {"item_id": part.item_id, "output_index": key[0], "content_index": key[1]}
        return b"".join(
            self._written({"type": _ANNOTATION, **place, "annotation_index": number, "annotation": citation})
            for number, citation in enumerate(result.citations, start=first)
        )

    def _frame(self, event: OutputEvent, edits: Iterable[tuple[Path, object]] = (), kind: str = "") -> bytes:
        """Return the event with its number in our stream; what is not edited keeps its bytes."""
        number, kind = self._numbered(), kind or event.type
        edits = list(edits)
        if event.values.get("sequence_number") != number:
            edits.append((("sequence_number",), number))
        if kind != event.type:
            edits.append((("type",), kind))
        return encode_event(replace(event.data, edits), kind)

    def _written(self, values: JsonObject) -> bytes:
        return encode_event(encode({**values, "sequence_number": self._numbered()}), str(values["type"]))

    def _numbered(self) -> int:
        number = self._next or 0
        self._next = number + 1
        return number
