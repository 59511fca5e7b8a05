"""Any service that speaks OpenAI's `/v1/chat/completions` with structured output."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout

from pydantic import BaseModel, ValidationError

from groundwire.protocols import Completion, Prompt
from groundwire.remote import RemoteService

# Requests at once; what finds no place in time counts as not answered.
_AT_ONCE = 16


class RemoteLanguageModel:
    """Asks over HTTP; safe to use from several threads.

    `parameters` are further fields of each request, such as `temperature`; `section` is the part of the settings that
    errors point to. Raises SettingsError when the address is no plain HTTP URL.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        api_key: str | None = None,
        parameters: Mapping[str, object] | None = None,
        *,
        section: str = "judge",
    ) -> None:
        self._service = RemoteService(base_url, "/chat/completions", model, api_key, section=section)
        self._model = model
        self._parameters = dict(parameters or {})
        self._threads = ThreadPoolExecutor(_AT_ONCE, section)

    @property
    def name(self) -> str:
        """Name of the model, as the service knows it."""
        return self._model

    def complete(self, prompt: Prompt, timeout_s: float) -> Completion:
        """Return what the model writes within `timeout_s`; raises CheckError when it can't or won't."""
        # In a thread of its own, because no timeout of the HTTP client covers looking up the host's name.
        answer = self._threads.submit(self._service.post, self._request(prompt), timeout_s)
        try:
            return self._parsed(answer.result(timeout_s))
        except FutureTimeout as error:
            answer.cancel()
            raise self._service.too_late(timeout_s) from error

    def close(self) -> None:
        """Close all connections."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._service.close()

    def _request(self, prompt: Prompt) -> dict[str, object]:
        messages = [
            {"role": "system", "content": prompt.instructions},
            {"role": "user", "content": prompt.material},
        ]
        schema = {"name": "reply", "strict": True, "schema": prompt.schema}
        return {
            "model": self._model,
            "messages": messages,
            "response_format": {"type": "json_schema", "json_schema": schema},
            "max_completion_tokens": prompt.max_tokens,
            **self._parameters,
        }

    def _parsed(self, body: bytes) -> Completion:
        try:
            reply = _Reply.model_validate_json(body)
        except ValidationError as error:
            raise self._service.error(f"sent no completion in OpenAI's shape ({len(body)} bytes)") from error
        message = reply.choices[0].message if reply.choices else _Message()
        if message.refusal:
            raise self._service.error("refused to answer")
        if not message.content:
            raise self._service.error("wrote nothing")
        usage = reply.usage or _Usage()
        return Completion(message.content, usage.prompt_tokens, usage.completion_tokens)


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message


class _Usage(BaseModel):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Reply(BaseModel):
    choices: list[_Choice]
    usage: _Usage | None = None
