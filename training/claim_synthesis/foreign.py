"""Claims that nothing in the knowledge base bears out: details and whole statements of other organisations."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

from claim_synthesis.sources import ORGANISATIONS, Source
from claim_synthesis.wording import Vocabulary, as_sentence, without_stop
from groundwire.values import Kind

_CAPITAL = re.compile(r"(?<=[a-z,;)] )[A-Z][\w-]*(?: [A-Z][\w-]*)*")
_COMMON_NAMES = re.compile(
    r"(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|May|June|July|August|"
    r"September|October|November|December|English|PIN|QR|PDF|EU|VAT|ID|SMS|PayPal|Visa|Mastercard|Wi-Fi|I)s?"
)
_DETAIL = re.compile(
    r" (?:(?:within|up to|for up to|at least|no later than|after) (?:\d+|two|three|four|six|seven|ten) (?:working |"
    r"calendar )?(?:days|hours|weeks|months|years|minutes)"
    r"(?: (?:of|after|before) (?:the )?[a-z]+(?: [a-z]+)?)?"
    r"|free of charge|in writing|by phone|by email|by post|in the app|online|once (?:a|per) (?:calendar )?year|on "
    r"working days|on request|automatically|"
    r"for a fee of [£€$]\d+(?:\.\d\d)?|with (?:a deposit of )[£€$]\d+|in person with a valid ID|without an "
    r"appointment|up to (?:three|two|four) times(?: a year)?|"
    r"with the approval of the [a-z]+ [a-z]+)(?=[.,;])"
)
_STOP = frozenset(
    "a an the of to in on at for and or is are be can may must you your we our with by from if it that this not no as "
    "they their will has have than per up within after before any all each who which when only also more need do "
    "does".split()
)
_SUBJECT = re.compile(
    r"(?:We|You|Customers|The|A|An|All|Each|Every|No|If|In|For|Members|Orders|Requests|Payments|Prices|Bookings|"
    r"There)\b"
)
_JOINS = (", and ", "; ", ", while ", ", and ")


def content(text: str) -> frozenset[str]:
    """Return the words of a text that carry meaning, cut to their stems."""
    words = re.findall(r"[a-z]+|\d+", text.lower())
    return frozenset(word[:6] for word in words if word not in _STOP)


def details(pool: Sequence[Source]) -> list[str]:
    """Return the short circumstances found in statements: "within 14 days", "by phone"."""
    return sorted({match.group().strip() for source in pool for match in _DETAIL.finditer(source.text)})


def is_portable(source: Source, most_words: int) -> bool:
    """Whether a statement can be said of another organisation: no names in it but the organisation's own."""
    name = ORGANISATIONS.get(source.document.organisation, "")
    text = source.text.replace(name, "") if name else source.text
    names = [found for found in _CAPITAL.findall(text) if not _COMMON_NAMES.fullmatch(found)]
    is_short = len(source.text.split()) <= most_words
    is_free = not any(value.kind is Kind.IDENTIFIER for value in source.values)
    return (
        is_short
        and is_free
        and not names
        and not source.is_pointing
        and bool(_SUBJECT.match(source.text))
        and "(" not in source.text
    )


def adapted(source: Source, organisation: str) -> str:
    """Return a foreign statement with this organisation's name."""
    old, new = ORGANISATIONS.get(source.document.organisation, ""), ORGANISATIONS.get(organisation, "")
    return source.text.replace(old, new) if old and new else source.text


def with_detail(text: str, pool: Sequence[str], facts: str, rng: random.Random) -> str | None:
    """Return the claim with a circumstance at its end that its source knows nothing of."""
    if not re.search(r"[a-z\d)]\.$", text) or re.search(r"[;:?!]| if | unless |, ", text):
        return None
    for detail in rng.sample(pool, min(8, len(pool))):
        words = content(detail)
        kinds = {
            "time": r"\d+ |within|until|days|hours|weeks|months|year",
            "channel": r"phone|email|post|online|app|writing|person",
            "money": r"free|fee|cost|€|£|\$",
        }
        clashes = any(re.search(kind, detail) and re.search(kind, facts) for kind in kinds.values())
        if not clashes and not words & content(facts):
            return without_stop(text) + f" {detail}."
    return None


def joined(one: str, other: str, rng: random.Random, vocabulary: Vocabulary) -> str:
    """Return two statements as one sentence; used alike for true pairs and for a true one with a foreign one."""
    return as_sentence(without_stop(one) + rng.choice(_JOINS) + vocabulary.lowered(other))


def nearest(text: str, own: Sequence[tuple[frozenset[str], Source]]) -> tuple[float, Source]:
    """Return the statement of a knowledge base that shares most of the claim's words, and the share of them."""
    words = content(text)
    best = max(own, key=lambda pair: (len(words & pair[0]), -len(pair[0])))
    return len(words & best[0]) / max(1, len(words)), best[1]


def conditions(pool: Sequence[Source]) -> Iterator[str]:
    """Yield the conditions that statements open with: "the damage is reported"."""
    for source in pool:
        if match := re.match(r"If ((?:the|you|your|a|an) [^,;:()]{8,60}), ", source.text):
            yield match[1]
