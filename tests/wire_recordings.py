"""What a client gets in each case, byte for byte, as files that can be read and reviewed.

`pytest tests/end_to_end/test_wire_cases.py --update-golden` writes them anew. Masked is only what differs each time:
the ids of events, numbered as they come; the time a check took stands still; and the two headers of the HTTP server.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from fakes import Die, Scripted, Stall, Wire
from wire_cases import Asked, Wait

GOLDEN = Path(__file__).parent / "golden"
_EVENT_ID = re.compile(r"evt_[0-9a-z]{26}")
_OF_THE_SERVER = ("date", "server")


@dataclass(frozen=True)
class Message:
    """Headers, written as they came, and a body."""

    head: str
    body: str

    @property
    def text(self) -> str:
        return f"{self.head}\n\n{self.body}"

    @property
    def status(self) -> int:
        return int(self.head.split()[1])

    @property
    def headers(self) -> Mapping[str, str]:
        return dict(line.split(": ", 1) for line in self.head.splitlines()[1:])


@dataclass(frozen=True)
class Recording:
    """One exchange."""

    request: Message
    upstream: Message
    client: Message


def record(client: httpx.Client, wire: Wire, asked: Asked) -> Recording:
    """Ask over the network; the upstream waits where the case says, until the client has read that far."""
    kind = {"content-type": "text/event-stream" if asked.is_stream else "application/json"}
    headers = {"content-type": "application/json", "x-grounding-policy": asked.case.policy}
    wire.upstream.will(scripted := Paced(asked.sent, kind))
    with client.stream("POST", f"{wire.url}/{asked.endpoint}", content=asked.body, headers=headers) as reply:
        body = scripted.read(reply)
        heads = [(name.decode(), value.decode()) for name, value in reply.headers.raw]
    assert wire.upstream.requests[0].body == asked.body
    return Recording(
        Message(_head(f"POST /v1/{asked.endpoint}", headers.items()), asked.body.decode()),
        Message(_head("HTTP 200", kind.items()), "".join(map(_written, asked.sent))),
        _masked(Message(_head(f"HTTP {reply.status_code}", heads), body)),
    )


class Paced(Scripted):
    """A reply of the upstream that waits at some places until the client has read so far."""

    def __init__(self, pieces: Sequence[bytes | Wait | Stall | Die], headers: dict[str, str]) -> None:
        made = [(piece, Stall()) if isinstance(piece, Wait) else (None, piece) for piece in pieces]
        self._waits = [(wait, stall) for wait, stall in made if wait]
        super().__init__([piece for _, piece in made], headers=headers)

    def read(self, reply: httpx.Response) -> str:
        """Read the client's side of it to its end."""
        seen = ""
        for piece in reply.iter_raw():
            seen += piece.decode()
            while self._waits and seen.count(self._waits[0][0].text) >= self._waits[0][0].times:
                self._waits.pop(0)[1].release()
        return seen


def path_of(asked: Asked) -> Path:
    """Return the file of a case; it has those of the same endpoint and kind, and either all streams or none."""
    kind = asked.kind.replace(" ", "-").lower()
    return GOLDEN / asked.endpoint.replace("/", "-") / f"{kind}-{'stream' if asked.is_stream else 'whole'}.txt"


def written(recordings: Mapping[str, Recording]) -> str:
    """Return the text of a file; a reply of the upstream that came in an earlier case is only named."""
    out, known = [], {}
    for name, recording in recordings.items():
        out.append(f"=== {name} ===\n>>> request\n{recording.request.text}\n")
        earlier = known.setdefault(recording.upstream.text, name)
        same = f", as in: {earlier}\n" if earlier != name else f"\n{recording.upstream.text}\n"
        out.append(f"<<< upstream{same}<<< client\n{recording.client.text}\n\n")
    return "".join(out)


def read(path: Path) -> dict[str, Recording]:
    """Return the recordings of a file by the names of their cases."""
    found: dict[str, Recording] = {}
    for name, text in re.findall(r"^=== (.+?) ===\n(.*?)\n(?=^===|\Z)", path.read_text(encoding="utf-8"), re.M | re.S):
        request, rest = text.removeprefix(">>> request\n").split("\n<<< upstream", 1)
        upstream, client = rest.split("<<< client\n", 1)
        same = upstream.removeprefix(", as in: ").rstrip("\n")
        replied = found[same].upstream if same in found else _message(upstream[1:])
        found[name] = Recording(_message(request), replied, _message(client))
    return found


def _message(text: str) -> Message:
    head, _, body = text.partition("\n\n")
    return Message(head, body[:-1] if body.endswith("\n") else body)


def _head(first: str, headers: Iterable[tuple[str, str]]) -> str:
    return "\n".join((first, *(f"{name}: {value}" for name, value in headers if name not in _OF_THE_SERVER)))


def _written(piece: bytes | Wait) -> str:
    if isinstance(piece, bytes):
        return piece.decode()
    times = f" {piece.times} times" if piece.times > 1 else ""
    return f"--- waits until the client has read{times}: {piece.text}\n\n"


def _masked(message: Message) -> Message:
    numbers: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        return f"evt_{numbers.setdefault(found.group(), len(numbers) + 1):026d}"

    return Message(_EVENT_ID.sub(number, message.head), _EVENT_ID.sub(number, message.body))
