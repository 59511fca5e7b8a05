"""What all endpoints of the demonstration model share: reading texts, answering them, counting and cutting answers."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict

from groundwire.demo.answers import answer_to, reworded
from groundwire.policy.rewording import INSTRUCTIONS

Content = str | list[dict[str, object]] | None


class ModelRequest(BaseModel):
    """What every request says; fields that the model has no use for are passed over."""

    model_config = ConfigDict(extra="ignore")

    model: str
    stream: bool = False


def text_of(content: Content) -> str:
    """Return the text of a content, from whichever form it came in."""
    if isinstance(content, list):
        return " ".join(str(part.get("text", "")) for part in content)
    return content or ""


def answered(instructions: str, question: str) -> str:
    """Return what the model says; where it is the proxy that asks, the question holds claims to reword."""
    return (reworded if instructions == INSTRUCTIONS else answer_to)(question)


def count_tokens(*texts: str) -> int:
    """Tokens are counted in words, which is near enough for a demonstration."""
    return sum(len(text.split()) for text in texts)


def pieces(text: str) -> list[str]:
    """Return the words with the white space before them; together they are the text."""
    return re.findall(r"\s*\S+|\s+$", text)
