"""Turns a rule into a wrong one: negation, conditions, scope, modality and direction, by tables of wordings."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from claim_synthesis.figures import Mistake
from claim_synthesis.rewording import IMPERATIVE
from claim_synthesis.wording import capitalised, main_clause, with_articles


@dataclass(frozen=True, slots=True)
class Change:
    """A pattern and what it becomes, as for `re.sub`; `label` is what the changed rule is."""

    pattern: re.Pattern[str]
    becomes: tuple[str, ...]
    label: str = "contradicted"


def _changes(*rows: tuple[str, str], label: str = "contradicted") -> tuple[Change, ...]:
    return tuple(
        Change(
            re.compile(rf"(?<![\w-])(?:{pattern})(?:(?<=\s)|(?![\w-]))", re.IGNORECASE),
            tuple(becomes.split(" | ")),
            label,
        )
        for pattern, becomes in rows
    )


def _both_ways(*pairs: tuple[str, str]) -> tuple[Change, ...]:
    return _changes(*(row for one, other in pairs for row in ((one, other), (other, one))))


CONDITION = (
    *_changes(
        (r"unless (?=the |a |an |you |your |we |it |they |there |he |she |all |both |this |that |one |another "
            r")", "even if "),
        (r"but only if", "whether or not"),
        (r"(?<!but )only if (?=the |a |an |you |your |we |it |they |there |both |all |one )", "whether or not"),
        (r"only when (?=the |a |an |you |your |we |it |they |there )", "whether or not"),
        (r"(?:provided(?: that)?|as long as|on condition that) (?=the |a |an |you |your |we |it |they |there )",
        "whether or not "),
        (r"except (?:for )?(?=[^.]{3,60}\.$)", "including "),
        (r"with the exception of", "including"),
        (r"only after", "even before"), (r"only before", "even after"), (r"only until", "even after"),
        (r"not (?=before|until|after)", ""), (r"or before", "or after"), (r"no later than", "no earlier than"),
        (r"at the latest", "at the earliest"), (r"at the earliest", "at the latest"),
        (r"within (?=(?:\d+|two|three|four|five|six|seven|eight|ten|twelve|fourteen|sixty|thirty|ninety|one|a|the "
            r"first) )", "only after | no sooner than after"),
        (r"(?<!\w's )(?<!within )(?<!years )at least (?=[£€$]?\d|one|two|three|four|five|six|seven|ten|half)", "at "
            "most | no more than"),
        (r"up to (?=[£€$]?\d)", "at least | no less than | a minimum of"),
        (r"(?:at most|no more than|a maximum of) (?=[£€$]?\d)", "at least"),
        (r"(?:no less than|a minimum of) (?=[£€$]?\d)", "at most"),
        (r"(?<!no )(?<!not )more than (?=[£€$]?\d|one|two|three|four|five|six)", "less than"),
        (r"(?<!no )less than (?=[£€$]?\d)", "more than"),
        (r"(?<=than )(\d+ \w+) before", r"\1 after"),
        (r"before (?=the |departure|delivery|travel|arrival|landing|treatment|leaving|you |your |booking)", "after"),
        (r"prior to", "after"),
        (r"after (?=the |delivery|purchase|departure|arrival|you |your |receipt|landing|registration|activation)",
        "before"),
        (r"until (?=\d|the |[A-Z])", "from"),
        (r"or older", "or younger"), (r"or younger", "or older"), (r"under (?=\d\d\b)", "over"),
        (r"over (?=\d\d\b)", "under"),
        (r"maximum", "minimum"), (r"minimum", "maximum"), (r"the first", "the last"), (r"the last", "the first"),
        (r"for the first time", "for the second time"), (r"whichever is higher", "whichever is lower"),
        (r"whichever is earlier", "whichever is later"), (r"longer than", "shorter than"),
        (r"heavier than", "lighter than"),
        (r"older than", "younger than"), (r"earlier than", "later than"), (r"later than", "earlier than"),
        (r"above (?=[£€$]?\d)", "below"), (r"below (?=[£€$]?\d)", "above"),
    ),
)  # fmt: skip
WEAKENED = _changes(
    # Only where it opens the sentence: "check if" asks, and "if not" would be denied twice.
    (r"^if (?=the |a |an |you |your |it |they |there |he |she )(?![^,.]*(?:n't|not|no)\b)", "whether or not"),
    label="unsupported",
)
SCOPE = _changes(
    (r"all (?:of )?the", "some of the | not all the | most of the"),
    (r"all(?! (?:the|of|other|over|in|at|or))", "not all | only a few | just some"),
    (r"(?<![\w ]{2})every(?= [a-z])", "not every"), 
    (r"each (?=\w+ (?:can|is|must|may|has|gets|counts|needs)\b)", "only the first "),
    (r"both", "one of the | just one of the"),
    (r"per person", "per booking | in total"), (r"per parcel", "per shipment"), (r"in total", "each"),
    (r"(?<!in )(?<!for )(?<!of )(?<!within )(?<!after )(?<!about )(?:per|a|each) month(?! (?:of|in|after|before|at|"
        r"or))", "per year | per week"), (r"monthly", "yearly | weekly"),
    (r"(?<!in )(?<!for )(?<!of )(?<!within )(?<!after )(?<!about )(?:per|a|each) year(?! (?:of|in|after|before|at|"
        r"or))", "per month | per quarter"), (r"yearly|annually", "monthly"),
    (r"(?<!in )(?<!for )(?<!of )(?<!within )(?<!after )(?<!about )(?:per|a|each) week(?! (?:of|in|after|before|at|"
        r"or))", "per month | per day"),
        (r"(?<!in )(?<!for )(?<!of )(?<!within )(?<!after )(?<!about )(?:per|a|each) day(?! (?:of|in|after|before|"
            r"at|or))", "per week"),
    (r"per hour", "per day"), (r"(?:once|one time) per", "twice per"), (r"once a", "twice a"), (r"twice a", "once a"),
    (r"(?:working|business) days", "calendar days"), (r"workdays", "calendar days"), (r"calendar days", "working days"),
    (r"(?:working|business) day", "calendar day"), (r"on weekdays|on working days", "every day of the week"),
    (r"worldwide", "within the country only"), (r"at no time", "at certain times"), (r"everyone", "only members"),
    (r"always", "in some cases | only sometimes | now and then"), (r"never", "only sometimes | in some cases"),
    (r"at any time", "only at certain times"),
    (r"in full", "in part"), (r"partial", "full"),
    (r"full(?= (?:price|refund|amount|pay|fee))", "half"),
    (r"in part|partially|partly", "in full"), (r"each other", "others"),
    (r"(?<!n't )(?<!not )automatically", "only on request"),
    (r"several", "only one"),     (r"at all levels|at every level", "at the highest level only"),
    (r"in all packages", "in one package"),
)  # fmt: skip
OVERSTATED = _changes(
    (r"some(?= [a-z]+s )", "all"), (r"most(?= [a-z]+s )", "all"), (r"many(?= [a-z]+s )", "all"),
    (r"usually|normally|generally", "always"),
    (r"in most cases", "in all cases"), (r"as a rule", "in every single case"), (r"on average", "at the very latest"),
    label="unsupported",
)  # fmt: skip
MODALITY = _changes(
    (r"must not|mustn't", "may"), (r"must(?! not)", "may | need not"),
    (r"you must(?! not)", "you may"), (r"you (?:have|need) to", "you are free to"),
    (r"is required", "is optional"), (r"are required", "are optional"), (r"is optional", "is required"),
    (r"are optional", "are required"),
    (r"optional", "mandatory"), (r"voluntary", "compulsory"), (r"mandatory|compulsory", "optional"),
    (r"is recommended", "is required"), (r"are recommended", "are required"), (r"is advisable", "is compulsory"),
    (r"(?<!n't )(?<!not )automatically", "only on request"), (r"on request", "automatically"),
    (r"you can(?!'t|not)", "you have to"),
    (r"you may(?! not| be| have)", "you must"), (r"can be", "must be"), (r"may be (?=\w+ed\b)", "must be"),
    (r"(?<!'ll )(?<!will )needs? to", "may"),
    (r"guarantees?", "cannot guarantee"), (r"it is possible to", "it is compulsory to"),
    (r"you should(?! not)", "you don't need to"),
    (r"might", "will definitely"), (r"is possible", "is compulsory"), (r"please", "there is no need to, but you can"),
    (r"you are allowed to", "you are required to"), (r"customers can", "customers have to"),
    (r"you are able to", "you are obliged to"),
)  # fmt: skip
DIRECTION = (
    *_both_ways(
        ("higher", "lower"), ("increase", "decrease"), ("increased", "reduced"), ("increases", "falls"),
        ("cheaper", "dearer"),
        ("upgrade", "downgrade"), ("sender", "recipient"), ("buyer", "seller"),
        ("incoming", "outgoing"), ("arrival", "departure"), ("import", "export"), ("extended", "shortened"),
        ("more expensive", "cheaper"), ("upload", "download"), ("earlier", "later"), ("raised", "lowered"),
        ("we pay", "you pay"), ("we refund", "you refund"), ("lender", "borrower"), ("employer", "employee"),
        ("smaller", "larger"),
        ("students", "teachers"), ("tenant", "landlord"), ("short-haul", "long-haul"),
    ),
    *_changes(
        (r"(?<!no )longer", "shorter"), (r"shorter", "longer"),
        (r"rises?", "falls"), (r"greater than", "smaller than"), (r"is added to", "is taken off"),
        (r"are added to", "are taken off"),
        (r"is deducted from", "is added to"), (r"are deducted from", "are added to"), (r"we deduct", "we add"),
        (r"deducted", "added"),
        (r"we charge you", "you receive"), (r"is charged", "is credited"), (r"are charged", "are credited"),
        (r"we charge", "we pay out"), (r"is credited", "is charged"), (r"are credited", "are charged"),
        (r"free of charge|at no cost|without charge|for free", "for a fee | at an extra charge"),
        (r"is free", "costs extra | has to be paid for | comes at a price"),
        (r"are free", "cost extra | have to be paid for | come at a price"),
        (r"at our expense", "at your own expense"), (r"at your own expense", "at our expense"),
        (r"paid by the customer", "paid by us"), (r"paid by you", "paid by us"),
        (r"paid by us", "paid by you"), (r"excluding", "including"), (r"including VAT", "excluding VAT"),
        (r"faster", "slower"), (r"reduced", "increased"), (r"reduces", "increases"), (r"above", "below"),
        (r"below", "above"),
        (r"indoors", "outdoors"), (r"outdoors", "indoors"), (r"opens", "closes"), (r"closes", "opens"),
        (r"in addition to", "instead of"), (r"instead of", "in addition to"), (r"come on top of", "are included in"),
        (r"on top of", "as part of"),
        (r"early", "late"), (r"hot", "cold"), (r"open(?= (?:from|on|until|at))", "closed"),
        (r"closed(?= (?:on|at|from))", "open"), (r"stop(?=s? )", "start"), (r"begins", "ends"), (r"ends", "begins"),
    ),
)  # fmt: skip
_NEGATED = _changes(
    (r"cannot|can't|can not", "can"), (r"(?:is|are) not able to", "can"), (r"unable to", "able to"),
    (r"is not|isn't", "is"), (r"are not|aren't", "are"), (r"was not|wasn't", "was"),
    (r"were not|weren't", "were"), (r"do not|don't (?!have to)", "do | "), (r"does not|doesn't", "does"),
    (r"will not|won't", "will"), (r"must not|mustn't|may not", "may"),
    (r"should not|shouldn't", "should"), (r"has not|hasn't", "has"), (r"have not|haven't", "have"),
    (r"never", "always"), (r"not allowed|forbidden|prohibited|not permitted", "allowed"),
    (r"no longer", "still"), (r"there is no", "there is a"), (r"there are no", "there are"), (r"has no", "has a"),
    (r"have no", "have"), (r"without (?=a |an |the |any |notice|registration|appointment|fee)", "with "),
    (r"nobody", "anybody"), (r"comes without", "comes with"), (r"excluded", "included"),
    (r"not included", "included"), (r"not covered", "covered"), (r"neither", "either"), (r"invalid", "valid"),
    (r"unlimited", "limited"),
    (r"you never", "you always"), (r"not accepted", "accepted"), (r"not available", "available"),
    (r"are ruled out", "are possible"), (r"is ruled out", "is possible"),
)  # fmt: skip
_AUXILIARY = re.compile(
    r"(?<!'ll )\b(?P<word>can|is|are|was|were|will|must|may|should|has to|have to|needs to|need to)\b(?! (?:be able|"
    r"be eligible|have|want|qualify|not|no|never|nothing|none|neither|only)\b)"
    r"(?!'t|n't| (?:also|more|at least|at most|up to)\b)",
)
_NEGATIVE = {
    "can": ("can't", "cannot"), "is": ("isn't", "is not"), "are": ("aren't", "are not"), "was": ("wasn't",),
    "were": ("weren't",), "will": ("won't", "will not"), "must": ("need not", "does not have to"),
    "may": ("may not", "cannot"),
    "should": ("should not",), "has to": ("doesn't have to",), "have to": ("don't have to",),
    "needs to": ("doesn't need to",), "need to": ("don't need to",),
}  # fmt: skip
_PLAIN_VERB = re.compile(
    r"\b(?P<who>[Ww]e|[Yy]ou|[Tt]hey) (?!can|will|must|may|should|are|were|have to|need to|do|don't|cannot|can't|"
    r"won't|ll|re|ve|'|also|"
    r"only|always|never|just|then|still|already|could|would|might|have (?:been|had|left|lost|paid|\w+ed)|all|both|"
    r"had|been|and|or|who|[a-z]+ly\b|[a-z]+ed\b|to\b|in\b|on\b|with\b|for\b|from\b)(?P<verb>[a-z]+) "
)
_SINGULAR = {
    "includes": "include", "covers": "cover", "applies": "apply", "counts": "count", "costs": "cost",
    "contains": "contain",
    "needs": "need", "requires": "require", "receives": "receive", "gets": "get", "supports": "support",
    "works": "work",
    "accepts": "accept", "expires": "expire", "ends": "end", "starts": "start", "allows": "allow", "offers": "offer",
    "pays": "pay", "earns": "earn", "stays": "stay", "takes": "take", "lasts": "last", "comes": "come", "gives": "give",
    "replaces": "replace", "means": "mean", "stops": "stop", "keeps": "keep", "remains": "remain", "begins": "begin",
    "provides": "provide", "qualifies": "qualify", "has": "have", "calls": "call", "supplies": "supply",
    "affects": "affect",
}  # fmt: skip
_PLURAL = (
    "include cover apply count cost contain need require receive support accept expire end start pay earn stay get "
    "qualify".split()
)  # fmt: skip
_THIRD = re.compile(rf"(?<=[a-z\d)%\"]) (?P<verb>{'|'.join(_SINGULAR)}) (?!to (?:have|a\b))")
_THIRD_PLURAL = re.compile(rf"(?:(?<=[a-z]s)|(?<=ren)|(?<=ple)) (?P<verb>{'|'.join(_PLURAL)}) (?!to\b)")


def negations(text: str, rng: random.Random) -> Iterator[Mistake]:
    """Yield texts that deny what the main clause asserts, or assert what it denies."""
    if text.split()[0] in IMPERATIVE and not text.startswith("Do "):
        yield Mistake(
            rng.choice(("Do not ", "There is no need to ", "Don't ")) + text[0].lower() + text[1:], "negation"
        )
        return
    start, end = main_clause(text)
    clause = text[start:end]
    denied = [(change, match) for change in _NEGATED if (match := change.pattern.search(clause))]
    if denied:
        change, match = rng.choice(denied)
        yield _mistake(text, start + match.start(), start + match.end(), rng.choice(change.becomes), "negation")
        return
    if re.search(r"\b(?:no|none|not|nothing|neither|only|nor|few|unless|as \w+ as)\b|n't\b", clause, re.IGNORECASE):
        return
    if auxiliary := _AUXILIARY.search(clause):
        word = auxiliary["word"]
        forms = _NEGATIVE[word]
        if word == "must":
            plain_plural = re.search(
                r"\b(?:you|we|they|\w{3,}[^s]s)$", clause[: auxiliary.start()].strip(), re.IGNORECASE
            )
            forms = ("don't have to", "need not") if plain_plural else ("doesn't have to", "need not")
        yield _mistake(text, start + auxiliary.start(), start + auxiliary.end(), rng.choice(forms), "negation")
    elif (verb := _PLAIN_VERB.search(clause)) and (not verb.start() or clause[: verb.start()].endswith(", ")):
        at = start + verb.start("verb")
        yield _mistake(text, at, at, rng.choice(("don't ", "do not ")), "negation")
    elif verb := _THIRD.search(clause):
        at = start + verb.start("verb")
        new = rng.choice(("doesn't ", "does not ")) + _SINGULAR[verb["verb"]]
        yield _mistake(text, at, at + len(verb["verb"]), new, "negation")
    elif verb := _THIRD_PLURAL.search(clause):
        at = start + verb.start("verb")
        yield _mistake(text, at, at, rng.choice(("don't ", "do not ")), "negation")


def mistakes_of(kind: str, text: str, rng: random.Random) -> Iterator[Mistake]:
    """Yield texts changed by the table of a kind, each once, in random order."""
    changes = list(_TABLES[kind])
    rng.shuffle(changes)
    for change in changes:
        found = list(change.pattern.finditer(text))
        if len(found) != 1 or _is_in_name(text, found[0]):
            continue
        match = found[0]
        new = match.expand(rng.choice(change.becomes))
        yield _mistake(text, match.start(), match.end(), new, kind, change.label)


def _is_in_name(text: str, match: re.Match[str]) -> bool:
    return match.start() > 0 and text[match.start()].isupper()


def _mistake(text: str, start: int, end: int, new: str, kind: str, label: str = "contradicted") -> Mistake:
    old = text[start:end]
    if old.endswith(" ") and new and not new.endswith(" "):
        new += " "
    if old.startswith(" ") and not new.startswith((" ", ",")):
        new = " " + new
    if old[:1].isupper():
        new = capitalised(new)
    out = text[:start] + new + text[end:]
    out = re.sub(r" {2,}", " ", out)
    out = re.sub(r" (?=[,.;])", "", out)
    return Mistake(capitalised(with_articles(out)), kind, label)


_TABLES = {
    "condition": CONDITION, "weakened": WEAKENED, "scope": SCOPE, "overstated": OVERSTATED,
    "modality": MODALITY, "direction": DIRECTION,
}  # fmt: skip
