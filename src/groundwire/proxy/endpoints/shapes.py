"""The two shapes of a choice: that of chat (`message`, `delta`) and that of plain completions (`text`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from groundwire.proxy.jsontext import JsonObject, Path, is_object


@dataclass(frozen=True, slots=True)
class ChoiceShape:
    """Where a choice keeps its text.

    `message` and `delta` read a choice of a whole reply and of a chunk as a chat message, None where it is no such
    choice; `written` is the other way round, for a chunk. `path` leads to the text of a whole reply.
    """

    holder: str
    piece: str
    path: Path
    message: Callable[[JsonObject], JsonObject | None]
    delta: Callable[[JsonObject], JsonObject | None]
    written: Callable[[JsonObject], JsonObject]


def _chat_message(choice: JsonObject) -> JsonObject | None:
    message = choice.get("message")
    # Text in places that are not read would pass by the check.
    is_elsewhere = choice.get("text") or choice.get("delta")
    return message if is_object(message) and not is_elsewhere else None


def _chat_delta(choice: JsonObject) -> JsonObject | None:
    delta = choice.get("delta")
    is_elsewhere = choice.get("text") or choice.get("message")
    if is_elsewhere or not (delta is None or is_object(delta)):
        return None
    return delta or {}


def _plain(choice: JsonObject) -> JsonObject | None:
    text = choice.get("text")
    is_elsewhere = choice.get("message") or choice.get("delta")
    if is_elsewhere or not (text is None or isinstance(text, str)):
        return None
    return {"content": text}


def _plain_whole(choice: JsonObject) -> JsonObject | None:
    return _plain(choice) if isinstance(choice.get("text"), str) else None


CHAT = ChoiceShape(
    "message", "delta", ("message", "content"), _chat_message, _chat_delta, lambda delta: {"delta": delta}
)
PLAIN = ChoiceShape("text", "text", ("text",), _plain_whole, _plain, lambda delta: {"text": delta.get("content") or ""})
