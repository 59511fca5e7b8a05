"""`/v1/chat/completions` of the demonstration model."""

from __future__ import annotations

from pydantic import BaseModel, Field

from groundwire.demo.model.choices import ChoiceShape, ChoicesReply, ChoicesRequest, usage_of
from groundwire.demo.model.texts import Content, answered, count_tokens, text_of

_SHAPE = ChoiceShape(
    prefix="chatcmpl",
    whole_object="chat.completion",
    piece_object="chat.completion.chunk",
    whole=lambda text: {"message": {"role": "assistant", "content": text, "refusal": None}},
    piece=lambda text: {"delta": {"content": text}},
    opening=({"delta": {"role": "assistant", "content": ""}},),
    closing={"delta": {}},
)


class Message(BaseModel):
    """One message; its other fields are passed over."""

    role: str
    content: Content = None

    @property
    def text(self) -> str:
        """Its text, from whichever form it came in."""
        return text_of(self.content)


class ChatRequest(ChoicesRequest):
    """A request for a chat completion."""

    messages: list[Message] = Field(min_length=1)

    @property
    def question(self) -> str:
        """The last thing the user said."""
        return next((message.text for message in reversed(self.messages) if message.role == "user"), "")


def chat_reply(request: ChatRequest) -> ChoicesReply:
    """Return the model's answer to the last thing the user said, `n` times."""
    texts = [answered(request.messages[0].text, request.question)] * request.n
    asked = count_tokens(*(message.text for message in request.messages))
    return ChoicesReply(request, _SHAPE, texts, usage_of(asked, texts))
