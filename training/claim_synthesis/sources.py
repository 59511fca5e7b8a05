"""Reads documents and picks the statements that claims are made from."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from groundwire.documents.blocks import plain
from groundwire.documents.statements import Cell, Statement, statements
from groundwire.domain import Passage
from groundwire.values import Value, find_values

MIN_WORDS = 6
MAX_WORDS = 45
# Fictional names by the part of a document id before the colon; a document with a `domain` names its agency.
ORGANISATIONS = {
    "airline": "Veltrane", "clinic": "Corriswell", "car": "Calvane", "electronics": "Ostrel", "energy": "Brackwell",
    "logistics": "Corvane", "hr": "Brackwell Lindqvist", "university": "Harrowmere", "saas": "Plinthory",
    "retail": "Nordkante", "telecom": "Tolvane", "insurance": "Pellworth", "dmv": "the DMV", "ssa": "Social Security",
    "va": "VA", "studentaid": "Federal Student Aid",
}  # fmt: skip
_MARKER = re.compile(r"\s?\[\d{1,3} ?\]")
_SPACED = re.compile(r" +([,;:.!?)])|(\() +")
_DASHED = re.compile(r"(?<=\w) ?- ?(?=\w)(?<! - )|(?<=[a-z]) - (?=[a-z])|(?<=\d) - (?=\d)")
_ELIDED = re.compile(r"\b(\w+) (ll|re|ve)\b(?! \.)")
_NOT = re.compile(r"\b(don|won|can|isn|aren|doesn|didn|haven|hasn|couldn|wouldn|shouldn|weren|wasn) t\b", re.IGNORECASE)
_IS = re.compile(r"\b([Ii]t|[Tt]hat|[Ww]hat|[Tt]here|[Hh]e|[Ss]he) s\b")
_OWNED = re.compile(r"\b([a-z]{3,}[a-rt-z]|Education|Veteran|Department) s (?=[a-z])")
_POINTING = re.compile(
    r"(?:It|Its|They|Their|Them|This|These|That|Those|He|She|Such|Otherwise|Also|However|Then|Therefore|So|But|And|Or|"
    r"Here|There are two|Both|In (?:this|that|such|these)|To do (?:so|this)|After that|For example|Note|Nor|Either|"
    r"Even|If (?:so|not)|Yes|No,|Specifically|Instead|Each of|Some of|All of|One of|Same|Likewise|The (?:following|"
    r"same|other|latter))\b"
)
_UNFIT = re.compile(
    r"https?:|www\.|\.(?:gov|com|org)\b|@|\?|\bPDF\b|share link|Learn more|Find out|Read (?:more|the|our)|See |Select|"
    r"\[|\]|\||#|\b(?:below|above|the following|as follows|click)\b|example\b|I\b|/ |[a-z][A-Z]|\b[a-z]+:\s*[A-Z]|"
    r"\b(?:my|me|myself)\b|  |\\\\|…| - |\" \w[^\"]* \"|"
    r"^[A-Z]\. |[a-z]-[A-Z]|"
    # Two sentences of a web page run together without a mark between them.
    r"[a-z)] (?:An?|If|You|The|Your|We|This|These|Find|Get|How|What|When|Use|Work|Learn|Call|Contact|Apply|Age|To) "
    r"[a-zA-Z]"
)
_LABEL = re.compile(r"^\*\*[^*\n]{2,60}\*\*[:.]?\s*|^__[^_\n]{2,60}__\s*")
_START = re.compile(r"[A-Z£€$\d\"]")
_FINITE = re.compile(
    r"\b(?:is|are|was|were|be|been|am|can|cannot|can't|may|must|will|won't|should|shall|need|needs|has|have|had|do|"
    r"does|"
    r"don't|doesn't|isn't|aren't|you|we|we'll|you'll|\w+ed|includes?|costs?|takes?|gets?|gives?|keeps?|counts?|ends?|"
    r"begins?|starts?|applies|apply|covers?|receives?|runs?|pays?|works?|means?|comes?|goes|go|stays?|lasts?|"
    r"expires?)\b"
)


@dataclass(frozen=True, slots=True)
class Document:
    """A document with the name of its knowledge base and of the organisation that wrote it."""

    kb: str
    doc_id: str
    title: str
    text: str
    organisation: str


@dataclass(frozen=True)
class Source:
    """A statement fit to make claims from: its place in the document and its wording in clean running text."""

    document: Document
    statement: Statement
    text: str

    @cached_property
    def values(self) -> list[Value]:
        """The values of the statement as it stands in the document, with those it leans on."""
        return find_values(plain(self.statement.text)) + find_values(self.text)

    @property
    def headings(self) -> list[str]:
        """What the statement leans on, outermost first."""
        return list(self.statement.context)

    @property
    def is_pointing(self) -> bool:
        """Whether its first words point back to what stands before it."""
        return bool(_POINTING.match(self.text) or _LABEL.match(self.statement.text))

    @property
    def cells(self) -> Sequence[Cell]:
        """The cells of a table row, the first being its label; empty for running text."""
        return self.statement.cells


def read_documents(kb: str, path: Path) -> list[Document]:
    """Return the documents of a file of gzipped JSON lines `{doc_id, title, text}`, optionally with `domain`."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    return [_document(kb, record) for record in records]


def _document(kb: str, record: dict[str, str]) -> Document:
    key = record.get("domain") or record["doc_id"].split(":")[0]
    return Document(kb, record["doc_id"], record["title"], record["text"], key)


def sources(document: Document) -> list[Source]:
    """Return the statements of a document that can be claims of their own, and its table rows, in reading order."""
    passage = Passage(0, document.doc_id, 1, document.title, document.text, 0, len(document.text))
    return list(_fit(document, statements(passage)))


def _fit(document: Document, found: Sequence[Statement]) -> Iterator[Source]:
    for statement in found:
        if statement.cells:
            yield Source(document, statement, plain(statement.text))
            continue
        text = clean(statement.text)
        if is_fit(text) and "\n" not in statement.text.strip():
            yield Source(document, statement, text)


def is_fit(text: str) -> bool:
    """Whether a text is one whole assertion of a usable length."""
    length = len(text.split())
    return (
        MIN_WORDS <= length <= MAX_WORDS
        and text.endswith(".")
        and bool(_START.match(text))
        and not _UNFIT.search(text)
        and bool(_FINITE.search(text))
        and text.count("(") == text.count(")")
        and text.count('"') % 2 == 0
        and text.count(":") <= 1
    )


def clean(text: str) -> str:
    """Return running text without Markdown, link marks, and the stray spaces that web pages leave in it."""
    text = plain(_LABEL.sub("", text))
    text = _MARKER.sub("", text)
    text = _SPACED.sub(lambda match: match[1] or match[2], text)
    text = _DASHED.sub("-", text)
    text = _ELIDED.sub(r"\1'\2", text)
    text = _NOT.sub(r"\1't", text)
    text = _IS.sub(r"\1's", text)
    text = _OWNED.sub(r"\1's ", text).replace("’", "'")
    return text[:1].upper() + text[1:]
