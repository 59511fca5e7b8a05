"""Documents, claims and hits for the tests of verification."""

from __future__ import annotations

from groundwire.domain import Claim, Hit, Passage, Question, Source, Turn
from groundwire.verification.units import Reading, read_hits

PLANS = """# Plans

| Plan | Price per month | Storage | Set-up fee |
|---|---|---|---|
| Basic | €9 | 50 GB | €20 |
| Team | €29 | 500 GB | none |
"""
RETURNS = """# Returns

Goods can be returned within 30 days of delivery. Refunds are paid within 14 days to the original card.

Gift cards cannot be refunded.

## Repairs

Repairs take up to 10 working days. Loan devices cost €15 a week.
"""


def passage(text: str, *, id: int = 1, document: str = "guide", title: str = "Guide", source=Source.KNOWLEDGE_BASE):
    return Passage(id, document, 1, title, text, 0, len(text), source=source)


def hits(*texts: str, source=Source.KNOWLEDGE_BASE) -> list[Hit]:
    """One hit a text, each text a document of its own, the first the best."""
    passages = [passage(text, id=place, document=f"d{place}", source=source) for place, text in enumerate(texts)]
    return [Hit(one, 1.0 - place / 10, 0.8 - place / 10) for place, one in enumerate(passages)]


def readings(*texts: str, source=Source.KNOWLEDGE_BASE) -> list[Reading]:
    return read_hits(hits(*texts, source=source))


def claim(text: str, start: int = 0) -> Claim:
    return Claim(text, start, start + len(text))


def asked(*texts: str) -> Question:
    return Question(tuple(Turn("user", text) for text in texts))
