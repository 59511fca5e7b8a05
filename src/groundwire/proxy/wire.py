"""A request as the client sent it: read for what concerns us, its bytes kept for the upstream."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from groundwire.domain import Skipped, Turn
from groundwire.errors import BadRequest
from groundwire.policy.tools import ToolRules
from groundwire.proxy import jsontext
from groundwire.proxy.checks.schemas import tool_schemas
from groundwire.proxy.jsontext import JsonObject, is_object
from groundwire.proxy.options import KEY

_NO_TEXT = "it is no text, so the answer was read without it"
_STRUCTURED = ("json_object", "json_schema")


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """What a request for answers says; `body` is what goes to the upstream.

    `choices` is how many texts are due, `echoes` the prompts that they may begin by repeating (one a text), and
    `skipped` names what of the conversation the check can't see. `follows` is the id of the reply that the conversation
    goes on from, empty where the turns are all of it. `tools` are the JSON schemas of the parameters of the tools on
    offer, and `rules` those of the policy for their calls.
    """

    body: bytes
    model: str
    is_stream: bool
    turns: tuple[Turn, ...]
    choices: int = 1
    wants_usage: bool = False
    is_structured: bool = False
    schema: JsonObject | None = None
    grounding: object = None
    echoes: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    follows: str = ""
    tools: Mapping[str, JsonObject] = field(default_factory=dict)
    rules: ToolRules = field(default_factory=ToolRules)

    def echo_of(self, index: int) -> str:
        """Return the prompt that the text with this number may begin by repeating; empty where it does not."""
        return self.echoes[index] if 0 <= index < len(self.echoes) else ""


def parse_request(body: bytes) -> tuple[AnswerRequest, JsonObject]:
    """Return what all requests have in common, and the values; no turns are read.

    Our `grounding` key is cut out of the body and no other byte is touched. Raises BadRequest, which names the
    parameter that is wrong.
    """
    values = parse_object(body)
    grounding = values.get(KEY)
    if KEY in values:
        text = body.decode(json.detect_encoding(body), "surrogatepass")
        body = jsontext.without(text, KEY).encode("utf-8", "surrogatepass")
    request = AnswerRequest(body, _model(values), flag(values, "stream"), (), grounding=grounding)
    return replace(request, tools=tool_schemas(values)), values


def parse_chat_request(body: bytes) -> AnswerRequest:
    """Read a request for a chat completion; raises BadRequest."""
    request, values = parse_request(body)
    messages = _messages(values)
    return replace(
        request,
        turns=turns_of(messages),
        skipped=unread(content for _, content in messages),
        choices=count(values, "n"),
        wants_usage=wants_usage(values),
        is_structured=is_structured(wanted := values.get("response_format")),
        schema=schema_of(wanted),
    )


def parse_object(body: bytes) -> JsonObject:
    """Return the JSON object that a request body holds; raises BadRequest."""
    try:
        values: object = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"The request body is not valid JSON: {error}.") from error
    if not is_object(values):
        raise BadRequest(f"The request body must be a JSON object, not {type(values).__name__}.")
    return values


def text_parts(content: object) -> list[str]:
    """Return the texts of a message's content, which is a text or a list of parts; other parts are passed over."""
    if isinstance(content, str):
        return [content]
    parts = content if isinstance(content, list) else []
    texts = (part.get("text") for part in parts if is_object(part))
    return [text for text in texts if isinstance(text, str)]


def turns_of(messages: Iterable[tuple[str, object]]) -> tuple[Turn, ...]:
    """Return the turns of messages with text, each given as its role and its content."""
    read = ((role, "\n".join(text_parts(content))) for role, content in messages)
    return tuple(Turn(role, text) for role, text in read if text)


def unread(contents: Iterable[object]) -> tuple[Skipped, ...]:
    """Return the coverage entries of what is no text in the contents of a conversation's messages."""
    lists = (content for content in contents if isinstance(content, list))
    parts = (part for content in lists for part in content if is_object(part) and not part.get("refusal"))
    kinds = dict.fromkeys(f"{part.get('type')!r:.100}" for part in parts if not isinstance(part.get("text"), str))
    return tuple(Skipped(f"request content of type {kind}", _NO_TEXT) for kind in kinds)


def is_content(content: object) -> bool:
    """Whether a message's content has a shape whose text can be read: nothing, a text, or a list of parts."""
    return content is None or isinstance(content, str) or (isinstance(content, list) and all(map(is_object, content)))


def flag(values: JsonObject, name: str) -> bool:
    """Return a parameter that is true or false; raises BadRequest."""
    value = values.get(name)
    if value is not None and not isinstance(value, bool):
        raise BadRequest(f"`{name}` must be true or false, not {value!r:.200}.", param=name)
    return bool(value)


def count(values: JsonObject, name: str) -> int:
    """Return a parameter that is a whole number, 1 where it is not there; raises BadRequest."""
    value = values.get(name)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise BadRequest(f"`{name}` must be a whole number, not {value!r:.200}.", param=name)
    return value or 1


def wants_usage(values: JsonObject) -> bool:
    """Whether the client asked for the token counts of its stream."""
    options = values.get("stream_options")
    return is_object(options) and options.get("include_usage") is True


def is_structured(wanted: object) -> bool:
    """Whether the format that a client wants is JSON."""
    return is_object(wanted) and wanted.get("type") in _STRUCTURED


def schema_of(wanted: object) -> JsonObject | None:
    """Return the JSON schema of a format: `json_schema.schema` in chat, `schema` in responses."""
    if not is_object(wanted):
        return None
    holder = wanted.get("json_schema", wanted)
    schema = holder.get("schema") if is_object(holder) else None
    return schema if is_object(schema) else None


def _model(values: JsonObject) -> str:
    model = values.get("model", "")
    if not isinstance(model, str):
        raise BadRequest(f"`model` must be a text, not {model!r:.200}.", param="model")
    return model


def _messages(values: JsonObject) -> list[tuple[str, object]]:
    """Return the role and the content of each message; raises BadRequest."""
    found = []
    messages = values.get("messages")
    if not isinstance(messages, list):
        raise BadRequest(f"`messages` must be a list, not {messages!r:.200}.", param="messages")
    for place, message in enumerate(messages):
        if not is_object(message):
            raise BadRequest(f"A message must be an object, not {message!r:.200}.", param=f"messages.{place}")
        role = message.get("role")
        if not isinstance(role, str):
            raise BadRequest(f"`role` must be a text, not {role!r:.200}.", param=f"messages.{place}.role")
        found.append((role, message.get("content")))
    return found
