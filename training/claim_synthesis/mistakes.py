"""Realistic mistakes made in a faithful claim."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from claim_synthesis.corpus import Corpus, Organisation
from claim_synthesis.drafts import Draft
from claim_synthesis.figures import Mistake, exchanged, perturbed, swapped
from claim_synthesis.foreign import adapted, conditions, content, joined, nearest, with_detail
from claim_synthesis.logic import mistakes_of, negations
from claim_synthesis.names import renamed
from claim_synthesis.rewording import split_clauses
from claim_synthesis.rows import CellType, Fact, render, templates
from claim_synthesis.sources import Source
from claim_synthesis.wording import as_sentence, without_stop, word_count
from groundwire.values import Relation, compare, find_values

# How often each kind is wanted, relative to the others; the rarest against this is taken first.
WANTED = {
    "numeric": 10, "swap": 12, "date": 6, "entity": 9, "negation": 9, "condition": 9, "scope": 8, "modality": 7,
    "direction": 6, "combination": 7, "fabricated": 10,
}  # fmt: skip
_KINDS_BY_TABLE = ("condition", "scope", "modality", "direction")
_WEAKENED = 0.25
_CONDITIONED = 0.1
_SHORT = 13
_ACTS = re.compile(
    r"\b(?:can|may|must|get|gets|receives?|send|sent|pay|paid|book|booked|request|apply|cancel|cancelled|report|"
    r"return|returned|delivered|refund|refunded|charged|available|change|changed|ask|register|replaced|checked|use|"
    r"used)\b"
)
_MOST_SHARED = 0.5
_DENIES = re.compile(r"\b(?:not|no|never|cannot|none)\b|n't\b", re.IGNORECASE)


class Mistaker:
    """Makes mistakes, keeping the kinds in proportion over a whole run."""

    def __init__(self, corpus: Corpus, rng: random.Random) -> None:
        self._corpus = corpus
        self._rng = rng
        self._made: Counter[str] = Counter()

    def of(self, draft: Draft, most: int) -> list[Mistake]:
        """Return up to `most` mistakes of different kinds."""
        own = self._corpus.organisation_of(draft.sources[0].document)
        found = [mistake for mistake in self._all(draft, own) if self._is_good(mistake, draft, own)]
        self._rng.shuffle(found)
        chosen: list[Mistake] = []
        for mistake in sorted(found, key=lambda mistake: self._made[mistake.kind] / WANTED[mistake.kind]):
            if len(chosen) < most and all(mistake.kind != other.kind for other in chosen):
                chosen.append(mistake)
        self._made.update(mistake.kind for mistake in chosen)
        return chosen

    def _all(self, draft: Draft, own: Organisation) -> Iterator[Mistake]:
        rng, text = self._rng, draft.text
        facts = [value for source in draft.sources for value in source.values]
        pool = self._corpus.values[draft.sources[0].document.doc_id]
        yield from perturbed(text, facts, rng)
        yield from exchanged(text, facts)
        if draft.place:
            yield from self._in_table(draft)
        elif draft.kind != "table_pair":
            yield from swapped(text, facts, pool, rng)
            yield from renamed(text, own.groups, rng)
            yield from negations(text, rng)
            yield from self._by_table(text)
            yield from self._crossed(draft)
        yield from self._invented(draft, own, facts=facts_text(draft))

    def _by_table(self, text: str) -> Iterator[Mistake]:
        for kind in _KINDS_BY_TABLE:
            yield from mistakes_of(kind, text, self._rng)
        for mistake in mistakes_of("overstated", text, self._rng):
            yield Mistake(mistake.text, "scope", mistake.label)
        if self._rng.random() < _WEAKENED:
            for mistake in mistakes_of("weakened", text, self._rng):
                yield Mistake(mistake.text, "condition", mistake.label)

    def _in_table(self, draft: Draft) -> Iterator[Mistake]:
        """The figure of a sibling row or column, or the sibling's name on this figure."""
        place = draft.place
        if place is None:
            return
        fact = place.table.facts[place.row][place.column]
        rows = [facts[place.column] for facts in place.table.facts if place.column < len(facts)]
        columns = list(place.table.facts[place.row])
        for other in self._rng.sample(rows, len(rows)):
            if not _differs(fact, other):
                continue
            yield self._told(place.template, fact, other.cell, "swap")
            if other.subject != fact.subject:
                yield self._told(place.template, other, fact.cell, "entity")
            break
        for other in self._rng.sample(columns, len(columns)):
            if (
                other.column != fact.column
                and _differs(fact, other)
                and other.type is fact.type is CellType.VALUE
                and _is_alike(fact, other)
            ):
                yield self._told(place.template, fact, other.cell, "swap")
                break
        if fact.type in {CellType.YES, CellType.NO}:
            flipped = replace(fact, cell="no" if fact.type is CellType.YES else "yes")
            if patterns := templates(flipped):
                yield Mistake(render(self._rng.choice(patterns), flipped, self._corpus.vocabulary), "negation")

    def _told(self, template: str, fact: Fact, cell: str, kind: str) -> Mistake:
        wrong = replace(fact, cell=cell)
        patterns = templates(wrong)
        pattern = template if template in patterns or not patterns else self._rng.choice(patterns)
        return Mistake(render(pattern, wrong, self._corpus.vocabulary), kind)

    def _crossed(self, draft: Draft) -> Iterator[Mistake]:
        """The condition of one statement with the consequence of a sibling."""
        match = re.match(
            r"(?P<condition>(?:If|When|For|On|In|With|After) [^,;]{6,90}), (?P<rest>[^;]{12,})\.$", draft.text
        )
        if not match:
            return
        source = draft.sources[0]
        siblings = [other.text for other in self._near(draft) if _is_sibling(other, source, draft)]
        if siblings:
            other = self._rng.choice(siblings)
            text = f"{match['condition']}, {self._corpus.vocabulary.lowered(other)}"
            yield Mistake(text, "combination", "unsupported")

    def _invented(self, draft: Draft, own: Organisation, facts: str) -> Iterator[Mistake]:
        rng, is_prose = self._rng, not draft.sources[0].cells
        if (
            is_prose
            and _ACTS.search(draft.text)
            and not _DENIES.search(draft.text)
            and (detailed := with_detail(draft.text, own.details, facts, rng))
        ):
            yield Mistake(detailed, "fabricated", "unsupported")
        short = split_clauses(draft.text)
        if word_count(short) <= _SHORT and not re.search(r"[;:?!]| – ", short):
            likely = self._likely(own)
            addition = adapted(likely, own.name) if likely else ""
            if addition and len(content(addition) & content(facts)) < 4:
                yield Mistake(joined(short, addition, rng, self._corpus.vocabulary), "fabricated", "unsupported")
        is_bare = not re.search(r"\b(?:if|unless|when|only|once|until)\b|[;:]|, ", draft.text)
        if is_prose and is_bare and rng.random() < _CONDITIONED and (clauses := list(conditions(self._near(draft)))):
            text = without_stop(draft.text) + f", but only if {rng.choice(clauses)}."
            yield Mistake(text, "condition", "unsupported")

    def _near(self, draft: Draft) -> list[Source]:
        return self._corpus.prose[draft.sources[0].document.doc_id]

    def _likely(self, own: Organisation) -> Source | None:
        """A short foreign statement whose words this organisation uses as well."""
        some = [
            source
            for source in self._rng.sample(own.foreign, min(40, len(own.foreign)))
            if word_count(source.text) <= _SHORT
        ]
        some = [source for source in some if not re.match(r"(?:If|In|For)\b", source.text)]
        return max(some[:8], key=lambda source: _share(content(source.text), own.words), default=None)

    def _is_good(self, mistake: Mistake, draft: Draft, own: Organisation) -> bool:
        if not _keeps_labels(mistake, draft):
            return False
        if mistake.text == draft.text or not 3 <= word_count(mistake.text) <= 48:
            return False
        if re.search(r"\b(\w+) \1\b|\bnot not\b|n't not\b|  | ,", mistake.text) and mistake.text.count("  ") == 0:
            return re.search(r"\b(\w+) \1\b", draft.text) is not None
        if mistake.kind in {"entity", "swap"} and not draft.place:
            return not own.states(mistake.text, draft.sources)
        return True

    def out_of_kb(self, source: Source, own: Organisation) -> tuple[str, Source] | None:
        """Return a foreign statement as this organisation's, with the own statement nearest to it; None where it "
        "holds."""
        text = as_sentence(adapted(source, own.name))
        share, closest = nearest(text, own.index)
        return (text, closest) if share < _MOST_SHARED else None


def facts_text(draft: Draft) -> str:
    """Return all that a claim's sources say, in running text."""
    return " ".join((draft.text, *(source.text for source in draft.sources)))


def _keeps_labels(mistake: Mistake, draft: Draft) -> bool:
    """Whether the figures of a row's label stand as they were: another label is another row, not a mistake."""
    if mistake.kind not in {"numeric", "date", "combination"}:
        return True
    labels = [source.cells[0].text for source in draft.sources if source.cells]
    wanted = [number for label in labels for number in re.findall(r"\d+", label)]
    before, after = re.findall(r"\d+", draft.text), re.findall(r"\d+", mistake.text)
    if mistake.kind == "combination":
        return not wanted
    return all(before.count(number) <= after.count(number) for number in wanted)


def _is_sibling(other: Source, source: Source, draft: Draft) -> bool:
    """Whether a statement is a short plain rule under the same heading."""
    is_near = other not in draft.sources and other.statement.context[:1] == source.statement.context[:1]
    is_plain = re.match(r"(?:We|You|The|A|An) ", other.text) and not re.search(
        r"\b(?:if|only|when|for|also)\b|[;:]", other.text
    )
    return is_near and bool(is_plain) and not other.is_pointing and word_count(other.text) <= _SHORT


def _share(words: frozenset[str], known: frozenset[str]) -> float:
    return len(words & known) / max(1, len(words))


def _is_alike(fact: Fact, other: Fact) -> bool:
    kinds = [[(value.kind, value.unit) for value in find_values(one.cell)] for one in (fact, other)]
    return kinds[0] == kinds[1]


def _differs(fact: Fact, other: Fact) -> bool:
    """Whether two cells say different things: no value in common, not the one a part of the other."""
    mine, theirs = fact.cell.lower(), other.cell.lower()
    if other.type is CellType.EMPTY or mine in theirs or theirs in mine:
        return False
    same = {Relation.EQUAL, Relation.COMPATIBLE}
    values, others = find_values(fact.cell), find_values(other.cell)
    return not any(compare(one, two) in same for one in others for two in values)
