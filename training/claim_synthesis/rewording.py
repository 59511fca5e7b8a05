"""Says a statement in other words by rule, without changing what it says."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from claim_synthesis.synonyms import with_synonyms
from claim_synthesis.wording import Vocabulary, as_sentence, capitalised, without_stop

Rewriter = Callable[[str, random.Random, Vocabulary], str | None]
_CONTRACTIONS = (
    ("cannot", "can't"), ("do not", "don't"), ("does not", "doesn't"), ("is not", "isn't"), ("are not", "aren't"),
    ("will not", "won't"), ("must not", "mustn't"), ("has not", "hasn't"), ("have not", "haven't"),
    ("was not", "wasn't"), ("were not", "weren't"), ("should not", "shouldn't"), ("you will", "you'll"),
    ("we will", "we'll"), ("it is", "it's"), ("you are", "you're"), ("we are", "we're"), ("they are", "they're"),
    ("you have to", "you've got to"),
)  # fmt: skip
_SHORTENING = [(re.compile(rf"\b{long}\b(?!\.)", re.IGNORECASE), long, short) for long, short in _CONTRACTIONS]
_LENGTHENING = [(re.compile(rf"\b{short}\b", re.IGNORECASE), short, long) for long, short in _CONTRACTIONS[:-1]]
_CONDITIONAL = re.compile(
    r"(?P<word>If|When|Once|As long as|Unless) (?P<clause>[^,;:()]{8,110}), (?P<rest>[^;:()]{10,160})\."
)
_TRAILING = re.compile(
    r"(?P<rest>[^,;:()]{12,140}?),? (?P<word>if|when|unless|once|as soon as|as long as) (?P<clause>(?:the|an?|you|"
    r"your|we|our|it|they|there|all|no|this|that|she|he) [^,;:()]{6,110})\."
)
_ADVERBIAL = re.compile(
    r"(?P<phrase>(?:In|On|During|After|Before|For|At|With|Within|Outside|From|Until|Under|Without) [^,;:()]{3,60}), "
    r"(?P<rest>[^,;:()]{12,140})\."
)
_PASSIVE = re.compile(
    r"(?P<object>(?:An?|The|All|Any|Each|Every|No|Your|This|These|[A-Z][a-z]+s) ?(?:[a-z][\w-]* ?){0,5}?) (?:is|"
    r"are) (?P<no>not )?"
    r"(?P<verb>charged|offered|accepted|refunded|replaced|covered|supported|repaired|reimbursed|deducted|required|"
    r"checked|deleted|stored|kept|sent|shipped|delivered|processed|recommended)(?P<rest>(?: (?!by )[^;:]*)?)\."
)
_ACTIVE = {
    "charged": "charge", "offered": "offer", "accepted": "accept", "refunded": "refund", "replaced": "replace",
    "covered": "cover", "supported": "support", "repaired": "repair", "reimbursed": "reimburse", "deducted": "deduct",
    "required": "require", "checked": "check", "deleted": "delete", "stored": "store", "kept": "keep", "sent": "send",
    "shipped": "ship", "delivered": "deliver", "processed": "process", "recommended": "recommend",
}  # fmt: skip
_PERSON = (
    (
        re.compile(r"\byou can(?!'|not| no| only| also)\b"),
        ("you are able to", "it is possible to", "customers can", "you may"),
    ),
    (re.compile(r"\byou must(?! not)\b"), ("you have to", "you need to", "it is necessary to")),
    (re.compile(r"\byou (?:do not|don't) (?:have|need) to\b"), ("you need not", "there is no need to")),
    (re.compile(r"\byou have to\b"), ("you must", "you need to")),
    (re.compile(r"\byou need to\b"), ("you have to", "you must")),
    (re.compile(r"\byou may(?! not| be| have| need| want| qualify| find)\b"), ("you are allowed to", "you can")),
    (
        re.compile(r"\byou can't\b|\byou cannot\b"),
        ("you are not able to", "it is not possible to", "you are unable to"),
    ),
    (re.compile(r"\bwe do not\b|\bwe don't\b"), ("we never", "we do not", "our team does not")),
)
_WHOM = re.compile(
    r"\b(?:Customers|Passengers|Patients|Students|Members|Guests|Employees|Owners|Users|Travellers|Applicants) "
    r"(?=can|must|may|need|have|get|pay|receive|should|cannot)"
)
_LIMITS_KEPT = 0.4
_LIMITS = (
    (re.compile(r"\bup to (?=[£€$]?\d)"), ("at most ", "no more than ")),
    (
        re.compile(r"\bwithin (?=\w+ (?:working |business |calendar )?(?:days|weeks|months|hours|minutes|years)\b)"),
        ("in no more than ", "inside ", "in at most "),
    ),
    (re.compile(r"\bmore than (?=[£€$]?\d)"), ("over ", "in excess of ", "upwards of ")),
    (re.compile(r"\bless than (?=[£€$]?\d)"), ("under ", "below ")),
    (re.compile(r"\bunder (?=[£€$]\d)"), ("below ", "less than ")),
    (re.compile(r"\buntil (?=\d{1,2} [A-Z])"), ("up to and including ", "through ")),
    (re.compile(r"\bat least (?=[£€$]?\d)"), ("no less than ", "a minimum of ")),
)
IMPERATIVE = frozenset(
    "Report Register Send Take Use Keep Call Contact Bring Enter Press Hold Do Charge Clean Replace Wait Return Pay "
    "Book Submit Apply Ask Check Choose Remove Upload Sign Show Complete Print Pack Plug Switch Open Connect Fill "
    "Mail Visit Request Tell Turn Store Drop Wear Stop Have Drink Eat Put Restart Write Provide Attach Include".split()
)


def reworded(text: str, rng: random.Random, vocabulary: Vocabulary, *, steps: int = 3) -> str | None:
    """Return the text after one to `steps` changes of wording, or None where no rule fits."""
    out, done = text, 0
    rewriters = list(_REWRITERS)
    rng.shuffle(rewriters)
    for rewriter in rewriters:
        if done == steps:
            break
        if changed := rewriter(out, rng, vocabulary):
            out, done = changed, done + 1
    return as_sentence(out) if done else None


def contracted(text: str, rng: random.Random, _: Vocabulary) -> str | None:
    """Shorten or write out the verbs: "do not" and "don't"."""
    table = _SHORTENING if rng.random() < 0.7 else _LENGTHENING
    out = text
    for pattern, _old, new in table:
        out = pattern.sub(lambda match, new=new: capitalised(new) if match.group()[0].isupper() else new, out)  # type: ignore[misc]
    return out if out != text else None


def reordered(text: str, rng: random.Random, vocabulary: Vocabulary) -> str | None:
    """Put an opening condition or circumstance last, or a closing condition first."""
    if match := _CONDITIONAL.fullmatch(text):
        if re.match(r"(?:and|or|but|then) ", match["rest"]) or " or " in match["clause"][-25:]:
            return None
        rest = match["rest"].removeprefix("then ")
        if re.search(r"\b(?:it|they|them|this|these|he|she|its|their)\b", rest) or re.search(
            r" (?:if|unless|when)\b", rest
        ):
            return None
        return f"{capitalised(rest)} {match['word'].lower()} {match['clause']}."
    if (match := _TRAILING.fullmatch(text)) and not re.search(
        r"\b(?:only|even|except|and|or|but|not|years|day|date|than|even if)$|\b(?:if|when|that|who|which|whether)\b",
        match["rest"],
    ):
        if re.search(r"\b(?:it|they|them|this|these|its|their)\b", match["clause"]):
            return None
        return f"{capitalised(match['word'])} {match['clause']}, {vocabulary.lowered(match['rest'])}."
    if (match := _ADVERBIAL.fullmatch(text)) and not re.search(r"\b(?:and|or|also|it|they|this|that)\b", match["rest"]):
        return f"{capitalised(match['rest'])} {vocabulary.lowered(match['phrase'])}."
    return None


def activated(text: str, _: random.Random, vocabulary: Vocabulary) -> str | None:
    """Turn "A fee is charged" into "We charge a fee"."""
    match = _PASSIVE.fullmatch(text)
    if not match or re.search(r"\b(?:that|which|who|is|are|can|of us|may|if|must|and)\b", match["object"]):
        return None
    if re.search(r",[^,]* (?:and|but|or) |\b(?:is|are|or)\b|\bto be\b", match["rest"]) or match["rest"].startswith(
        (" to ", " for ", " as ", " up to ", " at ", " on top")
    ):
        return None
    if match["object"].startswith("No ") and match["no"]:
        return None
    negation = "do not " if match["no"] else ""
    return f"We {negation}{_ACTIVE[match['verb']]} {vocabulary.lowered(match['object'])}{match['rest']}."


def addressed(text: str, rng: random.Random, _: Vocabulary) -> str | None:
    """Change who is spoken of: "customers must" and "you have to"."""
    if whom := _WHOM.match(text):
        rest = text[whom.end() :]
        if not re.search(r"\b(?:who|they|their|them|themselves)\b", rest):
            return f"You {rest}"
        return None
    for pattern, others in rng.sample(_PERSON, len(_PERSON)):
        match = pattern.search(text[0].lower() + text[1:])
        if match:
            other = rng.choice(others)
            is_impersonal = other.startswith(("it is", "customers"))
            if is_impersonal and re.search(
                r"\b(?:you|your|yourself|you'll)\b", text[: match.start()] + text[match.end() :].lower()
            ):
                other = others[0] if not others[0].startswith(("it is", "customers")) else others[-1]
            out = text[0].lower() + text[1:] if match.start() == 0 or text.startswith("You") else text
            return capitalised(out[: match.start()] + other + out[match.end() :])
    return None


def limited(text: str, rng: random.Random, _: Vocabulary) -> str | None:
    """Say a limit in other words: "up to 5" and "no more than 5"."""
    for pattern, others in rng.sample(_LIMITS, len(_LIMITS)):
        if rng.random() < _LIMITS_KEPT:
            continue
        if (match := pattern.search(text)) and not re.search(
            r"\b(?:of|not|no|n't|from|for|at) $", text[: match.start()], re.IGNORECASE
        ):
            return text[: match.start()] + rng.choice(others) + text[match.end() :]
    return None


def advised(text: str, rng: random.Random, vocabulary: Vocabulary) -> str | None:
    """Turn an instruction into a sentence about the reader: "Report it" into "You should report it"."""
    word = text.split()[0]
    if word not in IMPERATIVE or re.search(r"[;:]|\b(?:is|are) ", text[:40]):
        return None
    rest = text[0].lower() + text[1:]
    if word == "Do" and not rest.startswith("do not "):
        return None
    if rest.startswith("do not "):
        return rng.choice(("You should not ", "Please don't ", "You must not ")) + rest.removeprefix("do not ")
    return rng.choice(("Please ", "You should ", "You need to ", "Make sure to ", "What you need to do is ")) + rest


def renamed(text: str, rng: random.Random, _: Vocabulary) -> str | None:
    """Exchange words for others of the same meaning."""
    return with_synonyms(text, rng)


def split_clauses(text: str) -> str:
    """Return the first half of a sentence made of two that stand alone, or the text."""
    for mark in ("; ", ", but ", ", and "):
        first, found, _rest = text.partition(mark)
        if found and len(first.split()) >= 5:
            return as_sentence(without_stop(first))
    return text


_REWRITERS: tuple[Rewriter, ...] = (contracted, reordered, activated, addressed, limited, advised, renamed, renamed)
