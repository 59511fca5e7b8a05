"""Turns table rows into sentences: one cell, two cells, or two rows compared."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from claim_synthesis.row_templates import BY_HEADER, CLAUSES, NOT_NOUNS, PREDICATES
from claim_synthesis.sources import Source
from claim_synthesis.wording import Vocabulary, as_sentence

_VALUE = re.compile(r"(?:up to |at least |at most |about |from |over |under |minimum |maximum )?[£€$−]?\d")
_YES = re.compile(r"yes\b", re.IGNORECASE)
_NO = re.compile(r"(?:no|none|none available|not (?:covered|offered|possible|sold|available))$", re.IGNORECASE)
_ENTITY_COLUMNS = frozenset({
    "Short-haul", "Long-haul", "Crew", "Fleet", "Atlas", "Sprout", "Home customer", "Business customer", "Metered home",
    "Unmetered home", "Standard", "Express", "Express 12", "Express 9", "Economy", "Private customers",
    "Business customers", "Home applicants", "International applicants", "Lübeck", "Utrecht", "Graz", "Motor", "Travel",
    "Monthly plans", "Drift prepaid", "Assist", "Assist Premium (€79 a year)", "Glide 200", "Glide 400 and Station",
})  # fmt: skip
# A label that says little without its column's name: "Zone 4", "total of the claim up to €500".
_LOOSE = re.compile(r"(?:\d|[A-Z]$|up to|more than|over|under|above|[€£$])")
# Columns whose labels are names of the organisation's own and keep their capitals.
_NAMING = frozenset({
    "Fare", "Plan", "Tier", "Package", "Level", "Service", "Tariff", "Hall", "Award", "Pack", "Pass", "Scheme",
    "Feed-in tariff", "Clinic", "Pharmacy", "Product", "Insurer", "District", "Depot", "Site", "Add-on", "Annual "
    "policy",
})  # fmt: skip
_UNIT_NOTE = re.compile(r"\s*\((?P<unit>p/kWh|p/day|mg/l|cm|km|kg)\)$")
_COUNT = re.compile(r"[\d,]+")
_PLURAL = re.compile(r"(?:[a-z]{2,}[^su\W]s|hours|days|months|weeks|data)(?: per | a | \(|$)")


class CellType(StrEnum):
    """How a cell can be worked into a sentence."""

    VALUE = "value"
    YES = "yes"
    NO = "no"
    PHRASE = "phrase"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Fact:
    """One cell of a table: what the row is about, which property, and what stands in the cell."""

    subject: str
    column: str
    cell: str
    is_matrix: bool
    is_named: bool = False

    @property
    def type(self) -> CellType:
        """How the cell reads."""
        text = self.cell.strip()
        if text in {"", "–", "-", "—", "…"}:
            return CellType.EMPTY
        if _NO.match(text):
            return CellType.NO
        if _YES.fullmatch(text):
            return CellType.YES
        return CellType.VALUE if _VALUE.match(text) else CellType.PHRASE


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one table, each with its facts by column (the label's column left out)."""

    rows: tuple[Source, ...]
    facts: tuple[tuple[Fact, ...], ...]


def tables(sources: Sequence[Source]) -> list[Table]:
    """Return the tables of one document: neighbouring rows under one header."""
    groups: list[list[Source]] = []
    for source in sources:
        if not source.cells:
            continue
        header = [cell.header for cell in source.cells]
        if groups and [cell.header for cell in groups[-1][-1].cells] == header and _is_next(groups[-1][-1], source):
            groups[-1].append(source)
        else:
            groups.append([source])
    return [Table(tuple(group), tuple(_facts(source) for source in group)) for group in groups]


def _is_next(one: Source, other: Source) -> bool:
    return other.statement.start - one.statement.end < 4 and one.statement.context == other.statement.context


def _facts(source: Source) -> tuple[Fact, ...]:
    label, *others = source.cells
    is_matrix = not label.header or sum(cell.header in _ENTITY_COLUMNS for cell in others) >= 2
    subject = " ".join(label.text.replace("**", "").split())
    if label.header and not is_matrix and _LOOSE.match(subject):
        subject = f"{label.header} {subject}"
    is_named = label.header in _NAMING
    return tuple(Fact(subject, cell.header, " ".join(cell.text.split()), is_matrix, is_named) for cell in others)


def templates(fact: Fact) -> list[str]:
    """Return sentence patterns that fit a fact: {r} is its subject, {c} the property, {v} the cell.

    Matrix tables name the subject in the column and the property in the row.
    """
    kind = fact.type
    if kind is CellType.EMPTY or fact.column.strip() in {"", "…"}:
        return []
    header = _property(fact)
    if not fact.is_matrix and header in BY_HEADER and kind in {CellType.VALUE, CellType.PHRASE}:
        return list(BY_HEADER[header])
    if kind in {CellType.YES, CellType.NO}:
        return _yes_or_no(header, kind)
    listed = ["{r}: {c} {v}.", "{c} for {r}: {v}.", "{r} – {c}: {v}."]
    if any(re.search(pattern, header) for pattern in NOT_NOUNS):
        return _clauses(header) or ["{r} – {c}: {v}."]
    if _PLURAL.search(header) and _COUNT.fullmatch(fact.cell):
        return ["{r} has {v} {c}.", "{r} comes with {v} {c}.", "{r}: {v} {c}.", "With {r}, the number of {c} is {v}."]
    if kind is CellType.PHRASE:
        return [
            *listed,
            f"For {{r}}, the {{c}} {'are' if _PLURAL.search(header) else 'is'} as follows: {{v}}.",
        ]
    is_are = "are" if _PLURAL.search(header) else "is"
    return [
        *listed[:2],
        f"The {{c}} for {{r}} {is_are} {{v}}.",
        f"For {{r}}, the {{c}} {is_are} {{v}}.",
        f"With {{r}}, the {{c}} {is_are} {{v}}.",
        f"When it comes to {{r}}, the {{c}} {is_are} {{v}}.",
    ]


def _clauses(header: str) -> list[str]:
    return next((list(found) for pattern, found in CLAUSES if re.search(pattern, header)), [])


def _yes_or_no(header: str, kind: CellType) -> list[str]:
    is_yes = kind is CellType.YES
    for pattern, yes, no in PREDICATES:
        if re.search(pattern, header):
            return list(yes if is_yes else no)
    if any(re.search(pattern, header) for pattern in NOT_NOUNS):
        return []
    verb = ("are" if is_yes else "are not") if _PLURAL.search(header) else ("is" if is_yes else "is not")
    if is_yes:
        return [
            f"The {{c}} {verb} available with {{r}}.",
            "{r} comes with {c}.",
            "With {r} you get {c}.",
            "{r}: {c} included.",
        ]
    return [
        f"The {{c}} {verb} available with {{r}}.",
        "{r} comes without {c}.",
        "There is no {c} with {r}.",
        "{r} has no {c}.",
    ]


def render(template: str, fact: Fact, vocabulary: Vocabulary) -> str:
    """Return a fact as a sentence."""
    unit = _UNIT_NOTE.search(_column(fact))
    value = fact.cell + (f" {unit['unit']}" if unit and re.fullmatch(r"[\d.,]+", fact.cell) else "")
    return as_sentence(
        template.format(r=subject(fact, vocabulary), c=noun(fact, vocabulary), v=inline(value, vocabulary))
    )


def inline(value: str, vocabulary: Vocabulary) -> str:
    """Return a cell as it reads within a sentence."""
    return vocabulary.lowered(value).rstrip(".").replace("**", "")


def noun(fact: Fact, vocabulary: Vocabulary) -> str:
    """Return the property as it reads within a sentence."""
    return vocabulary.lowered_label(_bracketed(_UNIT_NOTE.sub("", _column(fact)).rstrip(":?")))


def subject(fact: Fact, vocabulary: Vocabulary) -> str:
    """Return what the fact is about as it reads within a sentence."""
    label = _bracketed(fact.column if fact.is_matrix else fact.subject)
    return label if fact.is_matrix or fact.is_named else vocabulary.lowered_label(label)


def _bracketed(label: str) -> str:
    """ "Running time, quiet" reads better as "running time (quiet)"."""
    head, comma, tail = label.partition(", ")
    return f"{head} ({tail})" if comma and "(" not in label else label


def _column(fact: Fact) -> str:
    return fact.subject if fact.is_matrix else fact.column


def _property(fact: Fact) -> str:
    return _UNIT_NOTE.sub("", _column(fact)).strip()


def paired(one: Fact, other: Fact, vocabulary: Vocabulary, rng: random.Random) -> str | None:
    """Return one sentence on the same property of two subjects, or on two properties of one subject."""
    if CellType.VALUE not in {one.type} or other.type is not CellType.VALUE:
        return None
    if any(re.search(pattern, _property(fact)) for fact in (one, other) for pattern in NOT_NOUNS):
        return None
    first, second = inline(one.cell, vocabulary), inline(other.cell, vocabulary)
    subjects = subject(one, vocabulary), subject(other, vocabulary)
    nouns = noun(one, vocabulary), noun(other, vocabulary)
    if "," in first + second:
        return None
    if nouns[0] == nouns[1]:
        pattern = rng.choice((
            "The {n} is {a} for {r} and {b} for {s}.",
            "{r} has a {n} of {a}, while {s} has {b}.",
            "For {r} the {n} is {a}, for {s} it is {b}.",
            "{n}: {a} for {r}, {b} for {s}.",
        ))  # fmt: skip
        return as_sentence(pattern.format(n=nouns[0], a=first, b=second, r=subjects[0], s=subjects[1]))
    if subjects[0] != subjects[1]:
        return None
    pattern = rng.choice((
        "For {r}, the {n} is {a} and the {m} is {b}.",
        "{r}: {n} {a}, {m} {b}.",
        "{r} has a {n} of {a} and a {m} of {b}.",
    ))  # fmt: skip
    return as_sentence(pattern.format(r=subjects[0], n=nouns[0], m=nouns[1], a=first, b=second))
