"""Words that mean the same in the language of rules and services: each row is a set of exchangeable wordings."""

from __future__ import annotations

import random
import re

# A wording on the left may be replaced by any on the right; the rows hold in this direction only.
ONE_WAY: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("at least", ("no less than", "a minimum of")),
    ("at most", ("no more than", "a maximum of")),
    ("no later than", ("at the latest",)),
    ("in addition", ("besides", "on top of that")),
    ("in advance", ("beforehand", "ahead of time")),
    ("purchase", ("buy",)),
    ("may not be", ("must not be", "is not allowed to be")),
    ("are not permitted", ("are not allowed", "are prohibited")),
    ("is not permitted", ("is not allowed", "is prohibited")),
    ("are prohibited", ("are not allowed", "are forbidden")),
    ("is prohibited", ("is not allowed", "is forbidden")),
    ("if possible", ("where possible",)),
    ("in order to", ("to",)),
    ("such as", ("for instance", "like")),
    ("in case of", ("in the event of",)),
    ("in the event of", ("in case of",)),
    ("on request", ("if asked for", "upon request")),
    ("as soon as", ("once",)),
    ("regardless of", ("no matter",)),
    ("immediately", ("straight away", "right away", "at once")),
    ("at once", ("immediately", "straight away")),
    ("approximately", ("about", "roughly", "around")),
    ("currently", ("at present", "at the moment")),
    ("usually", ("normally", "as a rule", "generally")),
    ("normally", ("usually", "as a rule")),
    ("however", ("though",)),
    ("obtain", ("get",)),
    ("receive", ("get", "are given")),
    ("receives", ("gets", "is given")),
    ("require", ("need", "call for")),
    ("requires", ("needs", "calls for")),
    ("is required", ("is needed", "is necessary")),
    ("are required", ("are needed", "are necessary")),
    ("is needed", ("is required", "is necessary")),
    ("are needed", ("are required", "are necessary")),
    ("is available", ("is on offer", "can be had")),
    ("are available", ("are on offer", "can be had")),
    ("provide", ("supply", "give")),
    ("provides", ("supplies", "gives")),
    ("assist", ("help",)),
    ("begins", ("starts",)),
    ("begin", ("start",)),
    ("starts", ("begins",)),
    ("ends", ("finishes", "comes to an end")),
    ("is valid", ("stays valid", "can be used")),
    ("are valid", ("stay valid", "can be used")),
    ("remain", ("stay",)),
    ("remains", ("stays",)),
    ("is calculated", ("is worked out",)),
    ("are calculated", ("are worked out",)),
    ("inform", ("notify", "tell")),
    ("informs", ("notifies", "tells")),
    ("submit", ("hand in", "send in")),
    ("submitted", ("handed in", "sent in")),
    ("is refunded", ("is paid back", "is reimbursed")),
    ("are refunded", ("are paid back", "are reimbursed")),
    ("refunded", ("paid back", "reimbursed")),
    ("is replaced", ("is exchanged",)),
    ("are replaced", ("are exchanged",)),
    ("terminate", ("end",)),
    ("modify", ("change",)),
    ("is deducted", ("is subtracted", "is taken off")),
    ("are deducted", ("are subtracted", "are taken off")),
    ("is charged", ("is payable", "has to be paid")),
    ("are charged", ("are payable", "have to be paid")),
    ("is included", ("comes as part of it", "is part of the deal")),
    ("must be", ("has to be",)),
    ("employees", ("staff", "staff members")),
    ("contact us", ("get in touch with us", "reach out to us")),
    ("purchase price", ("price paid",)),
    ("purchased", ("bought",)),
    ("bought", ("purchased",)),
    ("delivered", ("handed over",)),
    ("dispatched", ("sent out", "shipped")),
    ("is shipped", ("is sent out", "is dispatched")),
    ("are shipped", ("are sent out", "are dispatched")),
    ("vehicle", ("car",)),
    ("additional", ("extra", "further")),
    ("further", ("additional",)),
    ("extra", ("additional",)),
    ("entire", ("whole",)),
    ("sufficient", ("enough",)),
    ("prior to", ("before",)),
    ("before", ("prior to", "ahead of")),
    ("departure", ("take-off",)),
    ("outside of", ("outside",)),
    ("once per", ("one time per",)),
    ("twice", ("two times",)),
    ("twice a year", ("two times a year",)),
    ("in writing", ("in written form",)),
    ("by phone", ("over the phone", "by telephone")),
    ("on the phone", ("by telephone",)),
    ("by email", ("via email", "by e-mail")),
    ("by post", ("by mail", "via the postal service")),
    ("online", ("on the internet", "via the web")),
    ("in the app", ("through the app", "via the app", "using the app")),
    ("free of charge", ("free", "at no cost", "without charge", "for nothing")),
    ("for free", ("free of charge", "at no cost", "without charge")),
    ("without charge", ("free of charge", "at no cost")),
    ("without a fee", ("free of charge", "at no charge")),
    ("working days", ("business days", "workdays")),
    ("working day", ("business day", "workday")),
    ("business days", ("working days",)),
    ("per month", ("a month", "each month", "monthly")),
    ("a month", ("per month", "each month")),
    ("per year", ("a year", "each year", "annually")),
    ("a year", ("per year", "each year", "annually")),
    ("per week", ("a week", "each week")),
    ("per day", ("a day", "each day")),
    ("a day", ("per day", "each day")),
    ("every year", ("each year", "annually")),
    ("each year", ("every year", "annually")),
    ("every month", ("each month", "monthly")),
    ("yearly", ("once a year", "annually")),
    ("annual", ("yearly",)),
    ("on working days", ("on business days", "on weekdays that aren't holidays")),
    ("children", ("kids",)),
    ("over the age of", ("older than",)),
    ("illness", ("sickness",)),
    ("doctor", ("physician",)),
    ("is not covered", ("is excluded from cover",)),
    ("are not covered", ("are excluded from cover",)),
    ("are excluded", ("are not included", "are ruled out")),
    ("is excluded", ("is not included", "is ruled out")),
    ("is closed", ("is not open", "is shut")),
    ("are closed", ("are not open", "are shut")),
    ("is stored", ("is kept", "is held")),
    ("are stored", ("are kept", "are held")),
    ("is kept", ("is stored", "is held")),
    ("are kept", ("are stored", "are held")),
    ("is sent", ("goes out", "is dispatched")),
    ("are sent", ("go out", "are dispatched")),
    ("is deleted", ("is erased", "is removed")),
    ("are deleted", ("are erased", "are removed")),
    ("deleted", ("erased",)),
    ("are accepted", ("are welcome", "can be used")),
    ("is allowed", ("is permitted", "is fine")),
    ("are allowed", ("are permitted", "are fine")),
    ("are eligible", ("qualify",)),
    ("is eligible", ("qualifies",)),
    ("you are eligible", ("you qualify", "you are entitled")),
    ("be eligible", ("qualify",)),
    ("applies to", ("holds for", "is valid for")),
    ("apply to", ("hold for", "are valid for")),
    ("consists of", ("is made up of",)),
    ("depends on", ("is determined by", "varies with")),
    ("depend on", ("are determined by", "vary with")),
    ("takes about", ("needs about",)),
    ("arrives within", ("gets there within",)),
    ("as well as", ("and also", "along with")),
    ("because of", ("due to", "owing to")),
    ("due to", ("because of", "owing to")),
    ("although", ("even though", "though")),
    ("whether", ("if",)),
    ("in all cases", ("every time", "in every case")),
    ("at any time", ("whenever you like", "any time")),
    ("for example", ("for instance", "e.g.")),
    ("including", ("among them",)),
    ("can be cancelled", ("may be cancelled",)),
    ("can be booked", ("may be booked", "are bookable")),
    ("can be used", ("may be used", "are usable")),
    ("cannot be", ("can't be",)),
    ("it is possible to", ("you can",)),
    ("are entitled to", ("have a right to", "qualify for")),
    ("is entitled to", ("has a right to", "qualifies for")),
    ("are responsible for", ("are in charge of",)),
    ("must not", ("may not", "are not allowed to")),
    ("whichever is higher", ("whichever is greater", "depending on which is higher")),
    ("whichever is earlier", ("whichever comes first",)),
    ("on the same day", ("the same day", "that very day")),
    ("application", ("request",)),
    ("determine", ("decide", "work out")),
    ("determines", ("decides",)),
    ("find out", ("learn",)),
    ("spouse", ("husband or wife",)),
    ("monthly payment", ("payment each month",)),
    ("attorney", ("lawyer",)),
    ("complete the form", ("fill in the form", "fill out the form")),
    ("enroll", ("sign up",)),
    ("assistance", ("help",)),
    ("automatically", ("without any action on your part",)),
    ("carried out", ("done", "performed")),
    ("is granted", ("is given",)),
    ("are granted", ("are given",)),
    ("is measured", ("is gauged",)),
    ("answered", ("replied to", "dealt with")),
    ("expires", ("runs out", "lapses")),
    ("expire", ("run out", "lapse")),
    ("is listed", ("can be found",)),
    ("are listed", ("can be found",)),
    ("several", ("a number of",)),
    ("each", ("every single",)),
    ("repaired", ("fixed",)),
    ("damaged", ("broken",)),
    ("luggage", ("baggage",)),
    ("fee", ("charge",)),
    ("fees", ("charges",)),
    ("parcel", ("package",)),
    ("parcels", ("packages",)),
)
# Wordings that stand well only with the singular or in a certain place are left out of automatic exchange.
_WEAK = frozenset(
    {
        "each", "whether", "must be", "application", "including", "regardless of", "find out", "purchase", "a day",
        "a month", "is included", "may not be", "such as", "can be booked", "can be used", "no later than",
        "however", "fee", "fees", "must not", "determine", "is valid", "are valid", "on working days", "doctor",
        "is allowed", "are allowed", "remain", "answered", "delivered", "receive", "begin", "further",
        "at any time", "is needed", "are needed", "are accepted", "a year", "require", "automatically", "before",
        "damaged", "children", "usually", "yearly",
    }
)  # fmt: skip
_ROWS = tuple(
    (wording, re.compile(rf"(?<![\w-]){re.escape(wording)}(?![\w-])", re.IGNORECASE), others)
    for wording, others in sorted(ONE_WAY, key=lambda row: -len(row[0]))
    if wording not in _WEAK
)
_NUMBER = r" (?:[£€$]?\d|one|two|three|four|five|six|seven|eight|ten|half)"
_NOUN = r" (?!(?:for|and|or|to|than|in|on|per|each|at|once|if|when|with)\b)[a-z]{3,}"
# What must follow a wording for its exchange to read well.
_FOLLOWED_BY = {
    wording: re.compile(pattern)
    for wordings, pattern in (
        (("at least", "at most", "approximately"), _NUMBER),
        (("annual",), r" [a-z]"),
        (("additional", "extra", "further"), _NOUN),
        (("in addition",), r"(?! to\b)"),
        (("is sent", "are sent"), r"(?! (?:back|to you)\b)"),
        (("online",), r"[.,]| (?:at|through|or|and|until|up)\b"),
        (("is excluded", "are excluded"), r"(?! from\b)"),
        (("as soon as",), r"(?! possible)"),
        (("is charged", "are charged"), r"(?! (?:[£€$\d]|to ))"),
    )
    for wording in wordings
}
_PARTICIPLES = frozenset({"submitted", "refunded"})
_PASSIVE = re.compile(r"\b(?:be|is|are|was|were) $")
_NOT_BEFORE = re.compile(r"(?:\w+n't|not|never|no) $", re.IGNORECASE)


def with_synonyms(text: str, rng: random.Random, *, most: int = 2) -> str | None:
    """Return the text with up to `most` wordings exchanged for others of the same meaning, or None."""
    found = [(match, wording, others) for wording, pattern, others in _ROWS for match in pattern.finditer(text)]
    rng.shuffle(found)
    taken: list[tuple[int, int, str]] = []
    for match, wording, others in found:
        is_free = all(match.end() <= start or match.start() >= end for start, end, _ in taken)
        if is_free and len(taken) < most and _fits(text, match, wording):
            taken.append((match.start(), match.end(), _like(match.group(), rng.choice(others))))
    for start, end, wording in sorted(taken, reverse=True):
        text = text[:start] + wording + text[end:]
    return text if taken else None


def _fits(text: str, match: re.Match[str], wording: str) -> bool:
    before, after = text[: match.start()], text[match.end() :]
    if wording in _FOLLOWED_BY and not _FOLLOWED_BY[wording].match(after):
        return False
    if wording in _PARTICIPLES and not _PASSIVE.search(before):
        return False
    is_name = bool(before) and match.group()[0].isupper()
    return not is_name and not _NOT_BEFORE.search(before)


def _like(model: str, wording: str) -> str:
    return wording[0].upper() + wording[1:] if model[0].isupper() else wording
