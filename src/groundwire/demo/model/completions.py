"""`/v1/completions` of the demonstration model."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from groundwire.demo.model.choices import ChoiceShape, ChoicesReply, ChoicesRequest, usage_of
from groundwire.demo.model.texts import answered, count_tokens
from groundwire.policy.rewording import INSTRUCTIONS

_SHAPE = ChoiceShape(
    prefix="cmpl",
    whole_object="text_completion",
    piece_object="text_completion",
    whole=lambda text: {"text": text},
    piece=lambda text: {"text": text},
    opening=(),
    closing={"text": ""},
)


class CompletionRequest(ChoicesRequest):
    """A request to continue a prompt, or several; the model reads texts and no tokens."""

    prompt: str | Annotated[list[str | int | list[int]], Field(min_length=1)]
    echo: bool = False

    @property
    def prompts(self) -> list[str]:
        """Each prompt, an empty text for one of tokens."""
        if isinstance(self.prompt, str):
            return [self.prompt]
        if all(isinstance(token, int) for token in self.prompt):
            return [""]
        return [one if isinstance(one, str) else "" for one in self.prompt]


def completion_reply(request: CompletionRequest) -> ChoicesReply:
    """Return the model's answer to each prompt, `n` times, after the prompt where it is to be repeated."""
    each = [(prompt, _continued(prompt)) for prompt in request.prompts for _ in range(request.n)]
    usage = usage_of(count_tokens(*request.prompts), [answer for _, answer in each])
    texts = [prompt + answer if request.echo else answer for prompt, answer in each]
    return ChoicesReply(request, _SHAPE, texts, usage)


def _continued(prompt: str) -> str:
    """A prompt has no roles: where it is the proxy that asks, the claims are the JSON after its instructions."""
    if not prompt.startswith(INSTRUCTIONS):
        return answered("", prompt)
    material = prompt[prompt.find("{", len(INSTRUCTIONS)) : prompt.rfind("}") + 1]
    return answered(INSTRUCTIONS, material)
