"""Builds the training pairs of the verifier from all sources, with evidence chosen as the product chooses it.

    python training/build_pairs.py --data DATA --generated claims.jsonl.gz --out pairs.jsonl.xz

DATA holds `kbqa_train/`, `retrieval/` and `claims/`. Two knowledge bases of `kbqa_train` stay out for development, with
a share of the records of each public set that is reported on.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import lzma
import random
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from pairs import (
    LABELS,
    SUPPORTED,
    UNSUPPORTED,
    Pair,
    read_pair,
    shifted,
    wrong_words,
)
from public_pairs import HELD_BACK, given_context, read_lines, sentence_pairs

from groundwire.claims.splitting import split_answer
from groundwire.documents.blocks import plain
from groundwire.domain import Claim, Hit, Question, Turn
from groundwire.verification.selection import MAX_WORDS, Selector
from knowledge import OpenKnowledge, shipped_embedder

DEVELOPMENT = ("car_electronics", "hr_university")
DOC2DIAL = "retrieval/r_doc2dial_val_docs.jsonl.gz"
# One record in three of these sets is kept for choosing thresholds.
DEVELOPMENT_SHARE = {"g_ragtruth": 3, "g_wice_claim": 3}
_TIGHT_WORDS = 45
_WIDE_WORDS = 190


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--generated", type=Path, nargs="*", default=[])
    parser.add_argument("--contexts", type=Path, nargs="*", default=[], help="further documents of generated claims")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    counts: Counter[str] = Counter()
    with lzma.open(arguments.out, "wt", encoding="utf-8", preset=4) as file:
        for split, pair in all_pairs(arguments):
            counts[f"{split} {pair.source} {pair.label}"] += 1
            file.write(json.dumps(asdict(pair) | {"split": split}, ensure_ascii=False) + "\n")
    for name, count in sorted(counts.items()):
        print(f"{count:7d} {name}")


def all_pairs(arguments: argparse.Namespace) -> Iterator[tuple[str, Pair]]:
    """Yield (split, pair) from every source."""
    chance = random.Random(arguments.seed)
    selector = Selector(shipped_embedder())
    yield from knowledge_base_pairs(arguments.data, arguments.generated, arguments.contexts, chance)
    for path in sorted((arguments.data / "claims").glob("n_*.jsonl.gz")):
        for pair in sentence_pairs(path, selector):
            yield ("dev" if path.name.startswith("n_mnli") and chance.random() < 0.05 else "train"), pair
    for path in sorted((arguments.data / "claims").glob("g_*.jsonl.gz")):
        for pair in given_context(path, selector):
            yield _split_of(pair), pair


def _split_of(pair: Pair) -> str:
    if pair.source.startswith("held:"):
        return "dev"
    return "dev" if _is_kept(pair.source, pair.group) else "train"


def is_development(path: Path, record: dict[str, Any]) -> bool:
    """Whether a record of a public set stays out of training."""
    name = path.name.split(".")[0]
    return f"{record['source']}:{record['task'].split(':')[-1]}" in HELD_BACK or _is_kept(
        name, f"{name}:{record['id']}"
    )


def _is_kept(name: str, group: str) -> bool:
    share = DEVELOPMENT_SHARE.get(name)
    return bool(share) and int(hashlib.sha256(group.encode()).hexdigest()[:8], 16) % (share or 1) == 0


def knowledge_base_pairs(
    data: Path, generated: Sequence[Path], contexts: Sequence[Path], chance: random.Random
) -> Iterator[tuple[str, Pair]]:
    """Answers and generated claims, each against its knowledge base."""
    made = defaultdict(list)
    for path in generated:
        for record in read_lines(path):
            made[record["kb"]].append(record)
    names = sorted(path.name.removeprefix("kb_").split(".")[0] for path in (data / "kbqa_train").glob("kb_*"))
    bases = [(name, data / "kbqa_train" / f"kb_{name}.jsonl.gz", [name]) for name in names]
    bases.append(("doc2dial", data / DOC2DIAL, ["doc2dial_dmv_studentaid", "doc2dial_ssa_va"]))
    bases += [(path.name.split(".")[0], path, []) for path in contexts]
    for base, documents, answers in bases:
        with tempfile.TemporaryDirectory() as folder:
            knowledge = OpenKnowledge(documents, Path(folder))
            split = "dev" if base in DEVELOPMENT else "train"
            print(base, flush=True)
            for name in answers:
                for record in read_lines(data / "kbqa_train" / f"{name}.jsonl.gz"):
                    for pair in answer_pairs(record, knowledge, chance, is_training=split == "train"):
                        yield split, replace(pair, group=f"{name}/{pair.group}")
            if split == "train":
                for pair in generated_pairs(made[base], knowledge, chance):
                    yield split, pair


def answer_pairs(
    record: dict[str, Any], knowledge: OpenKnowledge, chance: random.Random, *, is_training: bool
) -> Iterator[Pair]:
    """Every claim of an answer, its paraphrases and its corruptions, with evidence of more and less breadth."""
    question = Question(turns=tuple(Turn(turn["role"], turn["content"]) for turn in record["turns"]))
    items = [
        item for gold in record["claims"] if gold["label"] != "no_claim" for item in worded(record, gold, question)
    ]
    hits = knowledge.retrieve([claim for claim, *_ in items], question)
    for (claim, label, kind, twins, quotes), found in zip(items, hits, strict=True):
        text, *evidence = read_pair(claim, found, question, knowledge.selector, (MAX_WORDS, _TIGHT_WORDS, _WIDE_WORDS))
        pair = Pair(evidence[0], text, label, "kbqa", record["id"], kind, _spans(claim, label, twins, text))
        yield pair
        if not is_training:
            continue
        yield from (replace(pair, evidence=other) for other in dict.fromkeys(evidence[1:]) if other != evidence[0])
        if label == SUPPORTED and quotes and chance.random() < 0.35:
            yield from _without_evidence(pair, claim, found, question, quotes, knowledge)
        if chance.random() < 0.15 and not claim.context:
            bare = plain(claim.text).strip()
            yield replace(pair, claim=bare, spans=_spans(claim, label, twins, bare))


def worded(
    record: dict[str, Any], gold: dict[str, Any], question: Question
) -> Iterator[tuple[Claim, int, str, list[str], list[tuple[str, str]]]]:
    """Yield (claim, label, kind, faithful twins, gold quotes) for a gold claim and its variants."""
    is_supported = gold["label"] == "supported"
    faithful = [gold["text"], *(gold.get("paraphrases") or ())] if is_supported else [gold.get("correct") or ""]
    quotes = [(one["doc_id"], one["quote"]) for one in gold.get("evidence") or ()]
    yield _placed(record, gold, gold["text"], question), LABELS[gold["label"]], gold["kind"], faithful, quotes
    for text in gold.get("paraphrases") or ():
        yield _placed(record, gold, text, question), SUPPORTED, "paraphrase", faithful, quotes
    for other in gold.get("corruptions") or ():
        yield _placed(record, gold, other["text"], question), LABELS[other["label"]], other["kind"], faithful, quotes


def _placed(record: dict[str, Any], gold: dict[str, Any], text: str, question: Question) -> Claim:
    """Put a wording into the answer in the gold claim's place, to find the context it is read with."""
    answer = record["answer"][: gold["start"]] + text + record["answer"][gold["end"] :]
    inside = (
        segment.claim.context
        for segment in split_answer(answer, question)
        if segment.claim and segment.claim.start < gold["start"] + len(text) and segment.claim.end > gold["start"]
    )
    return Claim(text, 0, len(text), next(inside, ""))


def _spans(claim: Claim, label: int, twins: Sequence[str], text: str) -> tuple[tuple[int, int], ...] | None:
    if label == SUPPORTED:
        return ()
    bare = plain(claim.text).strip()
    found = wrong_words(claim.text.strip(), [twin for twin in twins if twin])
    return shifted(found, text, bare) if found and text.endswith(bare) else None


def _without_evidence(
    pair: Pair,
    claim: Claim,
    hits: Sequence[Hit],
    question: Question,
    quotes: Sequence[tuple[str, str]],
    knowledge: OpenKnowledge,
) -> Iterator[Pair]:
    """A true claim whose documents are taken away is unsupported by what is left."""
    gone = {document for document, _ in quotes}
    left = [hit for hit in hits if hit.passage.document_id not in gone]
    if left:
        text, evidence = read_pair(claim, left, question, knowledge.selector)
        yield replace(pair, evidence=evidence, claim=text, label=UNSUPPORTED, kind="removed", spans=None)


def generated_pairs(
    records: Sequence[dict[str, Any]], knowledge: OpenKnowledge, chance: random.Random
) -> Iterator[Pair]:
    """Claims made from the documents by rule; half of them are read with a question, as a chatbot's would be."""
    by_id = {record["id"]: record for record in records}
    for start in range(0, len(records), 64):
        part = records[start : start + 64]
        claims = [Claim(record["text"], 0, len(record["text"])) for record in part]
        for record, claim, hits in zip(part, claims, knowledge.retrieve(claims, Question()), strict=True):
            question = Question()
            if record.get("headings") and chance.random() < 0.5:
                question = Question(turns=(Turn("user", asked_about(record, chance)),))
            budget = chance.choice((_TIGHT_WORDS, 100, MAX_WORDS))
            text, evidence = read_pair(claim, hits, question, knowledge.selector, (budget,))
            label = LABELS[record["label"]]
            twin = by_id.get(record.get("twin") or "")
            spans = _spans(claim, label, [twin["text"]] if twin else [], text)
            yield Pair(evidence, text, label, "generated", f"{record['kb']}/{record['doc_id']}", record["kind"], spans)


def asked_about(record: dict[str, Any], chance: random.Random) -> str:
    """Return a plain question on the section that a generated claim comes from."""
    topic = record["headings"][-1].lower()
    forms = (
        "what about {}?",
        "tell me about {}",
        "{}?",
        "can you explain {}?",
        "i have a question about {}",
        "how does {} work?",
    )
    return chance.choice(forms).format(topic)


if __name__ == "__main__":
    main()
