"""Compares embedding models by retrieval quality per millisecond, and by how well their token vectors tell wrong words.

    python benchmarks/embedding_choice.py --data DATA FOLDER...

DATA holds `retrieval/` and `kbqa_train/`; each FOLDER is a model folder (model.onnx, tokenizer.json, config.json).
Questions are Doc2Dial's last user turns (with the turn before in brackets' column), documents its 273 validation
documents, cut into passages as the product cuts them.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from groundwire.documents.passages import cut
from groundwire.embedding.onnx import OnnxEmbedder
from groundwire.verification.alignment import similarities, word_vectors

SEED = 20260301
DEPTH = 50
RRF = 60


@dataclass(frozen=True)
class Place:
    """Where a passage, or the gold span of a question, lies."""

    document: str
    start: int
    end: int


@dataclass(frozen=True)
class Task:
    """Passages with their places, questions with their gold places."""

    passages: list[str]
    places: list[Place]
    questions: list[str]
    gold: list[Place]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--questions", type=int, default=1000)
    arguments = parser.parse_args()
    task = load_task(arguments.data / "retrieval", arguments.questions)
    pairs = list(load_pairs(arguments.data / "kbqa_train", 400))
    lexical = lexical_ranking(task)
    print(f"{len(task.passages)} passages, {len(task.questions)} questions\n")
    print(
        "| model | document @1 | span @1 | span @5 | span @10 | MRR | alone / fused span @5 "
        "| word AUC | ms a query (1 thread) | MB |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    print(row("BM25 (FTS5)", lexical, task, lexical) + " – | – | – |")
    for folder in arguments.folders:
        print(measure(folder, task, lexical, pairs), flush=True)


def measure(folder: Path, task: Task, lexical: list[list[int]], pairs: Sequence[tuple[str, str, str]]) -> str:
    embedder = OnnxEmbedder(folder, threads=1)
    passages = embedder.embed_passages(task.passages)
    queries = embedder.embed_queries(task.questions)
    dense = [list(np.argsort(-scores)[:DEPTH]) for scores in queries @ passages.T]
    sample = [question for question in task.questions if 12 <= len(question.split()) <= 30][:60]
    started = time.perf_counter()
    for question in sample:
        embedder.embed_queries([question])
    milliseconds = (time.perf_counter() - started) * 1000 / len(sample)
    size = (folder / "model.onnx").stat().st_size / 1e6
    words = word_auc(embedder, pairs)
    return row(folder.name, dense, task, lexical) + f" {words:.3f} | {milliseconds:.1f} | {size:.0f} |"


def row(name: str, ranking: list[list[int]], task: Task, lexical: list[list[int]]) -> str:
    spans = [first_hit(places, task, gold) for places, gold in zip(ranking, task.gold, strict=True)]
    documents = [
        task.places[places[0]].document == gold.document if places else False
        for places, gold in zip(ranking, task.gold, strict=True)
    ]
    fused = [
        first_hit(fuse(one, other), task, gold) for one, other, gold in zip(ranking, lexical, task.gold, strict=True)
    ]
    at = lambda ranks, k: sum(rank < k for rank in ranks) / len(ranks)  # noqa: E731
    reciprocal = sum(1 / (rank + 1) for rank in spans if rank < DEPTH) / len(spans)
    return (
        f"| {name} | {sum(documents) / len(documents):.3f} "
        f"| {at(spans, 1):.3f} | {at(spans, 5):.3f} | {at(spans, 10):.3f} "
        f"| {reciprocal:.3f} | {at(spans, 5):.3f} / {at(fused, 5):.3f} |"
    )


def first_hit(ranking: Sequence[int], task: Task, gold: Place) -> int:
    for rank, number in enumerate(ranking):
        place = task.places[number]
        if place.document == gold.document and place.start < gold.end and gold.start < place.end:
            return rank
    return 10**6


def fuse(one: Sequence[int], other: Sequence[int]) -> list[int]:
    """Reciprocal rank fusion (Cormack et al. 2009)."""
    scores: dict[int, float] = {}
    for ranking in (one, other):
        for rank, number in enumerate(ranking):
            scores[number] = scores.get(number, 0.0) + 1 / (RRF + rank)
    return sorted(scores, key=lambda number: -scores[number])


def lexical_ranking(task: Task) -> list[list[int]]:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE passages USING fts5(body, tokenize='porter unicode61')")
    database.executemany("INSERT INTO passages(rowid, body) VALUES (?, ?)", enumerate(task.passages))
    rankings = []
    for question in task.questions:
        words = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", question)) or '""'
        found = database.execute(
            "SELECT rowid FROM passages WHERE passages MATCH ? ORDER BY rank LIMIT ?", (words, DEPTH)
        )
        rankings.append([number for (number,) in found])
    return rankings


def word_auc(embedder: OnnxEmbedder, pairs: Sequence[tuple[str, str, str]]) -> float:
    """AUC of the lowest word alignment, faithful claim against the same claim with one wrong detail."""
    good, bad = [], []
    for claim, wrong, evidence in pairs:
        texts = [claim, wrong, evidence]
        vectors = [word_vectors(text, tokens) for text, tokens in zip(texts, embedder.embed_tokens(texts), strict=True)]
        for scores, vector in ((good, vectors[0]), (bad, vectors[1])):
            found = similarities(vector, vectors[2])
            scores.append(float(np.sort(found)[:2].mean()) if len(found) else 1.0)
    wins = np.asarray(good)[:, None] - np.asarray(bad)[None, :]
    return float((wins > 0).mean() + (wins == 0).mean() / 2)


def load_task(folder: Path, count: int) -> Task:
    documents = list(lines(folder / "r_doc2dial_val_docs.jsonl.gz"))
    passages, places = [], []
    for document in documents:
        for piece in cut(document["text"]):
            body = document["text"][piece.start : piece.end]
            passages.append(" > ".join((document["title"], *piece.headings)) + "\n" + body)
            places.append(Place(document["doc_id"], piece.start, piece.end))
    queries = [query for query in lines(folder / "r_doc2dial_val_queries.jsonl.gz") if query["answers"]]
    queries = random.Random(SEED).sample(queries, count)
    questions = [question_of(query["text"]) for query in queries]
    gold = [
        Place(query["doc_id"], query["answer_start"][0], query["answer_start"][0] + len(query["answers"][0]))
        for query in queries
    ]
    return Task(passages, places, questions, gold)


def question_of(dialogue: str) -> str:
    """The last user turn, which stands first, and the turn before it."""
    turns = re.split(r"\s*(?:\|\|)?\s*(?:user|agent):\s*", dialogue)
    return " ".join([turn for turn in turns if turn][:2])


def load_pairs(folder: Path, count: int) -> Iterator[tuple[str, str, str]]:
    found = []
    for path in sorted(folder.glob("[a-z]*_*.jsonl.gz")):
        if path.name.startswith("kb_"):
            continue
        for record in lines(path):
            for claim in record["claims"]:
                quotes = " ".join(evidence["quote"] for evidence in claim.get("evidence", ()))
                if claim["label"] == "supported" and claim.get("corruptions") and quotes:
                    found.append((claim["text"], claim["corruptions"][0]["text"], quotes))
    yield from random.Random(SEED).sample(found, count)


def lines(path: Path) -> Iterator[dict]:  # type: ignore[type-arg]
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


if __name__ == "__main__":
    main()
