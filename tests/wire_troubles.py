"""What can go wrong with a stream, what a client then gets, and what is stored; the documentation prints it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fakes import Die, Stall, chunks, response_events, text_chunks
from groundwire.domain import Outcome
from wire_cases import Wait

VERIFIED, REST = "The fee is 5.", " It is 5 € a day 😀."
WHOLE = VERIFIED + REST
_PIECES = (WHOLE[:16], WHOLE[16:])
Piece = bytes | Wait | Stall | Die


@dataclass(frozen=True)
class Spoken:
    """The stream of one endpoint: its events, `begun` of them with the first claim, `error` its report of a failure."""

    endpoint: str
    events: tuple[bytes, ...]
    begun: int
    error: dict
    is_response: bool = False

    @property
    def start(self) -> tuple[bytes, ...]:
        """The events up to the one that completes the first claim."""
        return self.events[: self.begun]


def _event(values: dict | str) -> bytes:
    """Return an event whose characters are not escaped."""
    head = f"event: {values['type']}\n" if "type" in values else ""
    return f"{head}data: {values if isinstance(values, str) else json.dumps(values, ensure_ascii=False)}\n\n".encode()


def _spoken(endpoint: str, events: Sequence[dict | str], begun: int, error: dict) -> Spoken:
    return Spoken(endpoint, tuple(map(_event, events)), begun, error, is_response=endpoint == "responses")


_FAILURE = {"error": {"message": "overloaded", "type": "server_error", "code": 529}}
_ERROR_EVENT = {"type": "error", "code": "server_error", "message": "overloaded", "param": None, "sequence_number": 5}
SPOKEN = [
    _spoken("chat/completions", chunks(*_PIECES), 2, _FAILURE),
    _spoken("completions", text_chunks(*_PIECES), 1, _FAILURE),
    _spoken("responses", response_events(_PIECES), 5, _ERROR_EVENT),
]

COMPLETE = "the whole answer"
CUT_SHORT = "what was verified, then an `error` that says which upstream failed and how"
REPORTED = "what was verified, then the upstream's `error`"


@dataclass(frozen=True)
class Trouble:
    """One thing that goes wrong: what the upstream sends, what is seen of it, and what of the answer was verified."""

    name: str
    sent: Callable[[Spoken], Sequence[Piece]]
    seen: str
    response: str = ""
    verified: str = VERIFIED

    def seen_on(self, spoken: Spoken) -> str:
        """Return what the client of an endpoint gets."""
        return (spoken.is_response and self.response) or self.seen

    def outcome_on(self, spoken: Spoken) -> Outcome:
        """Return what is stored as the outcome."""
        return Outcome.COMPLETED if self.seen_on(spoken).startswith(COMPLETE) else Outcome.UPSTREAM_FAILED


def _with_comments(spoken: Spoken) -> list[bytes]:
    return [b": hello\n\n", *(b": still here\nid: 7\nretry: 10\n" + event for event in spoken.events), b": bye\n\n"]


def _without_finish(spoken: Spoken) -> list[bytes]:
    return [event for event in spoken.events if b'"stop"' not in event]


TROUBLES = [
    Trouble("lines end with CRLF", lambda to: [b"".join(to.events).replace(b"\n", b"\r\n")], COMPLETE),
    Trouble("comments, ids and retry times between the data", _with_comments, COMPLETE),
    Trouble("many events in one packet", lambda to: [b"".join(to.events)], COMPLETE),
    Trouble(
        "one event over many packets, characters cut in half",
        lambda to: [bytes([byte]) for byte in b"".join(to.events)],
        COMPLETE,
    ),
    Trouble(
        "the last event (`[DONE]`, `response.completed`) is missing",
        lambda to: to.events[:-1],
        COMPLETE,
        CUT_SHORT,
        WHOLE,
    ),
    Trouble(
        "no `finish_reason`, only `[DONE]`",
        _without_finish,
        f"{COMPLETE}, its `finish_reason` null",
        COMPLETE,
    ),
    Trouble("the stream ends before the answer does", lambda to: to.start, CUT_SHORT),
    Trouble("the connection breaks", lambda to: [*to.start, Wait(VERIFIED), Die()], CUT_SHORT),
    Trouble("what comes is no JSON", lambda to: [*to.start, b"data: {oops\n\n", Stall()], CUT_SHORT),
    Trouble("an `error` in the stream", lambda to: [*to.start, _event(to.error), Stall()], REPORTED),
    Trouble("silence for longer than `read_timeout_s`", lambda to: [*to.start, Stall()], CUT_SHORT),
]


def table() -> str:
    """Return the rows as a Markdown table."""
    rows = ["| the upstream's stream | chat, completions | responses | stored as |", "|---|---|---|---|"]
    for trouble in TROUBLES:
        chat, _, response = SPOKEN
        outcomes = dict.fromkeys(f"`{trouble.outcome_on(spoken)}`" for spoken in (chat, response))
        same = trouble.response or "the same"
        rows.append(f"| {trouble.name} | {trouble.seen} | {same} | {', '.join(outcomes)} |")
    return "\n".join(rows)
