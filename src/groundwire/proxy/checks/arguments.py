"""The arguments of a tool call: which of them are claims, and where in the JSON text each value is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from groundwire.claims.checkable import why_not_a_claim
from groundwire.claims.segments import Segment
from groundwire.documents.sentences import sentence_spans
from groundwire.domain import Claim, Question, Skipped, ToolCall
from groundwire.policy.tools import ToolRule
from groundwire.proxy import jsontext
from groundwire.proxy.checks.schemas import is_listed
from groundwire.proxy.checks.stringvalues import string_value
from groundwire.proxy.jsontext import Path
from groundwire.verification.arguments import Argument

# A value to look up, a piece of a longer text with its claim, or what is not checked.
Statement = Argument | Segment | Skipped

# A string that has more words, or is a sentence, is read like an answer; others are looked up as they are.
_MOST_WORDS, _FEWEST_WORDS_OF_A_SENTENCE = 12, 4
_MOST_CHARS = 500
LISTED = "not checked, because the tool lists its values"
_NUMBER = re.compile(r"-?\d")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|\d+")


@dataclass(frozen=True, slots=True)
class CallReader:
    """Reads the calls of one tool; `schema` is the JSON schema of its parameters, None where none was given."""

    rule: ToolRule
    schema: Mapping[str, object] | None
    question: Question

    def read(self, call: ToolCall) -> Iterator[Statement]:
        """Yield what the arguments state, in order; arguments that are left empty state nothing.

        Raises ValueError or RecursionError where they are no valid JSON.
        """
        text = call.arguments
        if not text.strip():
            return
        json.loads(text)
        for path, start, end in jsontext.leaves(text):
            yield from self._value(call, path, start, end)

    def _value(self, call: ToolCall, path: Path, start: int, end: int) -> Iterator[Statement]:
        literal, target = call.arguments[start:end], target_of(call.target, path)
        if literal == "null":
            return
        if not self.rule.covers(path):
            yield Skipped(target, "not among the arguments that the policy names")
        elif is_listed(self.schema, path, json.loads(literal)):
            yield Skipped(target, LISTED)
        elif literal.startswith('"'):
            yield from self._text(call, path, start, end)
        elif _NUMBER.match(literal):
            yield argument(call, path, literal, start, end)
        else:
            yield Skipped(target, "a truth value is not checked")

    def _text(self, call: ToolCall, path: Path, start: int, end: int) -> Iterator[Statement]:
        target, text = target_of(call.target, path), str(json.loads(call.arguments[start:end]))
        if _is_prose(text):
            found = string_value(call.arguments, name_of(path), start, end, self.question)
            for segment in found.segments:
                yield replace(segment, claim=replace(segment.claim, target=target) if segment.claim else None)
            yield from (replace(entry, what=f"{target}: {entry.what}") for entry in found.skipped)
        elif len(text) > _MOST_CHARS:
            yield Skipped(target, f"longer than {_MOST_CHARS} characters and no text")
        elif not _says_nothing(text):
            yield argument(call, path, text, start + 1, end - 1)


def argument(call: ToolCall, path: Path, value: str, start: int, end: int) -> Argument:
    """Return a value with its claim, a sentence that says which argument of which tool it is."""
    name = name_of(path)
    text = f"The {_words(name)} of {_words(call.name)} is {value}"
    return Argument(Claim(text, start, end, target=target_of(call.target, path)), name, value)


def target_of(call: str, path: Path) -> str:
    """Return the name of an argument on the wire: that of the call's arguments, and the path in them."""
    return call + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)


def name_of(path: Path) -> str:
    """Return the key that is nearest to a value."""
    return next((step for step in reversed(path) if isinstance(step, str)), "value")


def _words(name: str) -> str:
    """ "order_id", "orderId" and "order-id" are all order id."""
    return " ".join(word.lower() for word in _WORD.findall(name)) or name


def _is_prose(text: str) -> bool:
    words = len(text.split())
    is_sentence = words >= _FEWEST_WORDS_OF_A_SENTENCE and text.rstrip().endswith((".", "!", "?"))
    return words > _MOST_WORDS or is_sentence or "\n" in text.strip() or len(sentence_spans(text)) > 1


def _says_nothing(text: str) -> bool:
    """Whether a short text is a greeting, a question or no words at all; a single word is a value."""
    why = why_not_a_claim(text, may_be_label=False)
    return why == "no words" or (bool(why) and len(text.split()) > 1)
