"""`/v1/responses`: an output of items, of which messages have texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from groundwire.domain import Skipped
from groundwire.errors import BadRequest
from groundwire.proxy.endpoints.outputframes import OutputFrames
from groundwire.proxy.endpoints.outputs import ResponseReply
from groundwire.proxy.held import Opener
from groundwire.proxy.jsontext import JsonObject, is_object
from groundwire.proxy.wire import AnswerRequest, is_structured, parse_request, schema_of, turns_of, unread

# What a request refers to without saying it.
_UNSEEN = {
    "conversation": "its turns are not in the request, so the answer was read without them",
    "prompt": "the stored prompt is not in the request, so the answer was read without it",
}
_BACKGROUND = Skipped("background", "the answer is fetched later, by a route that is not checked")
_REFERENCE = Skipped("item_reference", "the item is not in the request, so the answer was read without it")


class Responses:
    """Items with parts; see `Endpoint`."""

    path = "/v1/responses"

    def request(self, body: bytes) -> AnswerRequest:
        """Read a request; raises BadRequest."""
        return parse_response_request(body)

    def asking(self, instructions: str, material: str) -> JsonObject:
        """Return what a request of our own says besides the model; the upstream need not keep it."""
        return {"instructions": instructions, "input": material, "store": False}

    def reply(self, body: bytes, upstream: str, request: AnswerRequest) -> ResponseReply:
        """Read a whole reply; raises UpstreamError."""
        return ResponseReply(body, upstream, request.rules)

    def frames(self, upstream: str, request: AnswerRequest, opener: Opener) -> OutputFrames:
        """Return what reads and writes a stream."""
        return OutputFrames(upstream, opener, request.rules)


def parse_response_request(body: bytes) -> AnswerRequest:
    """Read a request for a response: instructions, messages and the results of tools are its turns.

    Raises BadRequest.
    """
    request, values = parse_request(body)
    text = values.get("text")
    wanted = text.get("format") if is_object(text) else None
    messages = _messages(values)
    return replace(
        request,
        turns=turns_of(messages),
        # The token counts always come, with the last event.
        wants_usage=True,
        is_structured=is_structured(wanted),
        schema=schema_of(wanted),
        skipped=(*_unseen(values), *unread(content for _, content in messages)),
        follows=_text(values, "previous_response_id"),
    )


def _messages(values: JsonObject) -> list[tuple[str, object]]:
    instructions = _said("system", values.get("instructions"), "instructions")
    return [*instructions, *_said("user", values.get("input"), "input")]


def _said(role: str, said: object, param: str) -> Iterable[tuple[str, object]]:
    """Yield the role and the content of a text, which has this role, or of each of a list of items."""
    if said is None or isinstance(said, str):
        said = [{"role": role, "content": said or ""}]
    if not isinstance(said, list):
        raise BadRequest(f"`{param}` must be a text or a list, not {said!r:.200}.", param=param)
    for place, item in enumerate(said):
        if not is_object(item):
            raise BadRequest(f"An item must be an object, not {item!r:.200}.", param=f"{param}.{place}")
        yield _read(item, f"{param}.{place}")


def _read(item: JsonObject, param: str) -> tuple[str, object]:
    """Return the role and the content of an item; those of calls, and of what is no text, have none."""
    if "output" in item:
        return "tool", item["output"]
    if item.get("type", "message") != "message":
        return "", None
    role = item.get("role")
    if not isinstance(role, str):
        raise BadRequest(f"`role` must be a text, not {role!r:.200}.", param=f"{param}.role")
    return role, item.get("content")


def _text(values: JsonObject, name: str) -> str:
    value = values.get(name)
    if value is not None and not isinstance(value, str):
        raise BadRequest(f"`{name}` must be a text, not {value!r:.200}.", param=name)
    return value or ""


def _unseen(values: JsonObject) -> Iterable[Skipped]:
    for name, why in _UNSEEN.items():
        if values.get(name):
            yield Skipped(name, why)
    if values.get("background"):
        yield _BACKGROUND
    said = values.get("input")
    items = said if isinstance(said, list) else []
    if any(is_object(item) and item.get("type") == "item_reference" for item in items):
        yield _REFERENCE
