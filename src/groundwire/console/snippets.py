"""Programs that call a model through this server, ready to be copied."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

QUESTION = "How long can I return an order?"
KEY_PLACE = "gw_app_…"


@dataclass(frozen=True, slots=True)
class Connection:
    """How an app connects: `base_url` ends in `/v1`; with `needs_key` it has to send a Groundwire key."""

    base_url: str
    model: str
    policy: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    needs_key: bool = False

    @property
    def headers(self) -> dict[str, str]:
        """The headers that go with every request."""
        key = {"x-grounding-key": KEY_PLACE} if self.needs_key else {}
        return key | ({"x-grounding-policy": self.policy} if self.policy else {})

    @property
    def grounding(self) -> dict[str, object]:
        """The object `grounding` of a request's body; empty where there is nothing to say."""
        return {"metadata": dict(self.metadata)} if self.metadata else {}


def python(connection: Connection) -> str:
    """Return a program for the OpenAI SDK for Python."""
    headers = f", default_headers={_text(connection.headers)}" if connection.headers else ""
    extra = f"    extra_body={_text({'grounding': connection.grounding})},\n" if connection.grounding else ""
    return f"""from openai import OpenAI

client = OpenAI(base_url={_text(connection.base_url)}{headers})
reply = client.chat.completions.create(
    model={_text(connection.model)},
    messages=[{{"role": "user", "content": {_text(QUESTION)}}}],
{extra})
print(reply.choices[0].message.content)  # what may be shown
print(reply.grounding["action"])  # allow, flag, rewrite or block
"""


def node(connection: Connection) -> str:
    """Return a program for the OpenAI SDK for Node."""
    headers = f", defaultHeaders: {_text(connection.headers)}" if connection.headers else ""
    extra = f"  grounding: {_text(connection.grounding)},\n" if connection.grounding else ""
    return f"""import OpenAI from "openai";

const client = new OpenAI({{ baseURL: {_text(connection.base_url)}{headers} }});
const reply = await client.chat.completions.create({{
  model: {_text(connection.model)},
  messages: [{{ role: "user", content: {_text(QUESTION)} }}],
{extra}}});
console.log(reply.choices[0].message.content, reply.grounding.action);
"""


def langchain(connection: Connection) -> str:
    """Return a program for LangChain."""
    headers = f"    default_headers={_text(connection.headers)},\n" if connection.headers else ""
    extra = f"    extra_body={_text({'grounding': connection.grounding})},\n" if connection.grounding else ""
    return f"""from langchain_openai import ChatOpenAI

model = ChatOpenAI(
    model={_text(connection.model)},
    base_url={_text(connection.base_url)},
{headers}{extra})
print(model.invoke({_text(QUESTION)}).content)
"""


def curl(connection: Connection) -> str:
    """Return a command for a shell."""
    body: dict[str, object] = {"model": connection.model, "messages": [{"role": "user", "content": QUESTION}]}
    if connection.grounding:
        body["grounding"] = connection.grounding
    headers = ["content-type: application/json", *(f"{name}: {value}" for name, value in connection.headers.items())]
    lines = [
        f"curl {shlex.quote(connection.base_url + '/chat/completions')}",
        '-H "authorization: Bearer $OPENAI_API_KEY"',
        *(f"-H {shlex.quote(header)}" for header in headers),
        f"-d {shlex.quote(_text(body))}",
    ]
    return " \\\n  ".join(lines)


SNIPPETS: Mapping[str, tuple[str, Callable[[Connection], str]]] = {
    "python": ("Python", python),
    "node": ("Node", node),
    "curl": ("curl", curl),
    "langchain": ("LangChain", langchain),
}


def _text(value: object) -> str:
    """A literal of JSON is one of Python and of JavaScript too, as long as it holds texts alone."""
    return json.dumps(value, ensure_ascii=False).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
