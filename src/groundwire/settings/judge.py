"""The settings of the second opinion."""

from __future__ import annotations

from pydantic import Field, JsonValue, SecretStr, field_validator, model_validator

from groundwire.settings.base import Frozen, Probability, Seconds

# What the request is about, which no parameter may change.
_FIXED = frozenset(("model", "messages", "response_format", "stream", "n"))


def _usual_parameters() -> dict[str, JsonValue]:
    return {"temperature": 0}


class JudgeSettings(Frozen):
    """A second opinion on the claims that the check leaves open; off by default."""

    enabled: bool = False
    """Whether a model is asked about open claims; takes `base_url` and `model`."""
    base_url: str | None = None
    """Base URL up to and including `/v1` of an OpenAI-compatible service with structured output."""
    api_key: SecretStr | None = None
    """Key for `base_url`."""
    model: str | None = None
    """Name of the model."""
    parameters: dict[str, JsonValue] = Field(default_factory=_usual_parameters)
    """Further fields of each request; `{}` for models that refuse a temperature."""
    min_support: Probability = 0.2
    """Claims with less support than this are settled: the model is not asked."""
    max_support: Probability = 0.8
    """Claims with more support than this are settled: the model is not asked."""
    timeout_s: Seconds = 1.5
    """Longest time that second opinions may add to a request, in seconds; never past the policy's `budget_ms`."""
    max_tokens: int = Field(default=4_000, ge=500)
    """Most tokens, prompts and replies together, that second opinions on one request's answers may cost."""
    max_tokens_per_hour: int = Field(default=400_000, ge=500)
    """Most tokens that all second opinions within an hour may cost."""

    @field_validator("parameters")
    @classmethod
    def _changes_nothing_fixed(cls, value: dict[str, JsonValue]) -> dict[str, JsonValue]:
        if fixed := sorted(_FIXED & value.keys()):
            raise ValueError(f"can't set {', '.join(fixed)}")
        return value

    @model_validator(mode="after")
    def _is_complete(self) -> JudgeSettings:
        if self.enabled and not (self.base_url and self.model):
            raise ValueError("an enabled judge needs `base_url` and `model`")
        if self.min_support > self.max_support:
            raise ValueError(f"`min_support` ({self.min_support:g}) is above `max_support` ({self.max_support:g})")
        return self
