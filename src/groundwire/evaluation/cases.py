"""The labelled answers that a check is measured on, whatever format they were read from."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from groundwire.domain import Label, Question


class Format(StrEnum):
    """The formats that labelled answers come in."""

    KNOWLEDGE_BASE = "kbqa"
    GIVEN_CONTEXT = "given_context"
    RAGTRUTH = "ragtruth"
    PAIRS = "nli_pairs"


@dataclass(frozen=True, slots=True)
class Quote:
    """The words of a document that decide a claim, as a person found them."""

    document_id: str
    text: str


@dataclass(frozen=True, slots=True)
class LabelledClaim:
    """A claim as a person judged it: `answer[start:end]`; `label` is None where it asserts nothing."""

    text: str
    start: int
    end: int
    label: Label | None
    kind: str = ""
    quotes: tuple[Quote, ...] = ()

    @property
    def is_bad(self) -> bool:
        """Whether the documents do not carry it."""
        return self.label in {Label.CONTRADICTED, Label.UNSUPPORTED}


@dataclass(frozen=True, slots=True)
class MarkedSpan:
    """Characters of an answer that a person marked as not carried by the evidence: `answer[start:end]`."""

    start: int
    end: int
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled answer.

    `question` carries the conversation and, outside of knowledge-base mode, the evidence. `knowledge_base` names the
    documents it rests on, or is empty. `spans` is None where nobody marked any. `kinds` says what is wrong, or what
    the label was. With `is_one_claim` the answer is judged as a whole, without being split.
    """

    id: str
    place: str
    answer: str
    is_bad: bool
    question: Question = field(default_factory=Question)
    knowledge_base: str = ""
    claims: tuple[LabelledClaim, ...] = ()
    spans: tuple[MarkedSpan, ...] | None = None
    kinds: tuple[str, ...] = ()
    source: str = ""
    task: str = ""
    is_one_claim: bool = False


@dataclass(frozen=True, slots=True)
class LabelledFile:
    """The cases of one file or folder."""

    name: str
    format: Format
    cases: tuple[Case, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """The sets its cases were taken from, in order of appearance."""
        return tuple(dict.fromkeys(case.source for case in self.cases if case.source))
