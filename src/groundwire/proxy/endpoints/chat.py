"""`/v1/chat/completions`: how its wire looks."""

from __future__ import annotations

from groundwire.proxy.endpoints.choiceframes import ChoiceFrames
from groundwire.proxy.endpoints.completion import Completion
from groundwire.proxy.held import Opener
from groundwire.proxy.jsontext import JsonObject
from groundwire.proxy.wire import AnswerRequest, parse_chat_request


class ChatCompletions:
    """Choices with a message; see `Endpoint`."""

    path = "/v1/chat/completions"

    def request(self, body: bytes) -> AnswerRequest:
        """Read a request; raises BadRequest."""
        return parse_chat_request(body)

    def asking(self, instructions: str, material: str) -> JsonObject:
        """Return what a request of our own says besides the model."""
        messages = [{"role": "system", "content": instructions}, {"role": "user", "content": material}]
        return {"messages": messages}

    def reply(self, body: bytes, upstream: str, _request: AnswerRequest) -> Completion:
        """Read a whole reply; raises UpstreamError."""
        return Completion(body, upstream)

    def frames(self, upstream: str, request: AnswerRequest, opener: Opener) -> ChoiceFrames:
        """Return what reads and writes a stream."""
        return ChoiceFrames(upstream, opener, rules=request.rules)
