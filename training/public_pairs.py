"""Pairs from the licence-clean public sets: sentence pairs, and answers against the context they were given."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pairs import CONTRADICTED, LABELS, NOT_SUPPORTED, SUPPORTED, UNSUPPORTED, Pair, read_pair, shifted, wrong_words

from groundwire.claims.splitting import split_answer
from groundwire.domain import Claim, Hit, Question, Source, SourceDocument, Turn
from groundwire.knowledge.retrieval import attached_hits
from groundwire.verification.selection import Selector

# Sets, or parts of sets, that stay out of training.
HELD_BACK = {"SummEdits:qmsumm"}
_SHORT_PREMISE_WORDS = 120
_ONLY_DOCUMENTS = frozenset((Source.REQUEST_DOCUMENTS,))


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a gzipped JSON lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def sentence_pairs(path: Path, selector: Selector) -> Iterator[Pair]:
    """Premise and hypothesis as they stand; a long premise goes through the choice of evidence."""
    for record in read_lines(path):
        premise, hypothesis = record["premise"], record["hypothesis"]
        if len(premise.split()) > _SHORT_PREMISE_WORDS:
            claim = Claim(hypothesis, 0, len(hypothesis))
            hypothesis, premise = read_pair(claim, context_hits(claim, premise, Question()), Question(), selector)
        spans = () if LABELS[record["label"]] == SUPPORTED else None
        yield Pair(premise, hypothesis, LABELS[record["label"]], path.name.split(".")[0], spans=spans)


def given_context(path: Path, selector: Selector) -> Iterator[Pair]:
    """Answers against their context, claim by claim; a bad answer without spans counts only where it is one claim."""
    for record in read_lines(path):
        source = f"{record['source']}:{record['task'].split(':')[-1]}"
        group = f"{path.name.split('.')[0]}:{record['id']}"
        question = asked(record)
        for claim, label, spans in labelled_claims(record):
            text, evidence = read_pair(claim, context_hits(claim, record["context"], question), question, selector)
            name = f"held:{source}" if source in HELD_BACK else path.name.split(".")[0]
            yield Pair(evidence, text, label, name, group, source, _placed(spans, claim, text))


def labelled_claims(record: Mapping[str, Any]) -> Iterator[tuple[Claim, int, list[tuple[int, int]] | None]]:
    """Yield (claim, label, wrong spans of the response or None where unknown)."""
    response, label = record["response"], record["label"]
    spans = [(int(one[0]), int(one[1]), str(one[2]) if len(one) > 2 else "") for one in record.get("spans") or ()]
    claims = [segment.claim for segment in split_answer(response) if segment.claim]
    if not claims:
        claims = [Claim(response, 0, len(response))]
    if label and not spans and (twin := record.get("original_summary")):
        spans = [(start, end, "") for start, end in wrong_words(response, [twin]) or ()]
        if not spans:
            return
    for claim in claims:
        inside = [one for one in spans if one[0] < claim.end and claim.start < one[1]]
        if not label:
            yield claim, SUPPORTED, []
        elif inside:
            yield claim, _kind(inside[0][2]), [(start, end) for start, end, _ in inside]
        elif spans:
            yield claim, SUPPORTED, []
        elif len(claims) == 1:
            yield claim, NOT_SUPPORTED, None


def _kind(name: str) -> int:
    lowered = name.lower()
    if "conflict" in lowered or "contradict" in lowered:
        return CONTRADICTED
    return UNSUPPORTED if "baseless" in lowered or "info" in lowered else NOT_SUPPORTED


def asked(record: Mapping[str, Any]) -> Question:
    """Return the question of a record, where it has one."""
    text = str(record.get("question") or "")
    return Question(turns=(Turn("user", text),) if text else ())


def context_hits(claim: Claim, context: str, question: Question) -> list[Hit]:
    """Return the passages of the context that share most with the claim."""
    with_context = Question(question.turns, (SourceDocument("context", "", context),))
    return attached_hits([claim], with_context, _ONLY_DOCUMENTS)[0]


def _placed(spans: list[tuple[int, int]] | None, claim: Claim, text: str) -> tuple[tuple[int, int], ...] | None:
    """Spans survive only where the claim is read as it was written."""
    if spans is None:
        return None
    if not spans:
        return ()
    if not text.endswith(claim.text):
        return None
    inside = [(max(start, claim.start) - claim.start, min(end, claim.end) - claim.start) for start, end in spans]
    return shifted(inside, text, claim.text)
