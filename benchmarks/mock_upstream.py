"""A model server that answers at once or at a steady pace, on bare sockets, so that it is never what is measured.

    python benchmarks/mock_upstream.py PORT ANSWERS_FILE

ANSWERS_FILE holds a JSON object: for each model the list of its answers, which it gives in turn. A request with
`"stream": true` gets one token (`TOKEN_CHARS` characters) each `ITL_S` seconds, the first after `FIRST_S`.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

FIRST_S, ITL_S = 0.050, 0.005
TOKEN_CHARS = 4
_USAGE = {"prompt_tokens": 100, "completion_tokens": 100, "total_tokens": 200}
_EMBEDDING = json.dumps({"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": [0.5] * 16}]})


class Mock(asyncio.Protocol):
    """One connection; requests come one after the other."""

    def __init__(self, answers: Mapping[bytes, Iterator[str]]) -> None:
        self._answers = answers
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, mark, rest = self._buffer.partition(b"\r\n\r\n")
        if not mark or len(rest) < _length(head):
            return
        self._buffer = b""
        self._answer(head, rest)

    def _answer(self, head: bytes, body: bytes) -> None:
        if b"/chat/completions" not in head.split(b"\r\n", 1)[0]:
            self._write(_json_reply(_EMBEDDING))
            return
        text = next(next(texts for model, texts in self._answers.items() if b'"%s"' % model in body))
        if b'"stream":true' in body.replace(b" ", b""):
            self._task = asyncio.ensure_future(self._stream(text))
        else:
            self._write(_json_reply(json.dumps(_completion(text))))

    async def _stream(self, text: str) -> None:
        self._write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        loop = asyncio.get_running_loop()
        due = loop.time() + FIRST_S
        tokens = [text[start : start + TOKEN_CHARS] for start in range(0, len(text), TOKEN_CHARS)]
        for place, token in enumerate(tokens):
            await asyncio.sleep(max(0.0, due - loop.time()))
            due += ITL_S
            self._event(_chunk({"role": "assistant", "content": token} if not place else {"content": token}))
        self._event(_chunk({}, "stop"))
        self._write(_framed(b"data: [DONE]\n\n") + b"0\r\n\r\n")

    def _event(self, chunk: dict[str, object]) -> None:
        self._write(_framed(f"data: {json.dumps(chunk)}\n\n".encode()))

    def _write(self, data: bytes) -> None:
        if self._transport and not self._transport.is_closing():
            self._transport.write(data)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _framed(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def _json_reply(text: str) -> bytes:
    body = text.encode()
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)


def _completion(text: str) -> dict[str, object]:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    head = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1_700_000_000, "model": "mock"}
    return {**head, "choices": [choice], "usage": _USAGE}


def _chunk(delta: dict[str, str], finish: str | None = None) -> dict[str, object]:
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_700_000_000, "model": "mock"}
    return {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


async def serve(port: int, answers: Mapping[str, list[str]]) -> None:
    """Serve on loopback until the process is ended."""
    in_turn = {model.encode(): itertools.cycle(texts) for model, texts in answers.items()}
    server = await asyncio.get_running_loop().create_server(lambda: Mock(in_turn), "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))))
