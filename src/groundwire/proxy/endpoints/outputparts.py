"""One text or checked call of a streamed output: what of it was sent, and how its check ended."""

from __future__ import annotations

from dataclasses import dataclass, field

from groundwire.domain import Mode
from groundwire.proxy.answering import CheckedAnswer
from groundwire.proxy.endpoints.citations import file_citations
from groundwire.proxy.endpoints.outputevents import Key
from groundwire.proxy.endpoints.outputs import Delivered
from groundwire.proxy.held import HeldText
from groundwire.proxy.jsontext import JsonObject


@dataclass(slots=True, eq=False)
class HeldPart:
    """A text of the output, or a call; `is_late` tells that its text comes behind a call that is held."""

    key: Key
    held: HeldText
    is_late: bool = False
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

    def delta(self, text: str) -> JsonObject:
        """Return the event, without its number, that brings more of the text."""
        place = {"item_id": self.item_id, "output_index": self.key[0], "content_index": self.key[1]}
        return {"type": "response.output_text.delta", **place, "delta": text, "logprobs": []}
