"""Brings a person's claims and ours together, and tells whether the words that decide a claim were retrieved."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from groundwire.domain import Hit, Label, Source, Verdict
from groundwire.evaluation.cases import LabelledClaim, Quote
from groundwire.verification.words import stems

_WORST_FIRST = (Label.CONTRADICTED, Label.UNSUPPORTED, Label.UNVERIFIED, Label.SUPPORTED)
_NOT_A_WORD = re.compile(r"[\W_]+")
# A quote counts as retrieved when one passage holds this share of its words: documents are stored normalised.
_ENOUGH = 0.9


@dataclass(frozen=True, slots=True)
class JudgedClaim:
    """A person's claim with our verdict on it: the worst label and lowest support of our claims that overlap it.

    Without any the claim was let through unseen: `is_matched` is false, the label supported and the support 1.
    `hits` are the passages retrieved for the overlapping claims.
    """

    claim: LabelledClaim
    label: Label = Label.SUPPORTED
    support: float = 1.0
    is_matched: bool = False
    hits: tuple[Hit, ...] = ()

    @property
    def is_flagged(self) -> bool:
        """Whether our verdict is anything but supported."""
        return self.label is not Label.SUPPORTED


def judged(claim: LabelledClaim, verdicts: Sequence[Verdict], hits: Sequence[Sequence[Hit]]) -> JudgedClaim:
    """Return our verdict on a person's claim; `hits` go with `verdicts`."""
    mine = [
        (verdict, found)
        for verdict, found in zip(verdicts, hits, strict=True)
        if verdict.claim.start < claim.end and claim.start < verdict.claim.end
    ]
    if not mine:
        return JudgedClaim(claim)
    label = min((verdict.label for verdict, _ in mine), key=_WORST_FIRST.index)
    support = min(verdict.support for verdict, _ in mine)
    return JudgedClaim(claim, label, support, True, tuple(hit for _, found in mine for hit in found))


def is_document_found(quotes: Sequence[Quote], hits: Sequence[Hit]) -> bool:
    """Whether a passage of each quote's document was retrieved."""
    found = {hit.passage.document_id for hit in hits}
    return all(quote.document_id in found for quote in quotes)


def is_quote_found(quotes: Sequence[Quote], hits: Sequence[Hit]) -> bool:
    """Whether the words of every quote stand in a passage that was retrieved from the knowledge base.

    Near-twins of a document count: what matters is that the deciding words were there, not under which name.
    """
    texts = {hit.passage.id: hit.passage for hit in hits if hit.passage.source is Source.KNOWLEDGE_BASE}.values()
    flat = [_flat(f"{passage.lead} {passage.text}") for passage in texts]
    words = [stems(" ".join((passage.text, passage.lead, *passage.headings))) for passage in texts]
    return all(_is_in(quote.text, flat, words) for quote in quotes)


def _is_in(quote: str, flat: Sequence[str], words: Sequence[frozenset[str]]) -> bool:
    wanted = _flat(quote)
    if any(wanted in text for text in flat):
        return True
    needed = stems(quote)
    return bool(needed) and any(len(needed & present) >= _ENOUGH * len(needed) for present in words)


def _flat(text: str) -> str:
    return f" {_NOT_A_WORD.sub(' ', text).casefold().strip()} "
