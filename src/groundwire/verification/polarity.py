"""Words that turn a statement round: negation, permission and duty, quantifiers, and pairs of opposites."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|cannot|without|unable|except(?:ion)?s?|exclud\w+|unless|"
    r"impossible|prohibited|forbidden|refus\w+|declin\w+|den(?:y|ied|ies)|un(?:available|paid|limited|covered|affected)|"
    r"non-?\w+|ineligible|isn|aren|wasn|weren|don|doesn|didn|won|wouldn|can|couldn|shouldn|mustn|hasn|haven|hadn)"
    r"(?:['’]t)?\b",
    re.IGNORECASE,
)
_CAN_WITHOUT_T = re.compile(r"can", re.IGNORECASE)
_CUES: dict[str, re.Pattern[str]] = {
    "permission": re.compile(
        r"\b(?:can|may|allowed|permitted|possible|able|entitled|eligible|free to|optional(?:ly)?)\b", re.I
    ),
    "duty": re.compile(
        r"\b(?:must|required?|requires|ha(?:ve|s) to|needs? to|mandatory|obligat\w+|compulsory|shall)\b", re.I
    ),
    "only": re.compile(r"\b(?:only|solely|exclusively|nothing but|limited to|restricted to)\b", re.I),
    "all": re.compile(
        r"\b(?:all|every|everyone|everything|any|anyone|always|each|whole|entire|both|regardless|whatever)\b", re.I
    ),
    "some": re.compile(
        r"\b(?:some|several|certain|many|most|sometimes|usually|often|generally|typically|partly)\b", re.I
    ),
    "condition": re.compile(
        r"\b(?:if|when|unless|provided|only if|as long as|once|until|except|where|in case|subject to)\b", re.I
    ),
    "alternative": re.compile(r"\b(?:or|either|instead|alternatively)\b", re.I),
    "automatic": re.compile(r"\b(?:automatic\w*|by itself|yourself|manual\w*|on request|ask|apply|request)\b", re.I),
}
_OPPOSITES = tuple(
    (frozenset(left.split("/")), frozenset(right.split("/")))
    for left, right in (
        ("before/prior/earlier/beforehand/advance", "after/afterwards/later/following/since"),
        (
            "more/higher/above/over/exceed/exceeds/greater/longer/increase/increases/rise/rises/raise/up",
            "less/lower/below/under/fewer/shorter/decrease/decreases/drop/drops/fall/falls/reduce/reduced/down",
        ),
        ("minimum/least/min", "maximum/most/max"),
        ("first/earliest/start/starts/begin/begins/beginning/opening", "last/latest/end/ends/ending/finish/closing"),
        ("included/includes/include/including", "excluded/excludes/exclude/excluding/extra/separately/additional"),
        ("free/gratis/complimentary", "fee/charge/charged/paid/costs/cost/surcharge"),
        ("with", "without"),
        ("open/opens", "closed/closes/shut"),
        ("accept/accepted/accepts/approve/approved", "reject/rejected/rejects/refuse/refused/declined/deny/denied"),
        ("same/identical", "different/differs/differ/another"),
        ("internal/inside/indoor/indoors", "external/outside/outdoor/outdoors"),
        ("refundable/refunded", "non-refundable/nonrefundable"),
        ("employer/company/we", "employee/yourself/customer"),
        ("online/website/app/portal/electronically", "person/counter/office/post/mail/phone/paper"),
        ("gross/before-tax/pre-tax", "net/after-tax"),
        ("monthly/month", "yearly/annual/annually/year"),
        ("daily/day", "weekly/week"),
        ("weekday/weekdays/working/business", "weekend/weekends/calendar/sunday/saturday"),
        ("optional/voluntary", "mandatory/required/compulsory"),
        ("both", "either"),
        ("and", "or"),
        ("new", "existing/current/old"),
        ("temporary/temporarily", "permanent/permanently"),
        ("public", "private"),
        ("once/one-time", "recurring/repeatedly/every/each"),
        ("full/fully/whole/entire", "half/part/partial/partly/pro-rata"),
        ("own", "shared"),
        ("everyone/anyone/all", "only"),
    )
)
_TOKEN = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)?")


@dataclass(frozen=True, slots=True)
class Polarity:
    """The turning words of one text: number of negations, which cues occur, and its lower-case words."""

    negations: int
    cues: frozenset[str]
    words: frozenset[str]


@lru_cache(maxsize=16384)
def polarity(text: str) -> Polarity:
    """Return the turning words of a text."""
    negations = sum(not _CAN_WITHOUT_T.fullmatch(match.group()) for match in _NEGATION.finditer(text))
    cues = frozenset(name for name, pattern in _CUES.items() if pattern.search(text))
    return Polarity(negations, cues, frozenset(token.lower() for token in _TOKEN.findall(text)))


def opposites(claim: Polarity, document: Polarity) -> list[tuple[str, str]]:
    """Return pairs (claim's word, document's word) of which each side has only its own."""
    found = []
    for left, right in _OPPOSITES:
        for mine, theirs in ((left, right), (right, left)):
            claimed, stated = claim.words & mine, document.words & theirs
            if claimed and stated and not (claim.words & theirs) and not (document.words & mine):
                found.append((min(claimed), min(stated)))
    return found
