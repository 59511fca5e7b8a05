"""Checks an answer that is handed over: the same function as the proxy's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from groundwire.api.authentication import requires
from groundwire.api.replies import ERRORS, PREFIX, json_response
from groundwire.api.services import Services, ServicesOf
from groundwire.domain import Action, Label, Mode, Question, Turn
from groundwire.errors import BadRequest, GuardUnavailable
from groundwire.keys.gate import Identity
from groundwire.keys.roles import Permission
from groundwire.proxy.answering import CheckContext, CheckedAnswer
from groundwire.proxy.grounding import Grounding, grounding_of
from groundwire.proxy.options import MAX_DOCUMENTS, MAX_METADATA, MetadataText, Options, RequestDocument
from groundwire.proxy.wire import text_parts

ENDPOINT = f"{PREFIX}/check"
router = APIRouter(prefix=PREFIX, tags=["check"], responses=ERRORS)
Caller = Annotated[Identity, Depends(requires(Permission.CHECK))]


class Message(BaseModel):
    """A message of the conversation, as OpenAI's chat API has it; other fields are passed over."""

    role: str
    content: str | list[dict[str, object]] | None = None


class CheckRequest(BaseModel):
    """The answer, what it answers, and what it is checked against."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    answer: str
    question: str | None = None
    """What the user asked."""
    messages: list[Message] | None = None
    """The conversation up to the answer, in place of `question`."""
    documents: tuple[RequestDocument, ...] = Field(default=(), max_length=MAX_DOCUMENTS)
    """Documents to check against, beside the knowledge base."""
    collections: tuple[str, ...] = ()
    policy: str = "default"
    metadata: dict[str, MetadataText] = Field(default_factory=dict, max_length=MAX_METADATA)

    def turns(self) -> tuple[Turn, ...]:
        """Return the conversation; raises BadRequest when it was given twice."""
        if self.question is not None and self.messages is not None:
            raise BadRequest("Send either `question` or `messages`, not both.", param="question")
        if self.question is not None:
            return (Turn("user", self.question),)
        return turns_of(self.messages or ())


def turns_of(messages: Sequence[Message]) -> tuple[Turn, ...]:
    """Return the conversation that messages hold, without those that have no text."""
    texts = [(message.role, "\n".join(text_parts(message.content))) for message in messages]
    return tuple(Turn(role, text) for role, text in texts if text)


class CheckReply(BaseModel):
    """What was found, what follows, and the text that would be delivered."""

    grounding: Grounding
    action: Action
    label: Label
    text: str


@router.post("/check", response_model=CheckReply)
async def check(services: ServicesOf, caller: Caller, request: CheckRequest) -> Response:
    """Check an answer claim by claim and store the event."""
    checked = await services.answers.check(request.answer, _context(services, caller, request))
    if checked.is_outage:
        raise GuardUnavailable("The check is down, and the policy lets no unchecked answer pass.")
    return json_response(reply_to(checked))


def _context(services: Services, caller: Identity, request: CheckRequest) -> CheckContext:
    policy = services.policies.find(request.policy)
    documents = Options(documents=request.documents).source_documents()
    return CheckContext(
        policy=policy,
        # Who asks for a check gets one; where the policy is off, it changes nothing all the same.
        mode=Mode.SHADOW if policy.mode is Mode.OFF else policy.mode,
        question=Question(request.turns(), documents),
        endpoint=ENDPOINT,
        collections=services.answers.collections_of(policy, request.collections),
        metadata=request.metadata,
        key_id=caller.key_id,
    )


def reply_to(checked: CheckedAnswer) -> dict[str, object]:
    """Return the reply as plain values for JSON; see CheckReply."""
    return {
        "grounding": grounding_of(checked).to_wire(),
        "action": checked.action.value,
        "label": checked.report.label.value,
        "text": checked.delivered,
    }
