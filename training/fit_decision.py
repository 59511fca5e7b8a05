"""Fits the last step of the check: from the measured numbers of a claim to a calibrated probability of each label.

    python training/fit_decision.py --data DATA --answers car_electronics hr_university --out MODELS/verifier

Rests on answers that the network was not trained on. A logistic regression is fitted, and its
temperature on held-out folds, grouped by answer or context. Prints how each layer does alone and together, by
cross-validation.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from build_pairs import DOC2DIAL, is_development, worded
from pairs import NOT_SUPPORTED, UNSUPPORTED
from public_pairs import asked, context_hits, labelled_claims, read_lines
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

import groundwire.models
from groundwire.domain import Question, Turn
from groundwire.embedding.onnx import OnnxEmbedder
from groundwire.evaluation.thresholds import BY_SET
from groundwire.verification.decision import FURTHEST, Decision
from groundwire.verification.entailment import OnnxEntailment
from groundwire.verification.evidence import EvidenceVerifier
from knowledge import OpenKnowledge

MODELS = Path(groundwire.models.__file__).parent
FOLDS = 5
# Inverse strength of the penalty; .01 to .2 differ by less than .01 in any set.
REGULARIZATION = 0.05
# How often the claims of a chatbot are supported, contradicted and unsupported; measured on the answers of the training
# sets as written, before any mistake is made in them.
FREQUENCIES = (0.85, 0.10, 0.05)
Row = tuple[dict[str, float], int, str, str, str]
# What differs between a knowledge base and a given context for reasons that have nothing to do with the claim.
LEFT_OUT = ("similarity", "score_gap", "is_row", "words")
LAYERS: dict[str, Callable[[str], bool]] = {
    "values": lambda name: name.startswith(("values", "margin", "fit_")),
    "alignment": lambda name: name.startswith(
        ("align", "cover", "cosine", "weak", "unseen", "similar", "score", "asked", "back", "said")
    ),
    "network": lambda name: name.startswith(("entail", "wrong")),
}


@dataclass(frozen=True)
class Table:
    """Rows of numbers, (n, len(names)), with label, answer and source; folds keep what is of one group together."""

    names: tuple[str, ...]
    rows: np.ndarray
    labels: np.ndarray
    groups: np.ndarray
    answers: np.ndarray
    sources: np.ndarray

    def only(self, wanted: Callable[[str], bool]) -> Table:
        """Keep some of the columns."""
        keep = [place for place, name in enumerate(self.names) if wanted(name)]
        return replace(self, names=tuple(self.names[place] for place in keep), rows=self.rows[:, keep])

    @property
    def weights(self) -> np.ndarray:
        """What each row counts, so that labels are as frequent as in real answers and not as in made mistakes."""
        shares = np.bincount(self.labels, minlength=len(FREQUENCIES)) / len(self.labels)
        return (np.array(FREQUENCIES) / shares)[self.labels]


def write_table(path: Path, table: Table) -> None:
    """Keep the measurements, which take minutes."""
    np.savez_compressed(path, **{name: np.array(value) for name, value in asdict(table).items()})


def read_table(path: Path) -> Table:
    """Read what `write_table` kept."""
    with np.load(path, allow_pickle=False) as kept:
        parts = {name: kept[name] for name in kept.files}
    return Table(tuple(map(str, parts.pop("names"))), **parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--answers", nargs="+", required=True, help="names of files in kbqa_train")
    parser.add_argument("--contexts", nargs="*", default=[], help="names of files in claims")
    parser.add_argument("--network", type=Path, default=MODELS / "verifier")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--table", type=Path, default=Path("decision-table.npz"), help="measurements kept between runs")
    arguments = parser.parse_args()
    table = read_table(arguments.table) if arguments.table.exists() else measure(arguments)
    write_table(arguments.table, table)
    report = {"claims": len(table.labels), "layers": layers(table), "sources": by_source(table)}
    model, report["calibration"] = fit(table)
    arguments.out.mkdir(parents=True, exist_ok=True)
    model.save(arguments.out / "decision.npz")
    print(json.dumps(report, indent=2))


def measure(arguments: argparse.Namespace) -> Table:
    """Run the check's own measurements over every claim, paraphrase and corruption."""
    embedder = OnnxEmbedder(MODELS / "embedder", threads=1)
    entailment = OnnxEntailment(arguments.network)
    empty = Decision((), *(np.zeros(0, np.float32),) * 4, temperature=1.0)
    verifier = EvidenceVerifier(embedder, entailment, empty, name="")
    rows: list[dict[str, float]] = []
    about: list[tuple[int, str, str, str]] = []
    sources = [_answers(arguments.data, name, verifier) for name in arguments.answers]
    sources += [_given(arguments.data / "claims" / f"{name}.jsonl.gz", verifier) for name in arguments.contexts]
    for found, *rest in (row for source in sources for row in source):
        rows.append(found)
        about.append(tuple(rest))
    names = tuple(name for name in rows[0] if not name.startswith(LEFT_OUT))
    table = np.array([[row[name] for name in names] for row in rows], dtype=np.float32)
    labels, *others = (np.array(column) for column in zip(*about, strict=True))
    return Table(names, table, labels.astype(int), *others)


def _answers(data: Path, name: str, verifier: EvidenceVerifier) -> Iterator[Row]:
    documents = data / (DOC2DIAL if name.startswith("doc2dial") else f"kbqa_train/kb_{name}.jsonl.gz")
    with tempfile.TemporaryDirectory() as folder:
        knowledge = OpenKnowledge(documents, Path(folder))
        for record in read_lines(data / "kbqa_train" / f"{name}.jsonl.gz"):
            question = Question(turns=tuple(Turn(turn["role"], turn["content"]) for turn in record["turns"]))
            golds = [gold for gold in record["claims"] if gold["label"] != "no_claim"]
            items = [item for gold in golds for item in worded(record, gold, question)]
            claims = [claim for claim, *_ in items]
            measured = verifier.measure(claims, knowledge.retrieve(claims, question), question)
            for one, (_, label, *_) in zip(measured, items, strict=True):
                yield one.features, label, f"{name}/{record['id']}", record["id"], name


def _given(path: Path, verifier: EvidenceVerifier) -> Iterator[Row]:
    """Claims of answers with their context, those records only that training left out."""
    for record in read_lines(path):
        if not is_development(path, record):
            continue
        question = asked(record)
        found = list(labelled_claims(record))
        claims = [claim for claim, *_ in found]
        hits = [context_hits(claim, record["context"], question) for claim in claims]
        for one, (_, label, _) in zip(verifier.measure(claims, hits, question), found, strict=True):
            # Where a set does not tell the two apart, a claim that is not supported counts as unsupported.
            label = UNSUPPORTED if label == NOT_SUPPORTED else label
            # Many answers of a set share one context, and what they have in common must not stand on both sides.
            context = hashlib.sha256(record["context"].encode()).hexdigest()
            yield one.features, label, context, str(record["id"]), record["source"]


def layers(table: Table) -> dict[str, float]:
    """Return the cross-validated AUC of support for each layer alone, and for all without one."""
    found = {"all": _auc(table)}
    for layer, belongs in LAYERS.items():
        if any(map(belongs, table.names)):
            found[layer] = _auc(table.only(belongs))
            found[f"without {layer}"] = _auc(table.only(lambda name, belongs=belongs: not belongs(name)))
    return found


def by_source(table: Table) -> dict[str, dict[str, float]]:
    """Return how well held-out folds do in each set: by claim and, where evidence is given, by answer."""
    supports = cross_validated(table)[:, 0]
    found = {}
    for source in np.unique(table.sources):
        inside = table.sources == source
        scores, labels = supports[inside], table.labels[inside] == 0
        found[str(source)] = {"claims": int(inside.sum()), "claim_auc": round(float(roc_auc_score(labels, scores)), 4)}
        if (threshold := BY_SET.get(str(source))) is not None:
            found[str(source)] |= _by_answer(table.answers[inside], scores, labels, threshold)
    return found


def _by_answer(answers: np.ndarray, supports: np.ndarray, is_good: np.ndarray, threshold: float) -> dict[str, float]:
    """An answer is as bad as its worst claim."""
    names = np.unique(answers)
    worst = np.array([1 - supports[answers == name].min() for name in names])
    is_bad = np.array([not is_good[answers == name].all() for name in names])
    flagged = worst >= threshold
    recall, precision = flagged[is_bad].mean(), is_bad[flagged].mean() if flagged.any() else 0.0
    return {
        "answers": len(names),
        "answer_auc": round(float(roc_auc_score(is_bad, worst)), 4),
        "f1": round(float(2 * precision * recall / max(precision + recall, 1e-9)), 4),
        "balanced_accuracy": round(float((recall + (~flagged)[~is_bad].mean()) / 2), 4),
    }


def _auc(table: Table) -> float:
    return round(float(roc_auc_score(table.labels == 0, cross_validated(table)[:, 0])), 4)


def cross_validated(table: Table) -> np.ndarray:
    """Return (n, 3) probabilities, each from a fit that saw nothing of its group."""
    chances = np.zeros((len(table.labels), 3))
    for train, test in GroupKFold(FOLDS).split(table.rows, table.labels, table.groups):
        chances[test] = _fitted(table, train).probabilities(table.rows[test])
    return chances


def fit(table: Table) -> tuple[Decision, dict[str, float]]:
    """Return the fitted decision with its temperature, and how well calibrated held-out folds are."""
    held_out = np.log(np.clip(cross_validated(table), 1e-7, 1))
    weights = table.weights
    temperature = min(np.linspace(0.6, 3.0, 49), key=lambda one: _loss(held_out / one, table.labels, weights))
    fitted = replace(_fitted(table, np.arange(len(table.labels))), temperature=float(temperature))
    supports = _softmax(held_out / temperature)[:, 0]
    return fitted, {
        "temperature": round(float(temperature), 3),
        "ece": round(expected_calibration_error(supports, table.labels == 0, weights), 4),
        "log_loss": round(_loss(held_out / temperature, table.labels, weights), 4),
    }


def _fitted(table: Table, rows: np.ndarray) -> Decision:
    mean, scale = table.rows[rows].mean(axis=0), table.rows[rows].std(axis=0) + 1e-6
    standard = np.clip((table.rows[rows] - mean) / scale, -FURTHEST, FURTHEST)
    model = LogisticRegression(C=REGULARIZATION, max_iter=1000)
    model.fit(standard, table.labels[rows], sample_weight=table.weights[rows])
    arrays = (array.astype(np.float32) for array in (mean, scale, model.coef_, model.intercept_))
    return Decision(table.names, *arrays, temperature=1.0)


def expected_calibration_error(chances: np.ndarray, truths: np.ndarray, weights: np.ndarray, bins: int = 15) -> float:
    """Return the mean gap between promised and true share over equal-width bins (Naeini et al. 2015)."""
    places = np.minimum((chances * bins).astype(int), bins - 1)
    gaps = 0.0
    for one in range(bins):
        inside = places == one
        if inside.any():
            gaps += abs(((chances - truths) * weights)[inside].sum())
    return float(gaps / weights.sum())


def _softmax(scores: np.ndarray) -> np.ndarray:
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def _loss(scores: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> float:
    chances = _softmax(scores)
    losses = -np.log(np.clip(chances[np.arange(len(labels)), labels], 1e-9, 1))
    return float((losses * weights).sum() / weights.sum())


if __name__ == "__main__":
    main()
