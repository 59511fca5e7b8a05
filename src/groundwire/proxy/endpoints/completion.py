"""A whole reply of the upstream that consists of choices: its answers are read out and put back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from groundwire.domain import Skipped, ToolCall
from groundwire.errors import UpstreamError
from groundwire.proxy import jsontext
from groundwire.proxy.answering import CheckedAnswer
from groundwire.proxy.endpoints.chatcalls import FIELDS, calls_of, other_calls
from groundwire.proxy.endpoints.shapes import CHAT, ChoiceShape
from groundwire.proxy.grounding import grounding_of, worst_of
from groundwire.proxy.jsontext import Edit, JsonObject, Path, is_object
from groundwire.proxy.wire import is_content, text_parts

CONTENT_FILTER = "content_filter"
# Fields of a message (or of a stream's delta) that are read, or have no words of the model's in them.
_KNOWN_FIELDS = frozenset(("role", "name", "id", "content", "refusal", *FIELDS))
ECHO_SKIPPED = Skipped("echo", "the prompt that the reply repeats is not the model's answer")
# They are of the original text's tokens, so they are wrong once it is another one.
LOGPROBS_DROPPED = Skipped("logprobs", "dropped, because the text was changed")


@dataclass(frozen=True, slots=True)
class Answer:
    """One choice of a completion: its text, and what is in it besides.

    `echo` is the prompt where the choice begins by repeating it.
    """

    place: int
    choice: JsonObject
    message: JsonObject
    echo: str = ""

    @property
    def index(self) -> int:
        """The choice's own number."""
        index = self.choice.get("index")
        return index if isinstance(index, int) else self.place

    @property
    def text(self) -> str:
        """What the message says; empty when it is a tool call only."""
        return "".join(text_parts(self.message.get("content"))).removeprefix(self.echo)

    @property
    def has_logprobs(self) -> bool:
        """Whether token probabilities come with the text."""
        return bool(self.choice.get("logprobs"))

    def calls(self) -> Iterator[ToolCall]:
        """Yield the calls of functions in the message."""
        return calls_of(self.message)

    def dropped(self) -> list[Skipped]:
        """Return what goes with the text when it is changed."""
        return [LOGPROBS_DROPPED] if self.has_logprobs else []

    def unchecked(self) -> Iterator[Skipped]:
        """Yield what is in the message that is not checked."""
        if self.echo:
            yield ECHO_SKIPPED
        yield from unchecked_fields(self.message)


EchoOf = Callable[[int], str]


def no_echo(_index: int) -> str:
    """Return the prompt that a choice repeats, which is none."""
    return ""


class Completion:
    """A completion, kept as the text it came in; raises UpstreamError when it is none.

    `echo_of` tells the prompt that the choice with this number may begin with. No request refers to it by an `id`.
    """

    id = ""

    def __init__(self, body: bytes, upstream: str, shape: ChoiceShape = CHAT, echo_of: EchoOf = no_echo) -> None:
        values = parse_reply(body, upstream)
        self._text = body.decode(json.detect_encoding(body), "surrogatepass")
        self._shape = shape
        self.answers = [_with_echo(answer, echo_of) for answer in _answers(values, shape, upstream)]
        self.usage = usage_of(values)

    def with_answers(self, checked: Sequence[CheckedAnswer], *, includes_grounding: bool) -> bytes:
        """Return the completion with what is delivered in place of the answers; all else keeps its bytes."""
        edits: list[tuple[Path, object]] = []
        for answer, result in zip(self.answers, checked, strict=True):
            edits += _edits(answer, result, self._shape)
            if includes_grounding and len(checked) > 1:
                edits.append((("choices", answer.place, "grounding"), grounding_of(result).to_wire()))
        if includes_grounding:
            edits.append((("grounding",), grounding_of(worst_of(checked)).to_wire()))
        return jsontext.replace(self._text, edits).encode("utf-8", "surrogatepass")


def unchecked_fields(message: JsonObject) -> Iterator[Skipped]:
    """Yield the coverage entries of a message's fields that are not checked; those of functions' calls are beside."""
    yield from other_calls(message)
    if message.get("refusal"):
        yield Skipped("refusal", "a refusal asserts nothing")
    for name, value in message.items():
        if value and name not in _KNOWN_FIELDS:
            yield Skipped(name, "not checked")
    content = message.get("content")
    for part in content if isinstance(content, list) else ():
        if is_object(part) and not isinstance(part.get("text"), str):
            yield Skipped(f"content part of type {part.get('type')!r}", "not checked")


def usage_of(values: JsonObject) -> dict[str, int]:
    """Return the upstream's token counts."""
    usage = values.get("usage")
    return {name: count for name, count in usage.items() if isinstance(count, int)} if is_object(usage) else {}


def parse_reply(body: bytes, upstream: str) -> JsonObject:
    """Return the object that a reply of the upstream holds; raises UpstreamError."""
    try:
        values: object = json.loads(body)
    except (ValueError, RecursionError) as error:
        # What was sent is not repeated: nobody has checked it.
        raise UpstreamError(f"The upstream {upstream!r} sent no valid JSON but {len(body)} other bytes.") from error
    if not is_object(values):
        raise UpstreamError(f"The upstream {upstream!r} sent {type(values).__name__} where an object was due.")
    return values


def _edits(answer: Answer, checked: CheckedAnswer, shape: ChoiceShape) -> Iterator[tuple[Path, object]]:
    base: Path = ("choices", answer.place)
    if checked.is_blocked:
        yield (*base, "finish_reason"), CONTENT_FILTER
        # A client acts on the calls that it finds in a message, whatever the reason for its end.
        calls = [name for name in FIELDS if name in answer.message]
        yield from (((*base, *shape.path[:-1], name), Edit.REMOVE) for name in calls)
    if not checked.is_changed:
        return
    yield from _content_edits(answer, (*base, *shape.path), answer.echo + checked.delivered)
    if answer.has_logprobs:
        yield (*base, "logprobs"), None


def _content_edits(answer: Answer, path: Path, text: str) -> Iterator[tuple[Path, object]]:
    content = answer.message.get("content")
    if not isinstance(content, list):
        yield path, text
        return
    # All text goes into the first part that has any; the other parts stay.
    places = [place for place, part in enumerate(content) if is_object(part) and isinstance(part.get("text"), str)]
    for place in places:
        yield (*path, place, "text"), text if place == places[0] else ""


def _answers(values: JsonObject, shape: ChoiceShape, upstream: str) -> Iterator[Answer]:
    choices = values.get("choices")
    if not isinstance(choices, list) or not choices:
        raise UpstreamError(f"The upstream {upstream!r} sent a completion without choices.")
    beside = f"with text outside of its {shape.holder}"
    for place, choice in enumerate(choices):
        message = shape.message(choice) if is_object(choice) else None
        if not is_object(choice) or message is None:
            raise UpstreamError(f"The upstream {upstream!r} sent a choice without a {shape.holder}, or {beside}.")
        if not is_content(message.get("content")):
            raise UpstreamError(f"The upstream {upstream!r} sent content that is neither text nor parts.")
        yield Answer(place, choice, message)


def _with_echo(answer: Answer, echo_of: EchoOf) -> Answer:
    echo = echo_of(answer.index)
    return replace(answer, echo=echo) if echo and answer.text.startswith(echo) else answer
