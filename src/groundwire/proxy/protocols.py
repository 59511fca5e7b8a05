"""What an endpoint must tell of its wire so that its answers can be checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from groundwire.domain import Skipped, ToolCall
from groundwire.proxy.answering import CheckedAnswer
from groundwire.proxy.held import Frames, Opener
from groundwire.proxy.jsontext import JsonObject
from groundwire.proxy.wire import AnswerRequest


class Answer(Protocol):
    """One text of a whole reply."""

    @property
    def index(self) -> int:
        """Its number among the reply's texts."""
        ...

    @property
    def text(self) -> str:
        """What is checked."""
        ...

    def calls(self) -> Iterable[ToolCall]:
        """Return the tool calls that come with the text."""
        ...

    def unchecked(self) -> Iterable[Skipped]:
        """Return what is beside the text and not checked."""
        ...

    def dropped(self) -> Sequence[Skipped]:
        """Return what goes with the text when it is changed."""
        ...


class WholeReply(Protocol):
    """A reply of the upstream whose texts can be exchanged; `id` is what a later request may refer to it by."""

    id: str

    @property
    def answers(self) -> Sequence[Answer]:
        """The texts in it, at least one."""
        ...

    @property
    def usage(self) -> Mapping[str, int]:
        """The upstream's token counts."""
        ...

    def with_answers(self, checked: Sequence[CheckedAnswer], *, includes_grounding: bool) -> bytes:
        """Return the reply with what is delivered in place of its texts; all else keeps its bytes."""
        ...


class Endpoint(Protocol):
    """How one endpoint's requests, replies and streams look; `path` is its full path."""

    path: str

    def request(self, body: bytes) -> AnswerRequest:
        """Read a request; raises BadRequest."""
        ...

    def asking(self, instructions: str, material: str) -> JsonObject:
        """Return what a request of our own says besides the model."""
        ...

    def reply(self, body: bytes, upstream: str, request: AnswerRequest) -> WholeReply:
        """Read a whole reply; raises UpstreamError."""
        ...

    def frames(self, upstream: str, request: AnswerRequest, opener: Opener) -> Frames:
        """Return what reads and writes a stream."""
        ...
