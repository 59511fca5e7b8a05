"""Faithful claims: statements and table rows in other words."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from claim_synthesis.conversions import converted
from claim_synthesis.corpus import Corpus
from claim_synthesis.foreign import joined
from claim_synthesis.rewording import reworded, split_clauses
from claim_synthesis.rows import CellType, Fact, Table, paired, render, templates
from claim_synthesis.sources import Document, Source, is_fit
from claim_synthesis.wording import as_sentence, word_count

_VERBATIM = 0.05
_CONVERTED = 0.55
_SPLIT = 0.3
_POINTING_KEPT = 0.3
_LONGEST_JOINED = 19
_SHORT_JOINED = 13
_MANY_DOCUMENTS = 100
_HALVES = re.compile(r"(?:; |, but |, and )")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a claim from a table stands: its table, row and column, and the pattern it was written by."""

    table: Table
    row: int
    column: int
    template: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A faithful claim and what it rests on."""

    text: str
    kind: str
    sources: tuple[Source, ...]
    place: Place | None = None


def drafts(corpus: Corpus, document: Document, rng: random.Random) -> list[Draft]:
    """Return faithful claims on one document; the fewer documents its knowledge base has, the more wordings of each."""
    prose, rows = corpus.prose[document.doc_id], corpus.rows[document.doc_id]
    is_small = sum(other.kb == document.kb for other in corpus.documents) < _MANY_DOCUMENTS
    found = [
        *_worded(prose, corpus, rng, wordings=5 if is_small else 2),
        *_merged(prose, corpus, rng, share=1.0 if is_small else 0.4),
        *(draft for table in rows for draft in _of_table(table, corpus, rng)),
    ]
    found += _joined(found, corpus, rng, share=0.22 if is_small else 0.16)
    return list({draft.text: draft for draft in found}.values())


def _worded(prose: Sequence[Source], corpus: Corpus, rng: random.Random, *, wordings: int) -> Iterator[Draft]:
    for source in prose:
        if source.is_pointing and rng.random() > _POINTING_KEPT:
            continue
        for _ in range(wordings):
            if draft := _reworded(source, corpus, rng):
                yield draft


def _reworded(source: Source, corpus: Corpus, rng: random.Random) -> Draft | None:
    if rng.random() < _VERBATIM:
        return Draft(source.text, "verbatim", (source,))
    text, kind = source.text, "reworded"
    if rng.random() < _SPLIT and _HALVES.search(text):
        half = _one_half(text, corpus, rng)
        text, kind = (half, "split") if half else (text, kind)
    text = reworded(text, rng, corpus.vocabulary, steps=rng.randint(1, 3)) or text
    if rng.random() < _CONVERTED and (other := converted(text, rng, share=0.6)):
        text, kind = other, "converted"
    return Draft(text, kind, (source,)) if text != source.text else None


def _one_half(text: str, corpus: Corpus, rng: random.Random) -> str | None:
    """Return the first or the second half of a sentence of two, where that half stands alone."""
    first = split_clauses(text)
    match = _HALVES.search(text)
    if not match or first == text or re.match(r"(?:If|When|Unless|Once|Although|While|As|For|In|On|No)\b", first):
        return None
    second = as_sentence(text[match.end() :])
    is_alone = re.match(r"(?:A|An|The|You|We|All|Each|Customers|There|If)\b", second) and second.count(",") < 2
    choices = [half for half in (first, second if is_alone else "") if half and is_fit(half)]
    return rng.choice(choices) if choices else None


def _merged(prose: Sequence[Source], corpus: Corpus, rng: random.Random, *, share: float) -> Iterator[Draft]:
    for one, other in pairwise(prose):
        is_near = one.statement.context == other.statement.context and other.statement.start - one.statement.end < 3
        lengths = [word_count(source.text) for source in (one, other)]
        if one.is_pointing or not is_near or max(lengths) > _LONGEST_JOINED or rng.random() > share:
            continue
        if (
            re.match(r"(?:If|In|For|So|But|However|Otherwise|Also)\b|[^,]*;", other.text)
            or ";" in one.text
            or ":" in one.text + other.text
        ):
            continue
        texts = [reworded(source.text, rng, corpus.vocabulary, steps=1) or source.text for source in (one, other)]
        yield Draft(joined(texts[0], texts[1], rng, corpus.vocabulary), "merged", (one, other))


def _joined(found: Sequence[Draft], corpus: Corpus, rng: random.Random, *, share: float) -> Iterator[Draft]:
    """Two short claims on one document as one."""
    short = [draft for draft in found if _is_joinable(draft)]
    for one in rng.sample(short, int(len(found) * share) if len(found) * share < len(short) else len(short)):
        other = rng.choice(short)
        is_prose = not other.sources[0].cells
        if other.sources[0] is not one.sources[0] and is_prose:
            text = joined(one.text, other.text, rng, corpus.vocabulary)
            yield Draft(text, "merged", (*one.sources, *other.sources))


def _is_joinable(draft: Draft) -> bool:
    is_plain = not re.search(r"[;:?!]| – ", draft.text) and len(draft.sources) == 1
    is_leading = not re.match(r"(?:If|In|For|So|But|However|Otherwise|Also|Please)\b", draft.text)
    return is_plain and is_leading and not draft.sources[0].is_pointing and word_count(draft.text) <= _SHORT_JOINED


def _of_table(table: Table, corpus: Corpus, rng: random.Random) -> Iterator[Draft]:
    for row, facts in enumerate(table.facts):
        for column, fact in enumerate(facts):
            patterns = templates(fact)
            for pattern in rng.sample(patterns, min(len(patterns), 1 + (fact.type is CellType.VALUE))):
                yield _row_draft(table, row, column, pattern, corpus, rng)
        yield from _pairs(table, row, corpus, rng)


def _row_draft(table: Table, row: int, column: int, pattern: str, corpus: Corpus, rng: random.Random) -> Draft:
    text = render(pattern, table.facts[row][column], corpus.vocabulary)
    kind = "table_row"
    if rng.random() < _CONVERTED / 2 and (other := converted(text, rng)):
        text, kind = other, "converted"
    return Draft(text, kind, (table.rows[row],), Place(table, row, column, pattern))


def _pairs(table: Table, row: int, corpus: Corpus, rng: random.Random) -> Iterator[Draft]:
    facts = table.facts[row]
    candidates: list[tuple[Fact, Fact, tuple[Source, ...]]] = [
        (one, other, (table.rows[row],)) for one, other in pairwise(facts)
    ]
    if row + 1 < len(table.facts):
        candidates += [
            (one, other, (table.rows[row], table.rows[row + 1]))
            for one, other in zip(facts, table.facts[row + 1], strict=False)
        ]
    rng.shuffle(candidates)
    for one, other, rests_on in candidates[:3]:
        if text := paired(one, other, corpus.vocabulary, rng):
            yield Draft(text, "table_pair", rests_on)
