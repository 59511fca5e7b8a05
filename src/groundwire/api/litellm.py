"""LiteLLM's generic guardrail call, so that a LiteLLM proxy can have its answers checked.

LiteLLM calls twice: with the request before the model is asked, and with the texts of the response afterwards. The
second call does not repeat the conversation, so that of the first one is remembered by LiteLLM's call id.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response, Security
from fastapi.security import APIKeyHeader
from pydantic import BaseModel, ConfigDict, JsonValue

from groundwire.api.check import Message, turns_of
from groundwire.api.replies import ERRORS, json_response
from groundwire.api.services import Services, ServicesOf
from groundwire.domain import Mode, Question, Skipped
from groundwire.errors import GuardUnavailable
from groundwire.keys.gate import Identity, identify
from groundwire.keys.roles import Permission
from groundwire.proxy.answering import CheckContext, CheckedAnswer
from groundwire.proxy.callers import KEY_HEADER
from groundwire.proxy.conversations import Key
from groundwire.proxy.grounding import Grounding, grounding_of
from groundwire.proxy.options import Options, read_options

ENDPOINT = "/beta/litellm_basic_guardrail_api"
_CALL_ID = "litellm_call_id"
router = APIRouter(tags=["compatibility"], responses=ERRORS)


class GuardrailAction(StrEnum):
    """What LiteLLM is to do."""

    NONE = "NONE"
    INTERVENED = "GUARDRAIL_INTERVENED"
    BLOCKED = "BLOCKED"


class GuardrailRequest(BaseModel):
    """What LiteLLM sends; fields that the check has no use for are passed over."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    input_type: Literal["request", "response"]
    texts: list[str] | None = None
    """The texts of the messages, or of the response's choices."""
    structured_messages: list[Message] | None = None
    """The conversation; only with `request`."""
    images: list[JsonValue] | None = None
    tool_calls: list[JsonValue] | None = None
    model: str | None = None
    litellm_call_id: str | None = None
    additional_provider_specific_params: dict[str, JsonValue] | None = None
    """Our own options, as in the `grounding` object of a request: policy, collections, documents, metadata, mode."""

    def unchecked(self) -> list[Skipped]:
        """Return what came with the texts and is not checked."""
        parts = {"images": self.images, "tool calls": self.tool_calls}
        return [Skipped(what, "not checked in this call") for what, part in parts.items() if part]


class GuardrailReply(BaseModel):
    """What LiteLLM reads, and `grounding` beside it: one object a text."""

    action: GuardrailAction
    texts: list[str] | None = None
    blocked_reason: str | None = None
    grounding: list[Grounding] = []


_KEY = APIKeyHeader(name="x-api-key", auto_error=False, description="A Groundwire key, as LiteLLM sends it.")


async def _identity(request: Request, services: ServicesOf, key: Annotated[str | None, Security(_KEY)]) -> Identity:
    headers = {KEY_HEADER: key or "", **request.headers}
    return await identify(services.keys, headers, Permission.CHECK)


Caller = Annotated[Identity, Depends(_identity)]


@router.post(ENDPOINT, response_model=GuardrailReply)
async def guard(services: ServicesOf, caller: Caller, body: GuardrailRequest) -> Response:
    """Check the texts of a response claim by claim and store their events; a request's conversation is remembered."""
    key = (caller.key_id, body.litellm_call_id or "")
    if body.input_type == "request":
        if body.litellm_call_id:
            services.conversations.remember(key, turns_of(body.structured_messages or []))
        return json_response({"action": GuardrailAction.NONE.value})
    context = _context(services, caller, body, key)
    if context.mode is Mode.OFF:
        return json_response({"action": GuardrailAction.NONE.value})
    return json_response(_reply(await _checked(services, context, body)))


def _context(services: Services, caller: Identity, body: GuardrailRequest, key: Key) -> CheckContext:
    options = _options(caller, body)
    policy = services.policies.find(options.policy)
    call = {_CALL_ID: body.litellm_call_id[:512]} if body.litellm_call_id else {}
    return CheckContext(
        policy=policy,
        mode=options.mode or policy.mode,
        question=Question(services.conversations.recall(key), options.source_documents()),
        endpoint=ENDPOINT,
        collections=services.answers.collections_of(policy, options.collections),
        model=body.model or "",
        upstream="litellm",
        metadata={**call, **options.metadata},
        key_id=caller.key_id,
        is_structured=bool(body.texts) and all(map(_is_structured, body.texts or [])),
    )


def _options(caller: Identity, body: GuardrailRequest) -> Options:
    may_set_mode = caller.role.may(Permission.ADMINISTER)
    return read_options(body.additional_provider_specific_params, {}, may_set_mode=may_set_mode)


async def _checked(services: Services, context: CheckContext, body: GuardrailRequest) -> list[CheckedAnswer]:
    """Check each text; what is no text is named with the first."""
    checks = services.answers.open(context)
    texts = body.texts or [""]
    skipped = [body.unchecked(), *([] for _ in texts[1:])]
    answers = [await checks.check(text, place, skipped[place]) for place, text in enumerate(texts)]
    return await checks.record(answers)


def _reply(answers: Sequence[CheckedAnswer]) -> dict[str, object]:
    if any(answer.is_outage for answer in answers):
        raise GuardUnavailable("The check is down, and the policy lets no unchecked answer pass.")
    grounding = {"grounding": [grounding_of(answer).to_wire() for answer in answers]}
    if blocked := next((answer for answer in answers if answer.is_blocked), None):
        reason = blocked.context.policy.blocked_message
        return {"action": GuardrailAction.BLOCKED.value, "blocked_reason": reason, **grounding}
    if any(answer.is_changed for answer in answers):
        texts = [answer.delivered for answer in answers]
        return {"action": GuardrailAction.INTERVENED.value, "texts": texts, **grounding}
    return {"action": GuardrailAction.NONE.value, **grounding}


def _is_structured(text: str) -> bool:
    """LiteLLM does not tell whether JSON was asked for, so the text itself has to."""
    if not text.lstrip().startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
