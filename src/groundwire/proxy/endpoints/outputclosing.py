"""The events of a streamed output that repeat what came before, rewritten to what was sent."""

from __future__ import annotations

from collections.abc import Mapping

from groundwire.proxy.endpoints.outputcalls import CALL, StreamedCall, events_instead
from groundwire.proxy.endpoints.outputevents import EventNumbers, Key, OutputEvent
from groundwire.proxy.endpoints.outputparts import HeldPart
from groundwire.proxy.endpoints.outputs import Delivered, item_edits, part_edits, response_edits
from groundwire.proxy.jsontext import JsonObject

TEXT_DONE = "response.output_text.done"
ANNOTATION = "response.output_text.annotation.added"
PART_DONE, ITEM_DONE = "response.content_part.done", "response.output_item.done"
LAST = ("response.completed", "response.incomplete", "response.cancelled")


class ClosingEvents:
    """Rewrites the events that waited to the end; `top` goes into the response of the last one."""

    def __init__(
        self,
        numbers: EventNumbers,
        parts: Mapping[Key, HeldPart],
        calls: Mapping[int, StreamedCall],
        top: JsonObject,
    ) -> None:
        self._numbers = numbers
        self._parts = parts
        self._calls = calls
        self._top = top
        self._results = {key: part.delivered for key, part in parts.items()}

    def rewritten(self, event: OutputEvent) -> bytes:
        """Return an event as it is sent; nothing where it has no place any more."""
        if "output_index" in event.values and event.place("output_index") in self._calls:
            return self._of_call(event)
        if event.edits is not None:
            return self._numbers.framed(event, event.edits)
        return self._late(event) + self._of_text(event)

    def _of_call(self, event: OutputEvent) -> bytes:
        call = self._calls[event.place("output_index")]
        result = self._results[call.place, CALL]
        if not result.is_blocked and event.type == ITEM_DONE:
            return self._numbers.framed(event, item_edits(("item",), event.child("item"), call.place, self._results))
        if not result.is_blocked:
            return self._numbers.framed(event, event.edits or ())
        instead = () if call.is_replaced else events_instead(call.item, call.place, result.text, result.own)
        call.is_replaced = True
        return b"".join(map(self._numbers.written, instead))

    def _late(self, event: OutputEvent) -> bytes:
        """Return the deltas that waited behind a call, as far as this event repeats their text."""
        late = [part for part in self._parts.values() if part.is_late and part.sent and part.key[1] != CALL]
        if event.type == ITEM_DONE:
            late = [part for part in late if part.key[0] == event.place("output_index")]
        elif event.type not in LAST:
            late = [part for part in late if part.key == event.key]
        for part in late:
            part.is_late = False
        return b"".join(self._numbers.written(part.delta("".join(part.sent))) for part in late)

    def _of_text(self, event: OutputEvent) -> bytes:
        result = self._results.get(event.key)
        if event.type == ANNOTATION:
            return b"" if result and result.is_changed else self._numbers.framed(event)
        if event.type == ITEM_DONE:
            place = event.place("output_index")
            return self._numbers.framed(event, item_edits(("item",), event.child("item"), place, self._results))
        if event.type in LAST:
            edits = response_edits(("response",), event.child("response"), self._results, self._top)
            is_blocked = any(result.is_blocked for result in self._results.values())
            return self._numbers.framed(event, edits, "response.incomplete" if is_blocked else event.type)
        if result is None:
            return self._numbers.framed(event)
        if event.type == PART_DONE:
            return self._numbers.framed(event, part_edits(("part",), event.child("part"), result))
        edits = part_edits((), event.values, Delivered(result.text, result.is_changed, result.is_blocked))
        return self._cited(event.key, result) + self._numbers.framed(event, edits)

    def _cited(self, key: Key, result: Delivered) -> bytes:
        """Return the events that add the citations of a text, after the annotations that it came with."""
        part = self._parts[key]
        came = part.part.get("annotations")
        first = len(came) if isinstance(came, list) and not result.is_changed else 0
        place = {"item_id": part.item_id, "output_index": key[0], "content_index": key[1]}
        return b"".join(
            self._numbers.written({"type": ANNOTATION, **place, "annotation_index": number, "annotation": citation})
            for number, citation in enumerate(result.citations, start=first)
        )
