"""Finds evidence for claims: in the knowledge base, and in the documents and turns that came with the request."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from groundwire.documents.passages import cut
from groundwire.domain import Claim, Hit, Passage, Question, Source, SourceDocument
from groundwire.knowledge.fusion import DEPTH
from groundwire.protocols import Embedder, Query, Snapshot
from groundwire.verification.words import stems

QUESTION_WEIGHT = 0.3
_MOST_ATTACHED = 6
_CONTEXT_WEIGHT = 0.4
_ROLES = {
    "user": Source.CONVERSATION,
    "system": Source.SYSTEM,
    "developer": Source.SYSTEM,
    "tool": Source.TOOL_RESULTS,
    "function": Source.TOOL_RESULTS,
}


class FusedRetriever:
    """Searches the knowledge base for each claim and for the question, and adds what came with the request.

    Passages that came with the request are few and change every time, so they are ranked by shared words alone;
    embedding them would cost more than the whole check.
    """

    def __init__(self, embedder: Embedder, *, passages_per_claim: int = 8) -> None:
        self._embedder = embedder
        self._k = passages_per_claim

    def retrieve(
        self, claims: Sequence[Claim], question: Question, snapshot: Snapshot, sources: frozenset[Source]
    ) -> list[list[Hit]]:
        """Return the hits for each claim, in input order, best first."""
        attached = attached_hits(claims, question, sources)
        found: list[list[Hit]] = [[] for _ in claims]
        if Source.KNOWLEDGE_BASE in sources and not snapshot.is_empty:
            found = self._search(claims, question, snapshot)
        return [[*beside, *hits] for beside, hits in zip(attached, found, strict=True)]

    def _search(self, claims: Sequence[Claim], question: Question, snapshot: Snapshot) -> list[list[Hit]]:
        asked = next((turn.content for turn in reversed(question.turns) if turn.role == "user"), "").strip()
        texts = [f"{claim.context}\n{claim.text}".strip() for claim in claims]
        vectors = self._embedder.embed_queries([*texts, asked] if asked else texts)
        queries = [
            Query(text, vector, claim.text if claim.context else "")
            for text, vector, claim in zip(texts, vectors, claims, strict=False)
        ]
        if asked:
            queries.append(Query(asked, vectors[-1]))
        hits = snapshot.search(queries, max(self._k, DEPTH))
        about = hits.pop() if asked else []
        return [_merged(found, about, self._k) for found in hits]


def attachments(question: Question, sources: frozenset[Source]) -> list[SourceDocument]:
    """Return the documents and turns of a request that count as evidence; the assistant's own words never do."""
    turns = [
        SourceDocument(f"{_ROLES[turn.role].value}:{position}", "", turn.content, _ROLES[turn.role])
        for position, turn in enumerate(question.turns)
        if turn.role in _ROLES and turn.content.strip()
    ]
    return [document for document in (*question.documents, *turns) if document.source in sources]


def attached_hits(claims: Sequence[Claim], question: Question, sources: frozenset[Source]) -> list[list[Hit]]:
    """Return, for each claim, the passages beside the request that share most of its words, rare ones first."""
    attached = [passage for document in attachments(question, sources) for passage in split(document)]
    carried = [passage_stems(passage) for passage in attached]
    counts = Counter(stem for one in carried for stem in one)
    rarity = {stem: math.log(1 + len(attached) / count) for stem, count in counts.items()}
    return [_ranked(attached, carried, rarity, claim) for claim in claims]


def _ranked(
    attached: Sequence[Passage], carried: Sequence[frozenset[str]], rarity: Mapping[str, float], claim: Claim
) -> list[Hit]:
    mine = stems(claim.text)
    weights = {stem: rarity[stem] for stem in mine if stem in rarity}
    weights |= {stem: _CONTEXT_WEIGHT * rarity[stem] for stem in stems(claim.context) - mine if stem in rarity}
    total = sum(weights.values()) or 1.0
    scored = []
    for passage, found in zip(attached, carried, strict=True):
        share = sum(weight for stem, weight in weights.items() if stem in found) / total
        if share > 0 or len(attached) <= _MOST_ATTACHED:
            scored.append(Hit(passage, share, share))
    return sorted(scored, key=lambda hit: -hit.score)[:_MOST_ATTACHED]


@lru_cache(maxsize=4096)
def passage_stems(passage: Passage) -> frozenset[str]:
    """Return the stems of a passage and of what stands above it."""
    return stems(passage.text) | stems(" ".join((passage.title, passage.lead, *passage.headings)))


@lru_cache(maxsize=512)
def split(document: SourceDocument) -> tuple[Passage, ...]:
    """Cut an attached document into passages."""
    return tuple(
        Passage(
            id=-1 - position,
            document_id=document.id,
            version=1,
            title=document.title,
            text=document.text[piece.start : piece.end],
            start=piece.start,
            end=piece.end,
            headings=piece.headings,
            lead=piece.lead,
            source=document.source,
        )
        for position, piece in enumerate(cut(document.text))
    )


def _merged(found: Sequence[Hit], about: Sequence[Hit], k: int) -> list[Hit]:
    """Add what the question found to what the claim found; a passage found by both rises."""
    scores = {hit.passage.id: hit.score for hit in found}
    for hit in about:
        scores[hit.passage.id] = scores.get(hit.passage.id, 0.0) + QUESTION_WEIGHT * hit.score
    by_id = {hit.passage.id: hit for hit in (*about, *found)}
    best = sorted(scores, key=lambda number: -scores[number])[:k]
    return [Hit(by_id[number].passage, scores[number], by_id[number].similarity) for number in best]
