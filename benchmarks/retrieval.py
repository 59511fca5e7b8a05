"""Measures whether the passages retrieved for a claim hold the words that decide it, for each way to retrieve.

    python benchmarks/retrieval.py DATA [--keep FOLDER] [--grid]

DATA holds `kbqa/`, `kbqa_train/` and `retrieval/`: answers labelled claim by claim with the quotes that decide each,
and the documents the quotes are from. A claim is found at k when every one of its quotes stands in one of the first k
passages. Claims are read as the product reads them, and documents ingested as the product ingests them; each
knowledge base is a collection of its own. `--keep` keeps the ingested documents for the next run.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import itertools
import json
import re
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from groundwire.claims.splitting import split_answer
from groundwire.domain import Claim, Passage, Question, Source, Turn
from groundwire.embedding.onnx import OnnxEmbedder
from groundwire.knowledge import fusion, retrieval
from groundwire.knowledge.base import LiveKnowledgeBase
from groundwire.knowledge.ingestion import Ingestor, Upload
from groundwire.knowledge.retrieval import FusedRetriever
from groundwire.knowledge.snapshot import CollectionSnapshot
from groundwire.knowledge.store import KnowledgeStore
from groundwire.models import EMBEDDER
from groundwire.storage.database import open_database

DEPTH = fusion.DEPTH
KS = (1, 3, 5, 8, 12)
TEXTS = ("claim", "in context", "question")
_NOT_A_WORD = re.compile(r"[\W_]+")
Ranking = list[int]


@dataclass(frozen=True)
class Case:
    """A claim with its question, its knowledge base and, for each quote, the ids of the passages that hold it."""

    group: str
    collection: str
    claim: Claim
    question: Question
    gold: tuple[frozenset[int], ...]

    def is_found(self, ranking: Sequence[int], k: int) -> bool:
        """Whether every quote stands in one of the first k passages."""
        best = set(ranking[:k])
        return all(holders & best for holders in self.gold)


@dataclass(frozen=True)
class Rankings:
    """Scores by passage, best first, for each text of TEXTS: cosines of the dense side, BM25 of the words."""

    dense: dict[str, dict[int, float]]
    words: dict[str, dict[int, float]]

    def fused(self, text: str, focus: str) -> dict[int, float]:
        """The scores that the product would give."""
        return fusion.fused(self.dense[text], self.words[text], self.words[focus])


class Library:
    """The knowledge bases in a folder."""

    def __init__(self, folder: Path) -> None:
        database = open_database(f"sqlite:///{folder / 'retrieval.db'}")
        database.upgrade()
        self.embedder = OnnxEmbedder(EMBEDDER, threads=2)
        self.store = KnowledgeStore(database)
        self.knowledge = LiveKnowledgeBase(
            self.store, self.embedder, default_collection="default", index_dir=folder / "indexes"
        )
        self._ingestor = Ingestor(self.store, self.embedder, self.knowledge)
        self.knowledge.refresh()

    def add(self, collection: str, path: Path) -> None:
        """Ingest a file of `{doc_id, title, text}` lines."""
        uploads = [
            Upload(line["doc_id"], line["doc_id"], line["text"].encode(), title=line["title"], is_text=True)
            for line in read(path)
        ]
        started = time.perf_counter()
        report = self._ingestor.ingest_uploads(uploads, collection)
        if report.revision:
            seconds = time.perf_counter() - started
            print(f"{report.revision.name}: {report.revision.passages} passages in {seconds:.1f} s", flush=True)

    def snapshot(self, collection: str) -> CollectionSnapshot:
        """Return the only state of a collection."""
        found = self.knowledge.snapshot((collection,))
        assert isinstance(found, CollectionSnapshot)
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--grid", action="store_true")
    arguments = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = arguments.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        library = Library(folder)
        cases = [case for answers, documents in sources(arguments.data) for case in load(library, answers, documents)]
        rankings = rank(library, cases)
        show_ways(cases, rankings)
        show_product(library, cases)
        if arguments.grid:
            show_grid(cases, rankings)


def sources(data: Path) -> Iterator[tuple[Path, Mapping[str, Path]]]:
    """Yield files of answers, each with the documents of its knowledge bases."""
    handbooks = {name: data / "kbqa" / f"handbook_{name}.jsonl.gz" for name in ("18f", "mattermost")}
    yield data / "kbqa" / "dev_handbooks.jsonl.gz", handbooks
    agencies = {"doc2dial": data / "retrieval" / "r_doc2dial_val_docs.jsonl.gz"}
    for path in sorted((data / "kbqa_train").glob("*.jsonl.gz")):
        name = path.name.removesuffix(".jsonl.gz")
        if not name.startswith("kb_"):
            own = path.with_name(f"kb_{path.name}")
            yield path, agencies if name.startswith("doc2dial") else {name: own}


def read(path: Path) -> Iterator[dict[str, object]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def load(library: Library, answers: Path, documents: Mapping[str, Path]) -> Iterator[Case]:
    """Yield the claims that a document decides; those whose quote stands nowhere are counted and left out."""
    texts = {}
    for collection, path in documents.items():
        library.add(collection, path)
        ids = sorted(library.snapshot(collection).ids)
        texts[collection] = {number: flat(passage) for number, passage in library.store.passages.get(ids).items()}
    lost = 0
    for record in read(answers):
        question = Question(tuple(Turn(turn["role"], turn["content"]) for turn in record["turns"]))
        claims = [segment.claim for segment in split_answer(record["answer"], question) if segment.claim]
        for labelled in record["claims"]:
            if labelled["label"] not in {"supported", "contradicted"} or not labelled.get("evidence"):
                continue
            quotes = [squeezed(each["quote"]) for each in labelled["evidence"]]
            held = texts[record["kb"]]
            gold = tuple(frozenset(number for number, text in held.items() if quote in text) for quote in quotes)
            if all(gold):
                group = answers.name.split(".")[0]
                yield Case(group, record["kb"], as_read(claims, labelled), question, gold)
            else:
                lost += 1
    print(f"{answers.name}: {lost} claims left out, for a quote runs over a passage's edge", flush=True)


def as_read(claims: Sequence[Claim], labelled: Mapping[str, object]) -> Claim:
    """Return the product's claim that covers most of the labelled one, else the labelled one itself."""
    start, end = int(labelled["start"]), int(labelled["end"])
    shared = [(min(claim.end, end) - max(claim.start, start), claim) for claim in claims]
    best = max(shared, key=lambda pair: pair[0], default=(0, None))
    return best[1] if best[1] and best[0] > 0 else Claim(str(labelled["text"]), start, end)


def flat(passage: Passage) -> str:
    return squeezed(f"{passage.lead} {passage.text}")


def squeezed(text: str) -> str:
    return f" {_NOT_A_WORD.sub(' ', text).casefold().strip()} "


def rank(library: Library, cases: Sequence[Case]) -> list[Rankings]:
    """Return both sides' rankings of every case."""
    found = []
    for number, case in enumerate(cases):
        texts = texts_of(case)
        snapshot = library.snapshot(case.collection)
        nearest = snapshot.nearest(library.embedder.embed_queries(texts), DEPTH)
        words = [snapshot.words.search(text, DEPTH) for text in texts]
        found.append(Rankings(dict(zip(TEXTS, nearest, strict=True)), dict(zip(TEXTS, words, strict=True))))
        if number % 1000 == 999:
            print(f"{number + 1} claims ranked", flush=True)
    return found


def texts_of(case: Case) -> list[str]:
    asked = [turn.content for turn in case.question.turns if turn.role == "user"]
    return [case.claim.text, f"{case.claim.context}\n{case.claim.text}".strip(), asked[-1] if asked else ""]


def with_question(one: Rankings, text: str, focus: str, weight: float) -> Ranking:
    scores = one.fused(text, focus)
    for number, score in one.fused("question", "question").items():
        scores[number] = scores.get(number, 0.0) + weight * score
    return best_first(scores)


def best_first(scores: Mapping[int, float]) -> Ranking:
    return sorted(scores, key=lambda number: -scores[number])


def reciprocal(one: Rankings, text: str) -> Ranking:
    """Reciprocal rank fusion (Cormack et al. 2009) with its usual constant, for comparison."""
    scores: dict[int, float] = {}
    for ranking in (one.dense[text], one.words[text]):
        for place, number in enumerate(ranking):
            scores[number] = scores.get(number, 0.0) + 1 / (60 + place)
    return best_first(scores)


def show_ways(cases: Sequence[Case], rankings: Sequence[Rankings]) -> None:
    asked = retrieval.QUESTION_WEIGHT
    ways: dict[str, list[Ranking]] = {
        "words, claim": [list(one.words["claim"]) for one in rankings],
        "words, claim in context": [list(one.words["in context"]) for one in rankings],
        "dense, claim": [list(one.dense["claim"]) for one in rankings],
        "dense, claim in context": [list(one.dense["in context"]) for one in rankings],
        "reciprocal rank fusion, claim in context": [reciprocal(one, "in context") for one in rankings],
        "scores fused, claim": [best_first(one.fused("claim", "claim")) for one in rankings],
        "scores fused, claim in context": [best_first(one.fused("in context", "in context")) for one in rankings],
        "… with the claim as focus": [best_first(one.fused("in context", "claim")) for one in rankings],
        "… and the question": [with_question(one, "in context", "claim", asked) for one in rankings],
    }
    header(cases)
    for name, found in ways.items():
        show(name, cases, found)


def show_product(library: Library, cases: Sequence[Case]) -> None:
    """The product's retriever itself, all claims of a question in one call."""
    sources = frozenset({Source.KNOWLEDGE_BASE})
    retriever = FusedRetriever(library.embedder, passages_per_claim=max(KS))
    found: list[Ranking] = []
    for (collection, question), group in itertools.groupby(cases, key=lambda case: (case.collection, case.question)):
        claims = [case.claim for case in group]
        hits = retriever.retrieve(claims, question, library.snapshot(collection), sources)
        found += [[hit.passage.id for hit in row] for row in hits]
    show("the product", cases, found)


def header(cases: Sequence[Case]) -> None:
    print(f"\n{len(cases)} claims\n")
    print("| way | " + " | ".join(f"all @{k}" for k in KS) + " | " + " | ".join(f"{name} @8" for name in groups(cases)))
    print("|---" * (1 + len(KS) + len(groups(cases))) + "|")


def groups(cases: Sequence[Case]) -> list[str]:
    return list(dict.fromkeys(case.group for case in cases))


def show(name: str, cases: Sequence[Case], found: Sequence[Ranking]) -> None:
    pairs = list(zip(cases, found, strict=True))
    cells = [recall(pairs, k) for k in KS]
    cells += [recall([pair for pair in pairs if pair[0].group == group], 8) for group in groups(cases)]
    print(f"| {name} | " + " | ".join(f"{cell:.3f}" for cell in cells) + " |", flush=True)


def recall(pairs: Sequence[tuple[Case, Ranking]], k: int) -> float:
    return sum(case.is_found(ranking, k) for case, ranking in pairs) / len(pairs)


def show_grid(cases: Sequence[Case], rankings: Sequence[Rankings]) -> None:
    """The best weights, by the mean of recall at 5 and 8 over the files, so that no large one decides alone."""
    rows = []
    for dense, focus, asked in itertools.product((0.0, 0.3, 0.5, 0.8), (0.0, 0.5, 0.8, 1.2), (0.0, 0.2, 0.3, 0.5)):
        fusion.DENSE_WEIGHT, fusion.FOCUS_WEIGHT = dense, focus
        found = [with_question(one, "in context", "claim", asked) for one in rankings]
        pairs = list(zip(cases, found, strict=True))
        parts = [[pair for pair in pairs if pair[0].group == group] for group in groups(cases)]
        mean = sum(recall(part, 5) + recall(part, 8) for part in parts) / (2 * len(parts))
        rows.append((mean, dense, focus, asked))
    print("\n| mean of recall @5 and @8 | dense weight | focus weight | question weight |\n|---|---|---|---|")
    for mean, *cells in sorted(rows, key=lambda row: -row[0])[:12]:
        print(f"| {mean:.4f} | " + " | ".join(map(str, cells)) + " |")


if __name__ == "__main__":
    main()
