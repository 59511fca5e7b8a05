"""`/v1/completions`: a prompt, or several, each continued by plain text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from groundwire.domain import Skipped, Turn
from groundwire.errors import BadRequest
from groundwire.proxy.endpoints.choiceframes import ChoiceFrames
from groundwire.proxy.endpoints.completion import Completion
from groundwire.proxy.endpoints.shapes import PLAIN
from groundwire.proxy.held import Opener
from groundwire.proxy.jsontext import JsonObject
from groundwire.proxy.wire import AnswerRequest, count, flag, is_structured, parse_request, schema_of, wants_usage

_TOKENS = Skipped("prompt", "tokens are no text, so the answer was read without them")
_SEVERAL = Skipped("prompt", "there are several, so each answer was read without its own")
_CHARS_PER_TOKEN = 3
_SPARE_TOKENS = 100


class Completions:
    """Choices with a text; see `Endpoint`."""

    path = "/v1/completions"

    def request(self, body: bytes) -> AnswerRequest:
        """Read a request; raises BadRequest."""
        return parse_completion_request(body)

    def asking(self, instructions: str, material: str) -> JsonObject:
        """Return what a request of our own says besides the model.

        What is due is shorter than the material, and without a limit most servers stop after a few words.
        """
        prompt = f"{instructions}\n\nThe user message:\n{material}\n\nThe reply:\n"
        return {"prompt": prompt, "max_tokens": _SPARE_TOKENS + len(material) // _CHARS_PER_TOKEN, "temperature": 0}

    def reply(self, body: bytes, upstream: str, request: AnswerRequest) -> Completion:
        """Read a whole reply; raises UpstreamError."""
        return Completion(body, upstream, PLAIN, request.echo_of)

    def frames(self, upstream: str, request: AnswerRequest, opener: Opener) -> ChoiceFrames:
        """Return what reads and writes a stream."""
        return ChoiceFrames(upstream, opener, PLAIN, request.echo_of)


def parse_completion_request(body: bytes) -> AnswerRequest:
    """Read a request for plain completions; the prompt is what the user said. Raises BadRequest."""
    request, values = parse_request(body)
    prompts, each = _prompts(values), count(values, "n")
    is_one_text = len(prompts) == 1 and bool(prompts[0])
    return replace(
        request,
        turns=(Turn("user", prompts[0]),) if is_one_text else (),
        choices=each * len(prompts),
        wants_usage=wants_usage(values),
        is_structured=is_structured(wanted := values.get("response_format")),
        schema=schema_of(wanted),
        # Choices come prompt by prompt, `n` for each.
        echoes=tuple(prompt for prompt in prompts for _ in range(each)) if flag(values, "echo") else (),
        skipped=_unread(prompts, is_tokens=isinstance(values.get("prompt"), list)),
    )


def _prompts(values: JsonObject) -> list[str]:
    """Return the prompts, an empty text for one of tokens."""
    prompt = values.get("prompt")
    if prompt is None or isinstance(prompt, str):
        return [prompt or ""]
    if not isinstance(prompt, list) or not prompt:
        raise BadRequest(f"`prompt` must be a text or a list, not {prompt!r:.200}.", param="prompt")
    if all(isinstance(token, int) for token in prompt):
        return [""]
    return [one if isinstance(one, str) else "" for one in prompt]


def _unread(prompts: Sequence[str], *, is_tokens: bool) -> tuple[Skipped, ...]:
    if len(prompts) > 1:
        return (_SEVERAL,)
    return (_TOKENS,) if is_tokens and not prompts[0] else ()
