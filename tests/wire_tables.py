"""The tables of what a client sees in each case, made from the recordings; the documentation prints them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeVar

from groundwire.policy.policy import BLOCKED_MESSAGE
from wire_cases import CASES, CHAT, COMPLETIONS, JSON, MESSAGES, ONE, RESPONSES, TOOLS, TWO, Asked, Case
from wire_recordings import path_of, read

T = TypeVar("T")


@dataclass(frozen=True)
class Seen:
    """What a client makes of a reply: its texts with how each ended, and whether a tool call came with them."""

    status: int
    texts: tuple[str, ...]
    ends: tuple[str, ...]
    action: str
    has_call: bool


def outcomes() -> str:
    """Return, as Markdown, what becomes of a text, which is the same on all endpoints."""
    head = ("status", "text", "`finish_reason`", "response `status`", "`grounding.action`")
    return _table(head, _outcome)


def differences() -> str:
    """Return, as Markdown, what becomes of what stands beside such a text, and of JSON."""
    return _table(("the other text", "the tool call", "`finish_reason` with it", "JSON"), _beside)


def _outcome(case: Case, is_stream: bool) -> Sequence[str]:
    chat, plain, response = (_told(endpoint, ONE, case, is_stream) for endpoint in (CHAT, COMPLETIONS, RESPONSES))
    status, text, action = _same((one.status, one.texts[0], one.action) for one in (chat, plain, response))
    ends = _same((chat.ends[0], plain.ends[0])), response.ends[0]
    return str(status), text, *map(_code, (*ends, action))


def _beside(case: Case, is_stream: bool) -> Sequence[str]:
    one = _told(CHAT, ONE, case, is_stream)
    pairs = [_told(*where, case, is_stream) for where in ((CHAT, TWO), (COMPLETIONS, TWO), (RESPONSES, MESSAGES))]
    # Of two texts the second is the one that the other table is about.
    assert _same((pair.texts[-1], pair.action) for pair in pairs) == (one.texts[0], one.action)
    calls = [_told(endpoint, TOOLS, case, is_stream) for endpoint in (CHAT, RESPONSES)]
    assert _same((call.texts[0], call.action) for call in calls) == (one.texts[0], one.action)
    structured = _same(_told(name, JSON, case, is_stream).texts[0] for name in (CHAT, COMPLETIONS, RESPONSES))
    return _same(pair.texts[0] for pair in pairs), _calls(calls), _code(calls[0].ends[0]), structured


def _calls(replies: Sequence[Seen]) -> str:
    chat, response = ("delivered" if reply.has_call else "none" for reply in replies)
    return chat if chat == response else f"{chat}; responses: {response}"


def _told(endpoint: str, kind: str, case: Case, is_stream: bool) -> Seen:
    """Return what was seen with the texts in words."""
    asked = Asked(endpoint, kind, is_stream, case)
    reply = read(path_of(asked))[case.name].client
    found = seen(reply.body, reply.status)
    if not found.texts:
        return Seen(found.status, ("none",) * len(asked.texts), ("",), found.action, has_call=False)
    words = tuple(described(text, sent) for text, sent in zip(found.texts, asked.texts, strict=True))
    return Seen(found.status, words, found.ends, found.action, found.has_call)


def described(text: str, sent: str) -> str:
    """Say in words what became of a text that the upstream sent."""
    first = sent[: sent.find(".") + 1]
    words = {
        sent.replace("wrong", "right"): "corrected",
        sent: "as the upstream wrote it",
        BLOCKED_MESSAGE: "the policy's message",
        f"{first}\n\n{BLOCKED_MESSAGE}": "what was released, then the policy's message",
    }
    return words[text]


def seen(body: str, status: int = 200) -> Seen:
    """Return what a client makes of a reply."""
    values = events_of(body) or [json.loads(body)]
    final = values[-1].get("response", values[-1])
    action = next((one["grounding"]["action"] for one in (*values, final) if "grounding" in one), "")
    texts, ends = _output(final) if "output" in final else _choices(values)
    return Seen(status, tuple(texts), tuple(ends), action, has_call='"pay"' in body)


def events_of(body: str) -> list[dict]:
    """Return the events of a stream, without its end."""
    return [json.loads(line.removeprefix("data: ")) for line in body.split("\n") if line.startswith("data: {")]


def _output(response: dict) -> tuple[list[str], list[str]]:
    parts = [part["text"] for item in response["output"] for part in item.get("content", ())]
    return parts, [response["status"]]


def _choices(values: Iterable[dict]) -> tuple[list[str], list[str]]:
    """Return the texts of a whole completion or of chunks, put together, and their finish reasons."""
    texts: dict[int, str] = {}
    ends: dict[int, str] = {}
    for choice in (choice for one in values for choice in one.get("choices", ())):
        message = choice.get("delta") or choice.get("message") or {}
        place = choice["index"]
        texts[place] = texts.get(place, "") + (choice.get("text") or message.get("content") or "")
        ends[place] = choice["finish_reason"] or ends.get(place, "")
    return [texts[place] for place in sorted(texts)], [ends[place] for place in sorted(ends)]


def _table(head: Sequence[str], row: Callable[[Case, bool], Sequence[str]]) -> str:
    rows = [("case", "stream", *head), ("---",) * (len(head) + 2)]
    for case, is_stream in product(CASES, (False, True)):
        rows.append((case.name, "yes" if is_stream else "no", *row(case, is_stream)))
    lines = ("|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|" for cells in rows)
    return "\n".join(lines).replace(" --- ", "---")


def _code(word: str) -> str:
    return f"`{word}`" if word else ""


def _same(values: Iterable[T]) -> T:
    [value] = set(values)
    return value
