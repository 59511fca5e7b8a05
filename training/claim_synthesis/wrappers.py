"""Frames that an assistant puts around a claim; they say nothing about whether it holds."""

from __future__ import annotations

import random
import re

from claim_synthesis.wording import Vocabulary, without_stop

_OPENINGS = (
    "According to our policy, ", "According to the documentation, ", "Yes, ", "Sure: ", "Please note that ",
    "Just so you know, ", "In short, ", "As far as I can see, ", "Good news: ", "Here's how it works: ",
    "To answer your question: ", "Keep in mind that ", "As a general rule, ", "Based on our terms, ", "Happy to help! ",
    "Note that ", "The short answer: ", "For your situation: ", "Also, ", "Bear in mind that ", "That said, ",
    "From what our guidelines say, ", "Thanks for asking! ", "In that case, ",
)  # fmt: skip
_NEGATIVE = ("No, ", "Unfortunately, ", "I'm afraid ", "Sorry, but ", "Unfortunately, ")
_WHOLE = frozenset({"Happy to help! ", "Thanks for asking! "})
_CLOSINGS = (
    " Just so you know.",
    ", as stated in our terms.",
    ", according to our documents.",
    ", as our policy says.",
)
_DENIES = re.compile(r"\b(?:not|no|never|cannot|none|nobody)\b|n't\b", re.IGNORECASE)
_INSTRUCTS = re.compile(r"(?:Please|Make sure|[A-Z][a-z]+ (?:the|your|it|a|an|us)\b)")
_OPENED = re.compile(r"(?:If|When|In|On|For|At|With|Yes|No|Please|According|However|Also)\b")


def wrapped(text: str, rng: random.Random, vocabulary: Vocabulary) -> str:
    """Return the claim with an opening or a closing phrase."""
    if re.search(r" – |: |^\W*\d", text):
        return text
    if rng.random() < 0.15 and text.endswith(".") and not re.search(r"[!?;:]", text):
        return without_stop(text) + rng.choice(_CLOSINGS[1:])
    if _DENIES.search(text) and rng.random() < 0.5:
        return rng.choice(_NEGATIVE) + vocabulary.lowered(text)
    opening = rng.choice(_OPENINGS)
    if _INSTRUCTS.match(text) and (opening.endswith("that ") or "rule" in opening):
        return text
    if _OPENED.match(text) and opening in {
        "In that case, ",
        "That said, ",
        "Also, ",
        "In short, ",
        "As a general rule, ",
    }:
        opening = "Sure: "
    return opening + (text if opening in _WHOLE else vocabulary.lowered(text))
