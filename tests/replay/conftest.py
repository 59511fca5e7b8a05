import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import zip_longest

import httpx
import pytest

from fakes import FakeUpstream, Stall, chunk, chunks, running
from groundwire.demo.answers import ANSWERS
from groundwire.demo.serving import demo_settings
from groundwire.domain import Action, Event
from groundwire.events.store import SqlEventStore
from groundwire.policy.policy import Policy
from groundwire.replay.wanted import KnownPolicies
from groundwire.wiring import assemble, build_guardrail, open_library, open_policies, opened_events
from groundwire.wiring.replay import open_replays

BY_ACTION = {known.action: known for known in ANSWERS}
# Long enough for any machine, so that no verdict is a matter of time.
PATIENT = {"budget_ms": 60_000}
POLICIES = {
    "default": {},
    "shadowed": {"mode": "shadow"},
    "beside": {"evidence": ["request_documents", "conversation", "tool_results"]},
    "flagging": {"actions": {"contradicted": "flag", "unsupported": "flag"}},
    "short": {"max_answer_chars": 60},
    "calling": {"tools": {"issue_refund": {"otherwise": "block"}}},
}
SCHEMA = {
    "type": "object",
    "properties": {"days": {"type": "string"}, "price": {"type": "string"}},
    "additionalProperties": False,
}
STRUCTURED = json.dumps(
    {
        "days": "You can return a new camera within 60 days of delivery for a full refund.",
        "price": "The Plus plan costs $17.99 per month in the United States.",
    }
)
NOTE = {"title": "Note", "text": "Our flagship store in Portland has a showroom with a coffee bar."}


@dataclass
class Asked:
    """One request: what the model says, and what the client sends besides."""

    answers: tuple[str, ...]
    question: str = "How long can I return a new camera?"
    body: dict = None
    grounding: dict = None
    messages: list = None
    is_stream: bool = False


_ORDER = {
    "grounding": {"policy": "calling"},
    "messages": [
        {"role": "user", "content": "Refund my order A-4471, please. It came 30 days late."},
    ],
    "body": {
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": "issue_refund",
                    "parameters": {
                        "type": "object",
                        "properties": {
                            "order": {"type": "string"},
                            "days": {"type": "integer"},
                            "reason": {"type": "string", "enum": ["late", "broken"]},
                        },
                    },
                },
            }
        ]
    },
}


def _call(**arguments):
    """Return the message that calls the tool."""
    function = {"name": "issue_refund", "arguments": json.dumps(arguments)}
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "call_1", "type": "function", "function": function}],
    }


SCENES = {
    **{known.action.value: Asked((known.answer,), known.question) for known in ANSWERS},
    **{f"{known.action.value} stream": Asked((known.answer,), known.question, is_stream=True) for known in ANSWERS},
    "two choices": Asked((BY_ACTION[Action.ALLOW].answer, BY_ACTION[Action.REWRITE].answer)),
    "two streams": Asked((BY_ACTION[Action.FLAG].answer, BY_ACTION[Action.BLOCK].answer), is_stream=True),
    "request documents": Asked((BY_ACTION[Action.FLAG].answer,), grounding={"documents": [NOTE]}),
    "conversation": Asked(
        ("Your hub has the serial number HX-4471. It was bought in Lisbon.",),
        messages=[
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": "My hub has the serial number HX-4471. I bought it in Porto."},
            {"role": "assistant", "content": "Thanks!"},
            {"role": "user", "content": "Which hub do I have?"},
        ],
    ),
    "structured": Asked(
        (STRUCTURED,),
        body={"response_format": {"type": "json_schema", "json_schema": {"name": "reply", "schema": SCHEMA}}},
    ),
    "broken structured": Asked(("{no json",), body={"response_format": {"type": "json_object"}}),
    "shadow": Asked((BY_ACTION[Action.BLOCK].answer,), grounding={"policy": "shadowed"}),
    "shadow by request": Asked((BY_ACTION[Action.REWRITE].answer,), grounding={"mode": "shadow"}),
    "beside": Asked((BY_ACTION[Action.FLAG].answer,), grounding={"policy": "beside", "documents": [NOTE]}),
    "flagging": Asked((BY_ACTION[Action.BLOCK].answer,), grounding={"policy": "flagging"}),
    "over length": Asked((BY_ACTION[Action.BLOCK].answer,), grounding={"policy": "short"}),
    "other language": Asked(("Sie können die Kamera innerhalb von dreißig Tagen nach der Lieferung zurückgeben.",)),
    "right call": Asked((_call(order="A-4471", days=30, reason="late"),), **_ORDER),
    "wrong call": Asked((_call(order="A-9999", days=30, reason="late"),), **_ORDER),
    "no claim": Asked(("Hello! How can I help?",)),
    "empty": Asked(("",)),
}


@dataclass
class History:
    """A server's settings, and the events of each scene, by its name."""

    settings: object
    events: dict[str, list[Event]]

    @property
    def all(self):
        return [event for found in self.events.values() for event in found]


@pytest.fixture(scope="session")
def history(tmp_path_factory):
    """The real check over the sample documents, after it has answered every scene."""
    upstream = FakeUpstream()
    with running(upstream) as url:
        folder = tmp_path_factory.mktemp("replay")
        settings = demo_settings(f"{url}/v1", {("data_dir",): folder, ("policies",): _patient(POLICIES)})
        assembly = assemble(settings)
        assembly.documents.sync()
        with running(assembly.app) as proxy:
            requests = {name: _ask(proxy, upstream, scene) for name, scene in SCENES.items()}
            requests["left stream"] = _leave(proxy, upstream)
    return History(settings, {name: _events(settings, since) for name, since in requests.items()})


def _patient(policies):
    return {name: policy | PATIENT for name, policy in policies.items()}


def _ask(proxy, upstream, scene):
    body = {"model": "demo", "n": len(scene.answers), "messages": scene.messages or _turns(scene.question)}
    body |= (scene.body or {}) | {"grounding": scene.grounding or {}} | {"stream": scene.is_stream}
    if scene.is_stream:
        upstream.will_stream(*_interleaved(scene.answers))
    else:
        upstream.will_say(*scene.answers)
    reply = httpx.post(f"{proxy}/v1/chat/completions", json=body, timeout=20)
    assert reply.status_code == 200, reply.text
    return _newest(proxy, len(scene.answers))


def _leave(proxy, upstream):
    """Leave in the middle of a stream, after its first claim."""
    stall = Stall()
    said = chunks("The Plus plan costs $17.99 per month in the United States. It includes", " 12 cam")
    upstream.will_stream(*said[:3], stall)
    body = {"model": "demo", "stream": True, "messages": _turns("How much is the Plus plan?")}
    with httpx.stream("POST", f"{proxy}/v1/chat/completions", json=body, timeout=20) as reply:
        for line in reply.iter_lines():
            if "States." in line:
                break
    assert stall.left.wait(5)
    for _ in range(100):
        if found := _newest(proxy, 1, outcome="client_left"):
            return found
    raise AssertionError("The event was not stored.")


def _turns(question):
    return [{"role": "user", "content": question}]


def _interleaved(answers):
    """Return the chunks of several choices, a piece of each in turn."""
    pieces = [[*({"content": piece} for piece in _pieces(answer)), None] for answer in answers]
    return [
        *(chunk({"role": "assistant", "content": ""}, index=index) for index in range(len(answers))),
        *(
            chunk(piece or {}, None if piece else "stop", index)
            for turn in zip_longest(*pieces, fillvalue="")
            for index, piece in enumerate(turn)
            if piece != ""
        ),
        "[DONE]",
    ]


def _pieces(text):
    return [text[start : start + 7] for start in range(0, len(text), 7)]


def _newest(proxy, count, outcome="completed"):
    found = httpx.get(f"{proxy}/api/v1/events", params={"limit": count}).json()["events"]
    return [event["id"] for event in found if event["outcome"] == outcome]


def _events(settings, ids):
    async def read():
        async with opened_events(settings) as store:
            return [await store.get(event_id) for event_id in sorted(ids)]

    return asyncio.run(read())


@dataclass
class Bench:
    """Replays events of the history; `policies` are those they were checked under."""

    documents: object
    replays: object
    policies: dict[str, Policy]

    @property
    def replayer(self):
        known = {(name, policy.version): policy for name, policy in self.policies.items()}
        return self.replays.replayer(KnownPolicies(known))

    def own(self, event):
        """Return the policy that an event was checked under."""
        return self.policies[event.policy]

    def policy(self, name="default", **changes):
        """Return a policy with other settings, under a version of its own."""
        return replace(self.policies[name], version="other", **changes)


@pytest.fixture(scope="session")
def bench(history):
    library = open_library(history.settings)
    versions, policies = open_policies(history.settings, library.database)
    found = {name: policies.find(name) for name in policies.names}
    events = SqlEventStore(library.database)
    with ThreadPoolExecutor(1) as threads:
        replays = open_replays(library, build_guardrail(library), events, versions, policies, threads)
        yield Bench(library, replays, found)
    asyncio.run(library.database.close())
