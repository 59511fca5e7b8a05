"""Names that can be taken for each other: plans, places and products of one knowledge base, and everyday channels."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

from claim_synthesis.figures import Mistake
from claim_synthesis.rows import Table

_GROUPS = (
    ("by phone", "by email", "by post", "by chat", "online", "in the app", "in person", "by fax"),
    ("credit card", "bank transfer", "direct debit", "cheque", "gift card", "PayPal"),
    ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    ("line manager", "head of department", "Finance Director", "HR team", "Head of People"),
    ("mother", "father"), ("passport", "driving licence", "student card"), ("app", "website"),
    ("Germany", "Austria", "the Netherlands", "Denmark", "Belgium", "Switzerland", "Norway"),
    ("doctor", "nurse", "pharmacist", "receptionist"), ("dealer", "manufacturer", "insurer"),
    ("Direct Subsidized Loan", "Direct PLUS Loan", "Federal Perkins Loan"), ("Medicare Part A", "Medicare Part B"),
    ("learner permit", "non-driver ID card"), ("Veteran", "dependent child", "survivor"),
    ("loan servicer", "school's financial aid office"),
    ("deferment", "forbearance", "consolidation"), ("driver license", "vehicle registration"),
    ("undergraduate", "graduate"),
    ("subsidized", "unsubsidized"), ("birth certificate", "Social Security card", "utility bill"),
    ("spouse", "parent", "former spouse"),
    ("New York State", "New Jersey"), ("Social Security benefits", "Medicaid benefits"), 
    ("battery", "motor"), ("adults", "children under 16"),
    ("bachelor students", "doctoral students", "visiting students"),
    ("summer", "winter"), ("morning", "evening"), ("electricity", "gas", "water"), ("laptop", "phone", "tablet"),
    ("weekday", "weekend"),
    ("photo", "signature"), ("receipt", "serial number"), ("red", "green", "blue", "orange", "white"),
    ("domestic flights", "long-haul flights"), ("front", "rear"),
)  # fmt: skip


def name_groups(tables: Sequence[Table]) -> list[tuple[str, ...]]:
    """Return groups of sibling names: labels of one table's rows, and its columns where those are names."""
    groups = []
    for table in tables:
        first = table.facts[0]
        if not first:
            continue
        labels = [facts[0].subject for facts in table.facts if facts]
        groups.append(tuple(dict.fromkeys(label for label in labels if _is_name(label))))
        if first[0].is_matrix:
            groups.append(tuple(fact.column for fact in first if _is_name(fact.column)))
    return [group for group in groups if len(group) > 1]


def _is_name(label: str) -> bool:
    return 2 < len(label) <= 26 and label[0].isupper() and "," not in label and not re.search(r"\d \w|%|\(|:", label)


def renamed(text: str, groups: Sequence[Sequence[str]], rng: random.Random) -> Iterator[Mistake]:
    """Yield texts in which one name stands for a sibling that the text does not mention."""
    choices = [*groups, *_GROUPS]
    rng.shuffle(choices)
    for group in choices:
        present = [name for name in group if _occurs(name, text)]
        absent = [name for name in group if name not in present and name.lower() not in text.lower()]
        if len(present) != 1 or not absent:
            continue
        pattern = re.compile(rf"(?<![\w-]){re.escape(present[0])}(?![\w-]|'s)")
        found = list(pattern.finditer(text))
        if len(found) != 1 or _is_part_of_name(text, found[0]):
            continue
        new = rng.choice(absent)
        # Another channel may be open as well: nothing says so.
        label = "unsupported" if group in _GROUPS[:2] and re.search(r"\b(?:can|may)\b", text) else "contradicted"
        yield Mistake(text[: found[0].start()] + new + text[found[0].end() :], "entity", label)


def _occurs(name: str, text: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) is not None


def _is_part_of_name(text: str, match: re.Match[str]) -> bool:
    """Whether the name goes on, as in "Annual World" or "Hearth 1000"."""
    after = re.match(r" (?:[A-Z]|\d)", text[match.end() :])
    before = re.search(r"[A-Z][\w-]+ $", text[: match.start()])
    return bool(match.group()[0].isupper() and (after or (before and before.start() > 0)))
