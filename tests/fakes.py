"""Stand-ins that keep the promises of the real parts: a model server, a verifier, a knowledge base, an event store."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import httpx
import numpy as np
import uvicorn

from groundwire.app import AppParts, create_app
from groundwire.domain import (
    Action,
    Claim,
    Correction,
    Event,
    Evidence,
    Failure,
    Hit,
    Label,
    Mode,
    Question,
    Source,
    Strictness,
    Verdict,
)
from groundwire.errors import EventStoreError, UnknownCollection
from groundwire.guardrail import Guardrail
from groundwire.policy.policies import Policies
from groundwire.policy.policy import Limits, Policy
from groundwire.policy.tools import ToolRule, ToolRules
from groundwire.protocols import Completion, Prompt, Query, Snapshot, Vectors
from groundwire.proxy.answering import AnswerService
from groundwire.proxy.callers import OpenGate
from groundwire.proxy.endpoints.handlers import handlers
from groundwire.proxy.guarded import ReplyStyle
from groundwire.proxy.passthrough import Passthrough
from groundwire.proxy.routes import WireApp
from groundwire.proxy.upstreams.upstream import Upstream, UpstreamAddress, Upstreams

ID, CREATED, MODEL = "chatcmpl-123", 1_700_000_000, "gpt-4o-2024-08-06"
USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18, "prompt_tokens_details": {"cached_tokens": 0}}


@contextlib.contextmanager
def running(app: object) -> Iterator[str]:
    """Serve an ASGI application on a free loopback port in a thread; yield its base URL."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="critical", ws="none", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.002)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=5)
        listener.close()


class Stall:
    """A place in a reply where the upstream waits until the test lets it go on, or its client has left."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.left = threading.Event()
        self._released = threading.Event()

    def release(self) -> None:
        self._released.set()

    async def wait(self, receive: Callable) -> None:
        self.reached.set()
        leaving = asyncio.ensure_future(receive())
        while not self._released.is_set():
            await asyncio.sleep(0.002)
            if leaving.done() and leaving.result()["type"] == "http.disconnect":
                self.left.set()
                return
        leaving.cancel()


class Die:
    """A place in a reply where the upstream closes its connection."""


@dataclass
class Scripted:
    """One reply: pieces of the body with stalls and an early death between them."""

    pieces: Sequence[bytes | Stall | Die]
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "application/json"})


@dataclass
class Received:
    """One request as the upstream saw it."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict:
        return json.loads(self.body)


class FakeUpstream:
    """A model server that sends what it is told to; an ASGI application."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.requests: list[Received] = []
        self._replies: list[Scripted] = []
        # May answer a request out of turn.
        self.interjects: Callable[[Received], Scripted | None] = lambda _: None

    def will(self, *replies: Scripted) -> None:
        """Send these replies, one a request, the last one again and again."""
        self._replies = list(replies)

    def will_say(self, *answers: str, **extra: object) -> None:
        """Answer with a completion of these choices."""
        self.will(Scripted([completion(*answers, **extra)]))

    def will_stream(self, *chunks: object, **headers: str) -> None:
        """Answer with a stream of these chunks (objects, raw bytes, stalls)."""
        pieces = [chunk if isinstance(chunk, bytes | Stall | Die) else event(chunk) for chunk in chunks]
        self.will(Scripted(pieces, headers={"content-type": "text/event-stream", **headers}))

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] == "lifespan":
            while (await receive())["type"] != "lifespan.shutdown":
                await send({"type": "lifespan.startup.complete"})
            await send({"type": "lifespan.shutdown.complete"})
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.requests.append(
            Received(scope["method"], scope["raw_path"].decode(), scope["query_string"].decode(), headers, body)
        )
        await self._send(self.interjects(self.requests[-1]) or self._reply(), receive, send)

    def _reply(self) -> Scripted:
        return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]

    async def _send(self, reply: Scripted, receive, send) -> None:
        headers = [(name.encode(), value.encode()) for name, value in reply.headers.items()]
        if not isinstance(reply.pieces[0], Stall):
            await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        for place, piece in enumerate(reply.pieces):
            if isinstance(piece, Die):
                return
            if isinstance(piece, Stall):
                await piece.wait(receive)
                if piece.left.is_set():
                    return
                if place == 0:
                    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
            else:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def labels_of(material: str, says: Mapping[str, str]) -> str:
    """Return what an honest judge writes: `says` gives labels by a word of the claim, `unsure` where none is in it."""
    labels = []
    for entry in json.loads(material)["claims"]:
        label = next((label for word, label in says.items() if word in entry["claim"]), "unsure")
        if "store room" in entry["claim"]:
            said, held = (re.findall(r"\d+", text) for text in (entry["claim"], entry["evidence"][0]["quote"]))
            label = "supported" if said == held else "contradicted"
        labels.append({"id": entry["id"], "label": label})
    return json.dumps({"labels": labels})


class FakeLanguageModel:
    """A judge without a network; `text` is written instead of honest labels, `error` raised."""

    name = "big-model"

    def __init__(self, says: Mapping[str, str] | None = None) -> None:
        self.says = dict(says or {})
        self.prompts: list[Prompt] = []
        self.timeouts_s: list[float] = []
        self.text: str | Callable[[str], str] | None = None
        self.error: Exception | None = None
        self.tokens: tuple[int | None, int | None] = (300, 40)

    def complete(self, prompt: Prompt, timeout_s: float) -> Completion:
        self.prompts.append(prompt)
        self.timeouts_s.append(timeout_s)
        if self.error:
            raise self.error
        text = self.text(prompt.material) if callable(self.text) else self.text
        return Completion(labels_of(prompt.material, self.says) if text is None else text, *self.tokens)

    def claims(self, place: int = -1) -> list[str]:
        """Return the claims of a request, without the controls, in order of their text."""
        sent = [entry["claim"] for entry in json.loads(self.prompts[place].material)["claims"]]
        return sorted(claim for claim in sent if "store room" not in claim)


class FakeJudge(FakeUpstream):
    """A model server that labels claims; what `will` tells it to send comes instead. `heard` is called each time."""

    def __init__(self, says: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.says = dict(says or {})
        self.usage: dict[str, int] = {"prompt_tokens": 300, "completion_tokens": 40}
        self.heard: Callable[[], None] = lambda: None

    def _reply(self) -> Scripted:
        self.heard()
        if self._replies:
            return super()._reply()
        material = self.requests[-1].json["messages"][1]["content"]
        return Scripted([completion(labels_of(material, self.says), usage=self.usage)])


def event(data: object) -> bytes:
    """Return an event of a stream."""
    return f"data: {data if isinstance(data, str) else json.dumps(data)}\n\n".encode()


def completion(*answers: str | dict, **extra: object) -> bytes:
    """Return the JSON of a completion; an answer is a text or a whole message."""
    choices = [
        {
            "index": place,
            "message": answer if isinstance(answer, dict) else {"role": "assistant", "content": answer},
            "logprobs": None,
            "finish_reason": "stop",
        }
        for place, answer in enumerate(answers)
    ]
    values = {"id": ID, "object": "chat.completion", "created": CREATED, "model": MODEL, "choices": choices}
    return json.dumps({**values, "usage": USAGE, "system_fingerprint": "fp_1", **extra}).encode()


def chunk(delta: dict | None = None, finish: str | None = None, index: int = 0, **extra: object) -> dict:
    """Return a chunk of a stream with one choice."""
    choice = {"index": index, "delta": delta or {}, "logprobs": None, "finish_reason": finish}
    values = {"id": ID, "object": "chat.completion.chunk", "created": CREATED, "model": MODEL}
    return {**values, "system_fingerprint": "fp_1", "choices": [choice], **extra}


def usage_chunk() -> dict:
    """Return the chunk with the token counts."""
    return {**chunk(), "choices": [], "usage": USAGE}


def chunks(*texts: str, finish: str = "stop") -> list[object]:
    """Return a whole stream: role, these pieces of text, the finish, and its end."""
    opening = chunk({"role": "assistant", "content": ""})
    return [opening, *(chunk({"content": text}) for text in texts), chunk({}, finish), "[DONE]"]


def text_completion(*texts: str, **extra: object) -> bytes:
    """Return the JSON of a plain completion with these choices."""
    choices = [{"index": n, "text": text, "logprobs": None, "finish_reason": "stop"} for n, text in enumerate(texts)]
    values = {"id": "cmpl-123", "object": "text_completion", "created": CREATED, "model": MODEL, "choices": choices}
    return json.dumps({**values, "usage": USAGE, **extra}).encode()


def text_chunk(text: str, finish: str | None = None, index: int = 0) -> dict:
    """Return a chunk of a plain completion's stream."""
    choice = {"index": index, "text": text, "logprobs": None, "finish_reason": finish}
    values = {"id": "cmpl-123", "object": "text_completion", "created": CREATED, "model": MODEL}
    return {**values, "choices": [choice]}


def text_chunks(*texts: str, finish: str = "stop") -> list[object]:
    """Return a whole stream of a plain completion."""
    return [*(text_chunk(text) for text in texts), text_chunk("", finish), "[DONE]"]


RESPONSE_USAGE = {"input_tokens": 11, "output_tokens": 7, "total_tokens": 18}
FUNCTION_CALL = {"id": "fc_1", "type": "function_call", "status": "completed", "call_id": "c1", "name": "pay"}


def text_part(text: str, **extra: object) -> dict:
    """Return a part of a message."""
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": [], **extra}


def message_item(*parts: str | dict, place: int = 0) -> dict:
    """Return a message of an output; a part is a text or a whole part."""
    content = [text_part(part) if isinstance(part, str) else part for part in parts]
    return {"id": f"msg_{place}", "type": "message", "status": "completed", "role": "assistant", "content": content}


def response_values(*items: str | dict, **extra: object) -> dict:
    """Return a response; an item is the text of a message or a whole item."""
    output = [message_item(item, place=place) if isinstance(item, str) else item for place, item in enumerate(items)]
    values = {"id": "resp_123", "object": "response", "created_at": CREATED, "status": "completed", "error": None}
    rest = {"incomplete_details": None, "model": MODEL, "output": output, "parallel_tool_calls": True}
    return {**values, **rest, "tool_choice": "auto", "tools": [], "usage": RESPONSE_USAGE, **extra}


def response(*items: str | dict, **extra: object) -> bytes:
    """Return the JSON of a response."""
    return json.dumps(response_values(*items, **extra)).encode()


def typed_event(values: dict) -> bytes:
    """Return an event of the Responses API."""
    return f"event: {values['type']}\ndata: {json.dumps(values)}\n\n".encode()


def response_events(*items: str | dict | Sequence[str], **extra: object) -> list[dict]:
    """Return a whole stream; a message whose text is given in pieces comes in that many deltas."""
    whole = ["".join(item) if isinstance(item, list | tuple) else item for item in items]
    final = response_values(*whole, **extra)
    begun = {**final, "status": "in_progress", "output": [], "usage": None}
    events = [{"type": f"response.{name}", "response": begun} for name in ("created", "in_progress")]
    for place, item in enumerate(final["output"]):
        pieces = items[place] if isinstance(items[place], list | tuple) else None
        events += _item_events(item, place, pieces)
    events.append({"type": f"response.{final['status']}", "response": final})
    return [{**values, "sequence_number": number} for number, values in enumerate(events)]


def _item_events(item: dict, place: int, pieces: Sequence[str] | None) -> Iterator[dict]:
    at = {"item_id": item["id"], "output_index": place}
    empty = {name: value for name, value in (("content", []), ("arguments", "")) if name in item}
    yield {
        "type": "response.output_item.added",
        "output_index": place,
        "item": {**item, "status": "in_progress", **empty},
    }
    if item["type"] == "function_call":
        yield {"type": "response.function_call_arguments.delta", **at, "delta": item["arguments"]}
        yield {"type": "response.function_call_arguments.done", **at, "arguments": item["arguments"]}
    for number, part in enumerate(item.get("content", ())):
        yield from _part_events(part, {**at, "content_index": number}, pieces)
    yield {"type": "response.output_item.done", "output_index": place, "item": item}


def _part_events(part: dict, at: dict, pieces: Sequence[str] | None) -> Iterator[dict]:
    name, kind = ("text", "output_text") if "text" in part else ("refusal", "refusal")
    empty = {**part, name: "", **({"annotations": [], "logprobs": []} if name == "text" else {})}
    yield {"type": "response.content_part.added", **at, "part": empty}
    for piece in pieces if pieces is not None else [part[name]]:
        yield {"type": f"response.{kind}.delta", **at, "delta": piece, "logprobs": [], "obfuscation": "x1"}
    for number, annotation in enumerate(part.get("annotations", ())):
        where = {**at, "annotation_index": number, "annotation": annotation}
        yield {"type": "response.output_text.annotation.added", **where}
    closing = {name: part[name], **({"logprobs": part["logprobs"]} if "logprobs" in part else {})}
    yield {"type": f"response.{kind}.done", **at, **closing}
    yield {"type": "response.content_part.done", **at, "part": part}


class WordEmbedder:
    """Texts with words in common are near each other; `texts` counts what was embedded."""

    dimension = 64

    def __init__(self, name: str = "words-1") -> None:
        self.name = name
        self.texts = 0

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.texts += len(texts)
        rows = np.full((len(texts), self.dimension), 1e-3, dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()):
                row[zlib.crc32((self.name + word).encode()) % self.dimension] += 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self.embed_passages(texts)


class FakeKnowledgeBase:
    """Knows some collections by name; everything in them is at revision 1."""

    def __init__(self, *names: str, is_empty: bool = False) -> None:
        self.names = names or ("default",)
        self.is_empty = is_empty
        self.error: Exception | None = None

    def snapshot(self, collections: Sequence[str]) -> Snapshot:
        if self.error:
            raise self.error
        for name in collections:
            if name not in self.names:
                raise UnknownCollection(f"No collection {name!r}. Known: {', '.join(self.names)}.", param="collections")
        return FakeSnapshot(",".join(f"{name}@1" for name in collections), self.is_empty)


@dataclass
class FakeSnapshot:
    """A state without passages of its own."""

    revision: str
    is_empty: bool

    def search(self, queries: Sequence[Query], k: int) -> list[list[Hit]]:
        return [[] for _ in queries]


class FakeRetriever:
    """Finds nothing, which the scripted verifier does not mind."""

    def retrieve(
        self, claims: Sequence[Claim], question: Question, snapshot: Snapshot, sources: frozenset[Source]
    ) -> list[list[Hit]]:
        return [[] for _ in claims]


class ScriptedVerifier:
    """Judges by words in the claim: `wrong` is contradicted, `perhaps` unsupported, `broken` fails.

    `wrong` is corrected to `right`; in `wrong and stuck` there is no correction, and the correction of `wrong again`
    is contradicted itself.
    """

    name = "scripted"

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.batches: list[list[str]] = []
        self.error: Exception | None = None
        self.gate: threading.Event | None = None
        self.questions: list[Question] = []

    def verify(
        self, claims: Sequence[Claim], evidence: Sequence[Sequence[Hit]], question: Question, strictness: Strictness
    ) -> list[Verdict]:
        self.batches.append([claim.text for claim in claims])
        self.questions.append(question)
        if self.gate:
            self.gate.wait(timeout=5)
        if self.error:
            raise self.error
        return [judged(claim) for claim in claims]


class ReconsideringVerifier(ScriptedVerifier):
    """Finds everything supported when it looks again; `given` counts the rations, `asked` what it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.given = 0
        self.asked: list[tuple[Question, Strictness, float]] = []

    def rationed(self) -> ReconsideringVerifier:
        self.given += 1
        return self

    def reconsider(
        self, verdicts: Sequence[Verdict], question: Question, strictness: Strictness, within_s: float
    ) -> list[Verdict]:
        self.asked.append((question, strictness, within_s))
        return [replace(one, label=Label.SUPPORTED) for one in verdicts]


def judged(claim: Claim) -> Verdict:
    """Return the scripted verdict on a claim."""
    text = claim.text
    if "wrong" in text or "still false" in text:
        evidence = Evidence("handbook", 1, "Handbook", "It is right.", 0, 12)
        return Verdict(
            claim, Label.CONTRADICTED, 0.1, "document says right, answer says wrong", (evidence,), _fix(claim)
        )
    if "broken" in text:
        return Verdict(claim, Label.UNVERIFIED, 0.0, "the language is not covered", failure=Failure.LANGUAGE)
    if "perhaps" in text:
        return Verdict(claim, Label.UNSUPPORTED, 0.3, "no document settles it")
    return Verdict(claim, Label.SUPPORTED, 0.9, "the document says so")


def _fix(claim: Claim) -> tuple[Correction, ...]:
    place = claim.text.find("wrong")
    if "stuck" in claim.text or place < 0:
        return ()
    replacement = "still false" if "again" in claim.text else "right"
    return (Correction(claim.start + place, claim.start + place + len("wrong"), replacement),)


class MemoryEventStore:
    """Keeps events in a list; fails when told to."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.events: list[Event] = []
        self.is_down = False

    async def append(self, events: Sequence[Event]) -> None:
        if self.is_down:
            raise EventStoreError("The disk is full.")
        self.events.extend(events)


class World:
    """All fakes of one proxy together."""

    def __init__(self) -> None:
        self.upstream = FakeUpstream()
        self.knowledge = FakeKnowledgeBase("default", "faq")
        self.verifier = ScriptedVerifier()
        self.events = MemoryEventStore()
        self.threads = ThreadPoolExecutor(max_workers=2)

    def reset(self) -> None:
        self.upstream.reset()
        self.verifier.reset()
        self.events.reset()
        self.knowledge.error = None
        self.knowledge.is_empty = False

    def guardrail(self) -> Guardrail:
        return Guardrail(self.knowledge, FakeRetriever(), self.verifier)


class Wire:
    """A proxy over the fakes, both served on loopback; `url` ends in `/v1`."""

    def __init__(self, world: World, url: str) -> None:
        self.world = world
        self.url = f"{url}/v1"

    @property
    def upstream(self) -> FakeUpstream:
        return self.world.upstream

    @property
    def verifier(self) -> ScriptedVerifier:
        return self.world.verifier

    @property
    def events(self) -> list[Event]:
        return self.world.events.events

    def send(self, method: str, path: str, **options: object) -> httpx.Response:
        """Send a request over a connection of its own."""
        return httpx.request(method, self.url + path, timeout=10, **options)

    def ask(self, headers: dict[str, str] | None = None, **body: object) -> httpx.Response:
        """Ask a question over the wire."""
        return self.send("POST", "/chat/completions", json=QUESTION | body, headers=headers)

    def respond(self, headers: dict[str, str] | None = None, **body: object) -> httpx.Response:
        """Ask for a response over the wire."""
        return self.send("POST", "/responses", json={"model": "m", "input": "What is the fee?"} | body, headers=headers)

    def respond_stream(self, headers: dict[str, str] | None = None, **body: object) -> list[dict]:
        """Ask for a streamed response; return its events, comments left out."""
        reply = self.respond(headers, stream=True, **body)
        assert reply.status_code == 200, reply.text
        lines = [line.removeprefix("data: ") for line in reply.text.splitlines() if line.startswith("data: ")]
        return [json.loads(line) for line in lines]

    def prompt(self, headers: dict[str, str] | None = None, **body: object) -> httpx.Response:
        """Ask for plain completions over the wire."""
        return self.send(
            "POST", "/completions", json={"model": "m", "prompt": "What is the fee?"} | body, headers=headers
        )

    def ask_stream(self, headers: dict[str, str] | None = None, **body: object) -> list[dict | str]:
        """Ask for a stream; return its chunks, and what is no JSON as text."""
        reply = self.ask(headers, stream=True, **body)
        assert reply.status_code == 200, reply.text
        return stream_events(reply.text)


QUESTION = {"model": "gpt-4o", "messages": [{"role": "user", "content": "What is the fee?"}]}


def stream_events(text: str) -> list[dict | str]:
    """Return the events of a stream's body, without what kept it alive: how often that comes is chance."""
    events = []
    for block in text.replace(": keep-alive\n\n", "").split("\n\n"):
        data = block.removeprefix("data: ")
        events.append(json.loads(data) if data.startswith("{") else data)
    assert events.pop() == ""
    return events


def text_of(events: Sequence[dict | str], index: int = 0) -> str:
    """Return the text that a client puts together from a stream."""
    choices = [choice for chunk in events if isinstance(chunk, dict) for choice in chunk.get("choices", ())]
    own = [choice for choice in choices if choice["index"] == index]
    return "".join(choice.get("delta", {}).get("content") or choice.get("text") or "" for choice in own)


TOOLS = ToolRules({"issue_refund": ToolRule(("amount", "order_id", "note")), "pay_*": ToolRule()})
POLICIES = {
    "default": Policy(max_contradicted=3),
    "strict": Policy("strict", label_actions=dict.fromkeys(Label, Action.ALLOW) | {Label.CONTRADICTED: Action.BLOCK}),
    "citing": Policy("citing", citations=True),
    "shadow": Policy("shadow", mode=Mode.SHADOW),
    "off": Policy("off", mode=Mode.OFF),
    "rewording": Policy("rewording", strategies=("regenerate", "remove")),
    "rewording in shadow": Policy("rewording in shadow", strategies=("regenerate", "remove"), mode=Mode.SHADOW),
    "open": Policy("open", failure_actions=dict.fromkeys(Failure, Action.FLAG)),
    "hasty": Policy(
        "hasty", failure_actions=dict.fromkeys(Failure, Action.FLAG), limits=Limits(budget_s=0.02, held_s=0.05)
    ),
    "tools": Policy("tools", tools=TOOLS),
    "strict tools": Policy("strict tools", tools=ToolRules({"*refund": ToolRule(otherwise=Action.BLOCK)})),
    "strict with tools": Policy(
        "strict with tools",
        label_actions=dict.fromkeys(Label, Action.ALLOW) | {Label.CONTRADICTED: Action.BLOCK},
        tools=TOOLS,
    ),
    "tools in shadow": Policy("tools in shadow", mode=Mode.SHADOW, tools=TOOLS),
    "short": Policy("short", limits=Limits(max_answer_chars=60, max_held_chars=200)),
}


@contextlib.contextmanager
def proxied(world: World, style: ReplyStyle | None = None, **options: object) -> Iterator[Wire]:
    """Serve a proxy over the fakes; `parts` start and stop with it."""
    with running(world.upstream) as upstream_url:
        silence_s = options.get("read_timeout_s", 0.3)
        address = UpstreamAddress("fake", f"{upstream_url}/v1", connect_timeout_s=0.5, read_timeout_s=silence_s)
        upstreams = Upstreams([Upstream(address)])
        answers = AnswerService(world.guardrail(), world.events, world.threads, ["default"])
        routes = handlers(upstreams, answers, Policies(POLICIES), style or ReplyStyle(keep_alive_s=0.03))
        gate, is_refused = options.get("gate", OpenGate()), bool(options.get("is_refused"))
        wire = WireApp(gate, routes, Passthrough(upstreams, is_refused), max_body_bytes=100_000)
        with running(create_app(AppParts(wire, upstreams, running=options.get("parts", ())))) as url:
            yield Wire(world, url)
