"""The output of the Responses API: which parts of it are text to check, and how checked text is put back."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from groundwire.domain import Skipped, ToolCall
from groundwire.errors import UpstreamError
from groundwire.policy.tools import ToolRules
from groundwire.proxy.answering import CheckedAnswer
from groundwire.proxy.endpoints.citations import file_citations
from groundwire.proxy.endpoints.completion import CONTENT_FILTER, LOGPROBS_DROPPED, parse_reply, usage_of
from groundwire.proxy.endpoints.outputcalls import CALL, checked_calls, is_checked_call, message_instead
from groundwire.proxy.endpoints.outputevents import Key
from groundwire.proxy.grounding import grounding_of, worst_of
from groundwire.proxy.jsontext import JsonObject, Path, is_object, replace

Edits = Iterator[tuple[Path, object]]
# They point into the original text, so they are wrong once it is another one.
ANNOTATIONS_DROPPED = Skipped("annotations", "dropped, because the text was changed")
_INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class TextPart:
    """One text of an output, or a checked call, as the upstream wrote it; `index` numbers them."""

    key: Key | None
    index: int
    part: JsonObject
    beside: tuple[Skipped, ...] = ()
    call: ToolCall | None = None

    @property
    def text(self) -> str:
        """What is checked."""
        text = self.part.get("text")
        return text if isinstance(text, str) else ""

    def calls(self) -> Sequence[ToolCall]:
        """Return the call, where it is one."""
        return (self.call,) if self.call else ()

    def unchecked(self) -> Sequence[Skipped]:
        """Return what is in the output besides texts."""
        return self.beside

    def dropped(self) -> list[Skipped]:
        """Return what goes with the text when it is changed."""
        return dropped_with(self.part)


@dataclass(frozen=True, slots=True)
class Delivered:
    """What the client gets for one text; `own` holds its grounding where the output has several.

    `citations` are annotations that are added to it.
    """

    text: str
    is_changed: bool
    is_blocked: bool
    own: JsonObject = field(default_factory=dict)
    citations: Sequence[JsonObject] = ()


class ResponseReply:
    """A whole response, kept as the text it came in; raises UpstreamError when it is none."""

    def __init__(self, body: bytes, upstream: str, rules: ToolRules | None = None) -> None:
        self._values = parse_reply(body, upstream)
        self._text = body.decode(json.detect_encoding(body), "surrogatepass")
        items = items_of(self._values, upstream)
        rules = rules or ToolRules()
        beside = tuple(unchecked_items(items, rules))
        texts = [TextPart(key, 0, part, beside) for key, part in texts_of(items, upstream)]
        calls = [TextPart(key, 0, {}, beside, call) for key, call in checked_calls(items, rules)]
        ordered = sorted((*texts, *calls), key=lambda one: one.key or ())
        self.answers = [dataclasses.replace(one, index=index) for index, one in enumerate(ordered)]
        # An output without a text is recorded like any other.
        self.answers = self.answers or [TextPart(None, 0, {}, beside)]
        self.usage = usage_of(self._values)
        self.id = id_of(self._values)

    def with_answers(self, checked: Sequence[CheckedAnswer], *, includes_grounding: bool) -> bytes:
        """Return the response with what is delivered in place of the texts; all else keeps its bytes."""
        has_own = includes_grounding and len(checked) > 1
        results = {
            answer.key: Delivered(
                result.delivered,
                result.is_changed,
                result.is_blocked,
                {"grounding": grounding_of(result).to_wire()} if has_own else {},
                file_citations(result, result.delivered),
            )
            for answer, result in zip(self.answers, checked, strict=True)
            if answer.key
        }
        top: JsonObject = {"grounding": grounding_of(worst_of(checked)).to_wire()} if includes_grounding else {}
        return replace(self._text, response_edits((), self._values, results, top)).encode("utf-8", "surrogatepass")


def id_of(response: JsonObject) -> str:
    """Return the id by which a later request may refer to the response, empty where it may not."""
    found = response.get("id")
    return found if isinstance(found, str) and response.get("store") is not False else ""


def items_of(response: JsonObject, upstream: str) -> list[JsonObject]:
    """Return the output's items; raises UpstreamError."""
    output = response.get("output")
    if not isinstance(output, list) or not all(map(is_object, output)):
        raise UpstreamError(f"The upstream {upstream!r} sent a response whose `output` is no list of items.")
    return output


def texts_of(items: Iterable[JsonObject], upstream: str) -> Iterator[tuple[Key, JsonObject]]:
    """Yield the parts of messages that have text, in order; raises UpstreamError for text that can't be read."""
    for place, item in enumerate(items):
        if not is_message(item):
            continue
        for number, part in enumerate(parts_of(item, upstream)):
            if is_text(part):
                yield (place, number), part


def parts_of(item: JsonObject, upstream: str) -> list[JsonObject]:
    """Return the parts of a message; raises UpstreamError for text that can't be read."""
    content = item.get("content") or []
    if not isinstance(content, list) or not all(is_object(part) and _is_readable(part) for part in content):
        raise UpstreamError(f"The upstream {upstream!r} sent a message whose content is no list of parts.")
    return content


def is_message(item: JsonObject) -> bool:
    """Whether an item is something that the model says to the user."""
    return item.get("type", "message") == "message"


def is_text(part: JsonObject) -> bool:
    """Whether a part of a message has text to check."""
    return isinstance(part.get("text"), str)


def unchecked_items(items: Sequence[JsonObject], rules: ToolRules) -> Iterator[Skipped]:
    """Yield the coverage entries of what is in an output besides texts and checked calls."""
    for place, item in enumerate(items):
        if is_checked_call(item, rules):
            continue
        if not is_message(item):
            yield Skipped(f"output[{place}] of type {item.get('type')!r}", "not checked")
            continue
        content = item.get("content")
        for number, part in enumerate(content if isinstance(content, list) else ()):
            where = f"output[{place}].content[{number}]"
            if is_object(part) and part.get("refusal"):
                yield Skipped(f"{where}.refusal", "a refusal asserts nothing")
            elif is_object(part) and not is_text(part):
                yield Skipped(f"{where} of type {part.get('type')!r}", "not checked")


def dropped_with(part: JsonObject) -> list[Skipped]:
    """Return the coverage entries of what goes with a text that is changed."""
    return [entry for entry in (LOGPROBS_DROPPED, ANNOTATIONS_DROPPED) if part.get(entry.what)]


def response_edits(path: Path, response: JsonObject, results: Mapping[Key, Delivered], top: JsonObject) -> Edits:
    """Yield the edits that put the results into the response at a path; `top` goes into it besides."""
    output = response.get("output")
    for place, item in enumerate(output if isinstance(output, list) else ()):
        if is_object(item):
            yield from item_edits((*path, "output", place), item, place, results)
    if any(result.is_blocked for result in results.values()):
        yield (*path, "status"), _INCOMPLETE
        yield (*path, "incomplete_details"), {"reason": CONTENT_FILTER}
    if isinstance(response.get("output_text"), str):
        yield (*path, "output_text"), "".join(results[key].text for key in sorted(results))
    for name, value in top.items():
        yield (*path, name), value


def item_edits(path: Path, item: JsonObject, place: int, results: Mapping[Key, Delivered]) -> Edits:
    """Yield the edits that put the results into the item at a path; `place` is the item's in the output."""
    if call := results.get((place, CALL)):
        yield from _call_edits(path, item, call)
        return
    content = item.get("content")
    for number, part in enumerate(content if is_message(item) and isinstance(content, list) else ()):
        if (place, number) in results and is_object(part):
            yield from part_edits((*path, "content", number), part, results[place, number])
    if any(result.is_blocked for key, result in results.items() if key[0] == place):
        yield (*path, "status"), _INCOMPLETE


def _call_edits(path: Path, item: JsonObject, result: Delivered) -> Edits:
    if result.is_blocked:
        yield path, message_instead(item, result.text, result.own)
        return
    for name, value in result.own.items():
        yield (*path, name), value


def part_edits(path: Path, part: JsonObject, result: Delivered) -> Edits:
    """Yield the edits that put a result into the part at a path."""
    if result.is_changed:
        yield (*path, "text"), result.text
        if part.get("logprobs"):
            yield (*path, "logprobs"), []
    annotations = part.get("annotations")
    if result.citations or (result.is_changed and annotations):
        kept = annotations if isinstance(annotations, list) and not result.is_changed else []
        yield (*path, "annotations"), [*kept, *result.citations]
    for name, value in result.own.items():
        yield (*path, name), value


def blank(path: Path, part: JsonObject) -> Edits:
    """Yield the edit that takes away a text before it is checked; it comes again with the end of its part."""
    if part.get("text"):
        yield (*path, "text"), ""


def emptied(path: Path, response: JsonObject) -> Edits:
    """Yield the edits that take away an output before it is checked; its items come one by one."""
    if response.get("output"):
        yield (*path, "output"), []
    if response.get("output_text"):
        yield (*path, "output_text"), ""


def reduced(response: JsonObject, results: Mapping[Key, Delivered], rules: ToolRules) -> Edits:
    """Yield the edits that leave, of a response that failed, no text besides what was sent, and no checked call."""
    output = response.get("output")
    for place, item in enumerate(output if isinstance(output, list) else ()):
        if is_object(item) and is_checked_call(item, rules):
            yield ("response", "output", place, "arguments"), ""
        content = item.get("content") if is_object(item) and is_message(item) else None
        for number, part in enumerate(content if isinstance(content, list) else ()):
            if is_object(part) and part.get("text"):
                sent = results.get((place, number))
                yield from part_edits(
                    ("response", "output", place, "content", number), part, sent or Delivered("", True, False)
                )
    if response.get("output_text"):
        yield ("response", "output_text"), "".join(results[key].text for key in sorted(results))


def _is_readable(part: JsonObject) -> bool:
    return is_text(part) or (part.get("type") != "output_text" and not part.get("text"))
