"""One training pair: evidence and claim as the verifier reads them, the label, and which words are wrong."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from groundwire.documents.blocks import plain
from groundwire.domain import Claim, Hit, Question
from groundwire.values import find_values
from groundwire.verification.binding import rarity
from groundwire.verification.premise import claim_text, evidence_text, telling
from groundwire.verification.selection import MAX_WORDS, Selector, wanted
from groundwire.verification.units import Reading, read_hits

SUPPORTED, CONTRADICTED, UNSUPPORTED = 0, 1, 2
# Known not to be supported, without a word on whether the evidence says otherwise or says nothing.
NOT_SUPPORTED = -1
LABELS = {
    "supported": SUPPORTED,
    "entailment": SUPPORTED,
    "contradicted": CONTRADICTED,
    "contradiction": CONTRADICTED,
    "refuted": CONTRADICTED,
    "unsupported": UNSUPPORTED,
    "neutral": UNSUPPORTED,
    "nei": UNSUPPORTED,
    "not_entailment": NOT_SUPPORTED,
}
_WORD = re.compile(r"\w+(?:[.,'’]\w+)*|[$€£%]")


@dataclass(frozen=True)
class Pair:
    """`spans` are character ranges of `claim` that the evidence does not carry; None where they are not known."""

    evidence: str
    claim: str
    label: int
    source: str
    group: str = ""
    kind: str = ""
    spans: tuple[tuple[int, int], ...] | None = None


def read_pair(
    claim: Claim, hits: Sequence[Hit], question: Question, selector: Selector, budgets: Sequence[int] = (MAX_WORDS,)
) -> tuple[str, ...]:
    """Return the claim text and, for each budget of words, the evidence text, as the verifier would read them."""
    readings = telling(read_hits(hits), question)
    users = [turn.content for turn in question.turns if turn.role == "user"]
    asked = "\n".join((*users[-1:], claim.context))
    text = claim_text(claim, question)
    want = wanted(text, claim.text, asked, find_values(claim.text), rarity(readings))
    places = selector.choose(readings, want, max_words=max(budgets))
    return (text, *(evidence_text([readings[one] for one in within(readings, places, words)]) for words in budgets))


def within(readings: Sequence[Reading], places: Sequence[int], words: int) -> list[int]:
    """Return the first of the chosen places that fit into so many words, one at least."""
    spent, kept = 0, []
    for place in places:
        spent += len(readings[place].rendered.split())
        if kept and spent > words:
            break
        kept.append(place)
    return kept


def shifted(spans: Sequence[tuple[int, int]], claim: str, text: str) -> tuple[tuple[int, int], ...]:
    """Move spans of the bare claim to the claim as read, whose last part it is."""
    offset = len(claim) - len(text)
    return tuple((start + offset, end + offset) for start, end in spans)


def wrong_words(text: str, twins: Sequence[str]) -> tuple[tuple[int, int], ...] | None:
    """Return the spans of `plain(text)` that its most similar faithful twin does not have.

    None where no twin is near enough to tell the wrong words from another wording.
    """
    mine = list(_WORD.finditer(plain(text)))
    best: tuple[float, list[tuple[int, int]]] = (0.0, [])
    for twin in twins:
        theirs = [match.group().lower() for match in _WORD.finditer(plain(twin))]
        matcher = difflib.SequenceMatcher(None, [match.group().lower() for match in mine], theirs, autojunk=False)
        spans = [
            (mine[start].start(), mine[end - 1].end())
            for tag, start, end, _, _ in matcher.get_opcodes()
            if tag in {"replace", "insert", "delete"} and end > start
        ]
        if matcher.ratio() > best[0]:
            best = (matcher.ratio(), spans)
    if best[0] < 0.7 or not best[1]:
        return None
    return tuple(best[1])
