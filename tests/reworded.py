"""A model that rewords claims when it is asked to, whichever endpoint it is asked at."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from fakes import Received, Scripted, completion, response, text_completion
from groundwire.policy.rewording import INSTRUCTIONS

PROMPT_TOKENS, COMPLETION_TOKENS = 100, 20
_CHOICES_USAGE = {"prompt_tokens": PROMPT_TOKENS, "completion_tokens": COMPLETION_TOKENS, "total_tokens": 120}
_OUTPUT_USAGE = {"input_tokens": PROMPT_TOKENS, "output_tokens": COMPLETION_TOKENS, "total_tokens": 120}
# What each endpoint sends for a text.
SENT: Mapping[str, Callable[[str], bytes]] = {
    "/v1/chat/completions": lambda text: completion(text, usage=_CHOICES_USAGE),
    "/v1/completions": lambda text: text_completion(text, usage=_CHOICES_USAGE),
    "/v1/responses": lambda text: response(text, usage=_OUTPUT_USAGE),
}


def material_of(request: Received) -> dict | None:
    """Return the claims that a request asks to reword, with what belongs to them; None for any other request."""
    body = request.json
    messages = body.get("messages") or [{"content": body.get("instructions")}, {"content": body.get("input")}]
    if messages[0]["content"] == INSTRUCTIONS:
        return json.loads(messages[1]["content"])
    prompt = body.get("prompt") or ""
    if prompt.startswith(INSTRUCTIONS):
        return json.loads(prompt.split("\n\nThe user message:\n")[1].split("\n\nThe reply:\n")[0])
    return None


def written(material: dict, words: Mapping[str, str | Sequence[str]]) -> str:
    """Return the reply: for each claim what `words` has for it, one after the other where it is asked again."""
    claims = []
    for entry in material["claims"]:
        said = words.get(entry["text"], "")
        said = [said] if isinstance(said, str) else said
        claims.append({"id": entry["id"], "text": said[min(len(entry.get("rejected", ())), len(said) - 1)]})
    return json.dumps({"claims": claims})


class Rewording:
    """Answers requests to reword and no others; `reply` goes out in place of its own, `asked` is what came."""

    def __init__(self, words: Mapping[str, str | Sequence[str]] | None = None, reply: Scripted | None = None) -> None:
        self.words = words or {}
        self.reply = reply
        self.asked: list[tuple[Received, dict]] = []

    def __call__(self, request: Received) -> Scripted | None:
        material = material_of(request)
        if material is None:
            return None
        self.asked.append((request, material))
        return self.reply or Scripted([SENT[request.path](written(material, self.words))])

    @property
    def claims(self) -> list[list[str]]:
        """The claims of each request."""
        return [[entry["text"] for entry in material["claims"]] for _, material in self.asked]
