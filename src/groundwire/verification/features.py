"""What is measured about a claim and its evidence: the numbers the verdict rests on."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from groundwire.domain import Claim, Hit, Question
from groundwire.values import find_values
from groundwire.verification.alignment import Floats, WordVectors, similarities, union
from groundwire.verification.binding import Binder, Binding, Bond, rarity
from groundwire.verification.entailment import Judgement
from groundwire.verification.polarity import Polarity, opposites, polarity
from groundwire.verification.premise import claim_text, telling
from groundwire.verification.selection import Wanted, wanted
from groundwire.verification.units import Reading, read_hits
from groundwire.verification.words import Word, content_words, stems

# How many of the chosen statements are aligned word by word, and how many of the best decide together.
ALIGNED = 4
_DECISIVE = 3
_UNSEEN = 1.0
_WEAK = 0.6


# Chooses among readings: returns the places of those worth reading, most telling first.
Choice = Callable[[Sequence[Reading], Wanted], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A statement that may decide the claim, with its lexical cover of the claim (0 to 1) and its alignment."""

    reading: Reading
    cover: float
    alignment: Floats
    cosine: float
    score: float


@dataclass(frozen=True, slots=True)
class Preparation:
    """A claim with everything that can be found without a model: what to align, and the bindings of its values."""

    claim: Claim
    hits: Sequence[Hit]
    asked: str
    said: tuple[str, ...]
    words: tuple[Word, ...]
    weights: Floats
    chosen: tuple[Reading, ...]
    covers: tuple[float, ...]
    bindings: tuple[Binding, ...]
    seen: frozenset[str]


def prepare(claim: Claim, hits: Sequence[Hit], question: Question, choose: Choice) -> Preparation:
    """Read the hits, choose the statements worth reading and bind the claim's values."""
    readings = telling(read_hits(hits), question)
    users = tuple(turn.content for turn in question.turns if turn.role == "user")
    asked = "\n".join((*users[-1:], claim.context))
    words = content_words(claim.text)
    rare = rarity(readings)
    weights = np.array([rare.get(word.stem, _UNSEEN) for word in words], dtype=np.float32)
    want = wanted(claim_text(claim, question), claim.text, asked, find_values(claim.text), rare)
    places = choose(readings, want)
    chosen = tuple(readings[place] for place in places)
    return Preparation(
        claim=claim,
        hits=hits,
        asked=asked,
        said=users,
        words=words,
        weights=weights,
        chosen=chosen,
        covers=tuple(_cover(reading, words, weights) for reading in chosen),
        bindings=tuple(Binder(readings, asked, users, places).bind(claim.text)),
        seen=frozenset().union(*(reading.stems | reading.around for reading in readings)),
    )


def align(prepared: Preparation, vectors: Mapping[str, WordVectors]) -> list[Candidate]:
    """Return the first chosen statements with their alignment, the one that carries the claim best first."""
    mine = vectors[prepared.claim.text]
    total = max(float(prepared.weights.sum()), 1e-6)
    candidates = []
    for reading, cover in zip(prepared.chosen[:ALIGNED], prepared.covers, strict=False):
        theirs = vectors[reading.rendered]
        alignment = similarities(mine, theirs)
        for row, word in enumerate(prepared.words):
            if word.stem in reading.around:
                alignment[row] = max(alignment[row], 0.9)
        cosine = float(mine.mean @ theirs.mean)
        score = float((alignment * prepared.weights).sum()) / total + 0.5 * cosine
        candidates.append(Candidate(reading, cover, alignment, cosine, score))
    return sorted(candidates, key=lambda candidate: -candidate.score)


def features(prepared: Preparation, candidates: Sequence[Candidate], judgement: Judgement) -> dict[str, float]:
    """Return the named numbers of one claim; the names are the model's columns."""
    return {
        **_entailing(judgement),
        **_retrieval(prepared.hits),
        **_carrying(prepared, candidates),
        **_values(prepared.bindings),
        **_turning(prepared, candidates),
    }


def _entailing(judgement: Judgement) -> dict[str, float]:
    supported, contradicted, unsupported = judgement.logits
    highest = max(judgement.logits)
    total = sum(math.exp(logit - highest) for logit in judgement.logits)
    return {
        "entailed": supported - max(contradicted, unsupported),
        "entail_supported": math.exp(supported - highest) / total,
        "entail_contradicted": math.exp(contradicted - highest) / total,
        "wrong_word": judgement.worst,
    }


def _retrieval(hits: Sequence[Hit]) -> dict[str, float]:
    similar = [*sorted((hit.similarity for hit in hits), reverse=True), 0.0, 0.0]
    return {"similarity_first": similar[0], "similarity_second": similar[1]}


def _carrying(prepared: Preparation, candidates: Sequence[Candidate]) -> dict[str, float]:
    count = len(prepared.words)
    weights = prepared.weights
    best = candidates[0].alignment if candidates else np.zeros(count, dtype=np.float32)
    together = union([candidate.alignment for candidate in candidates[:_DECISIVE]], count)
    everything = union([candidate.alignment for candidate in candidates], count)
    around = [word.stem in prepared.seen for word in prepared.words]
    names = [word for word in prepared.words if word.is_name]
    asked = stems(prepared.asked)
    said = stems("\n".join(prepared.said))
    return {
        "cover_best": candidates[0].cover if candidates else 0.0,
        "cover_most": max((candidate.cover for candidate in candidates), default=0.0),
        "align_best_mean": _mean(best, weights),
        "align_best_low": _lowest(best, 0),
        "align_best_second": _lowest(best, 1),
        "align_union_mean": _mean(together, weights),
        "align_union_low": _lowest(together, 0),
        "align_union_second": _lowest(together, 1),
        "align_all_mean": _mean(everything, weights),
        "align_all_low": _lowest(everything, 0),
        "weak_share": float((weights * (together < _WEAK)).sum() / max(float(weights.sum()), 1e-6)),
        "cosine_best": candidates[0].cosine if candidates else 0.0,
        "cosine_most": max((candidate.cosine for candidate in candidates), default=0.0),
        "score_gap": candidates[0].score - candidates[1].score if len(candidates) > 1 else 0.0,
        "asked_cover": _share(asked, candidates[0].reading.stems | candidates[0].reading.around) if candidates else 0.0,
        "said_cover": _share(frozenset(word.stem for word in prepared.words), said),
        "back_cover": _share(candidates[0].reading.stems, stems(prepared.claim.text) | asked) if candidates else 0.0,
        "unseen_share": 1.0 - sum(around) / count if count else 0.0,
        "unseen_names": float(sum(word.stem not in prepared.seen and word.stem not in said for word in names)),
        "words": math.log1p(count),
        "is_row": float(bool(candidates and candidates[0].reading.statement.cells)),
    }


def _values(bindings: Sequence[Binding]) -> dict[str, float]:
    counts = {bond: 0.0 for bond in Bond}
    for binding in bindings:
        counts[binding.bond] += 1
    judged = [binding for binding in bindings if binding.bond in {Bond.EQUAL, Bond.ELSEWHERE, Bond.DIFFERENT}]
    against = [binding.fit for binding in judged if binding.bond is not Bond.EQUAL]
    return {
        "values": float(len(bindings)),
        **{f"values_{bond.value}": count for bond, count in counts.items()},
        "values_sure": float(sum(binding.is_sure for binding in judged)),
        "values_refuted": float(sum(binding.is_sure and binding.bond is not Bond.EQUAL for binding in judged)),
        "values_named": float(sum(binding.is_named for binding in judged)),
        "margin_low": min((binding.margin for binding in judged), default=0.0),
        "fit_equal_low": min((binding.fit for binding in judged if binding.bond is Bond.EQUAL), default=0.0),
        "fit_against": max(against, default=0.0),
    }


def _turning(prepared: Preparation, candidates: Sequence[Candidate]) -> dict[str, float]:
    claim = polarity(prepared.claim.text)
    near = [candidate.reading.polarity for candidate in candidates[:_DECISIVE]]
    best = near[0] if near else Polarity(0, frozenset(), frozenset())
    numbers = {
        "negations": float(claim.negations),
        "negations_best": float(best.negations),
        "negation_differs": float((claim.negations > 0) != (best.negations > 0)),
        "negation_differs_all": float(all((claim.negations > 0) != (other.negations > 0) for other in near)),
        "opposites": float(len(opposites(claim, best))),
        "opposites_low": float(min((len(opposites(claim, other)) for other in near), default=0)),
    }
    for cue in CUES:
        numbers[f"{cue}_added"] = float(cue in claim.cues and cue not in best.cues)
        numbers[f"{cue}_dropped"] = float(cue in best.cues and cue not in claim.cues)
    return numbers


CUES = ("permission", "duty", "only", "all", "some", "condition", "alternative", "automatic")


def _cover(reading: Reading, words: Sequence[Word], weights: Floats) -> float:
    total = float(weights.sum())
    if total <= 0:
        return 0.0
    carried = sum(
        float(weight) * (1.0 if word.stem in reading.stems else 0.8 if word.stem in reading.around else 0.0)
        for word, weight in zip(words, weights, strict=True)
    )
    return carried / total


def _share(part: frozenset[str], whole: frozenset[str]) -> float:
    return len(part & whole) / len(part) if part else 0.0


def _mean(alignment: Floats, weights: Floats) -> float:
    total = float(weights.sum())
    return float((alignment * weights).sum()) / total if total > 0 else 1.0


def _lowest(alignment: Floats, place: int) -> float:
    return float(np.sort(alignment)[place]) if len(alignment) > place else 1.0
