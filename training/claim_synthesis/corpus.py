"""All documents of one run, with what claims draw on: vocabulary, sibling names, values, foreign statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from claim_synthesis.foreign import content, details, is_portable
from claim_synthesis.names import name_groups
from claim_synthesis.rows import Table, tables
from claim_synthesis.sources import Document, Source, sources
from claim_synthesis.wording import Vocabulary
from groundwire.documents.blocks import plain
from groundwire.values import Kind, Relation, Value, compare, find_values

_LONGEST_FOREIGN = 20


@dataclass
class Organisation:
    """What is known of one organisation: its statements in running text, its tables, its names."""

    name: str
    prose: list[Source] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    groups: list[tuple[str, ...]] = field(default_factory=list)
    index: list[tuple[frozenset[str], Source]] = field(default_factory=list)
    foreign: list[Source] = field(default_factory=list)
    details: list[str] = field(default_factory=list)
    words: frozenset[str] = frozenset()

    def states(self, text: str, rests_on: Sequence[Source]) -> bool:
        """Whether another statement holds nearly all words of a text and values equal to its values."""
        words, values = content(text), find_values(text)
        return any(
            len(words & known) >= 0.9 * len(words) and source not in rests_on and _holds(source, values)
            for known, source in self.index
        )


def _holds(source: Source, values: Sequence[Value]) -> bool:
    return all(any(compare(value, fact) is Relation.EQUAL for fact in source.values) for value in values)


@dataclass
class Corpus:
    """The documents by organisation, in the order they were given."""

    documents: list[Document]
    vocabulary: Vocabulary
    organisations: dict[str, Organisation]
    prose: dict[str, list[Source]]
    rows: dict[str, list[Table]]
    values: dict[str, list[Value]]

    def organisation_of(self, document: Document) -> Organisation:
        """Return the organisation that wrote a document."""
        return self.organisations[document.organisation]


def build_corpus(documents: Sequence[Document]) -> Corpus:
    """Read all documents; statements that stand in several documents are taken once."""
    vocabulary = Vocabulary(plain(document.text) for document in documents)
    organisations: dict[str, Organisation] = {}
    prose: dict[str, list[Source]] = defaultdict(list)
    rows: dict[str, list[Table]] = {}
    values: dict[str, list[Value]] = {}
    seen: set[tuple[str, str]] = set()
    for document in documents:
        own = organisations.setdefault(document.organisation, Organisation(document.organisation))
        found = sources(document)
        for source in found:
            key = (document.organisation, source.text)
            if not source.cells and key not in seen:
                seen.add(key)
                prose[document.doc_id].append(source)
        rows[document.doc_id] = tables(found)
        values[document.doc_id] = _values(found)
        own.prose += prose[document.doc_id]
        own.tables += rows[document.doc_id]
        own.index += [(content(source.text), source) for source in found]
    _introduce(organisations)
    return Corpus(list(documents), vocabulary, organisations, prose, rows, values)


def _values(found: Sequence[Source]) -> list[Value]:
    values = [value for source in found for value in find_values(source.text) if value.kind is not Kind.IDENTIFIER]
    return list({(value.kind, value.unit, value.low, value.high, value.literal): value for value in values}.values())


def _introduce(organisations: dict[str, Organisation]) -> None:
    """Give each organisation the statements and circumstances of all others."""
    for own in organisations.values():
        own.groups = name_groups(own.tables)
        others = [source for other in organisations.values() if other is not own for source in other.prose]
        own.foreign = [source for source in others if is_portable(source, _LONGEST_FOREIGN)]
        own.details = details(others)
        own.words = frozenset().union(*(known for known, _ in own.index))
