"""Trains the verifier on packed base weights and pairs, and writes its weights, its scores and a log.

    python training/train_verifier.py --base BASE --pairs pairs.jsonl.xz --out OUT

On a GPU it runs in bf16; on a CPU too, slowly. Words stay frozen, so the weights (fp16, in parts) leave them out. With
`--teacher FILE` (written by a larger model's run with `--predict`) the teacher's label probabilities are mixed into the
loss.
"""

from __future__ import annotations

import argparse
import json
import lzma
import math
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional
from verifier_model import load_base

NOT_SUPPORTED = -1
TOKEN_WEIGHT = 0.4
# How often each source is seen, and how much one of its pairs weighs.
PASSES: dict[str, tuple[float, float]] = {
    "kbqa": (6.0, 1.0),
    "generated": (3.0, 0.6),
    "g_ragtruth": (6.0, 1.0),
    "g_summedits": (4.0, 1.0),
    "g_wice_claim": (5.0, 1.0),
    "g_wice_tokens": (3.0, 0.6),
    "g_fgrlhf_qa_dev": (3.0, 0.7),
    "g_begin": (1.0, 0.3),
    "g_faithdial_audit": (1.0, 0.4),
    "g_q2_wow": (1.0, 0.5),
    "n_factcg_cg2c": (3.0, 0.8),
    "n_contractnli": (3.0, 0.8),
    "n_fm2": (3.0, 0.8),
    "n_tabfact_pairs": (2.0, 0.6),
    "n_infotabs": (2.0, 0.6),
    "n_snli_dev": (1.0, 0.3),
    "n_cad_snli": (1.0, 0.5),
}
DEFAULT_PASSES = (2.0, 0.6)
# Sources that come late: the product's own domain has the last word.
LATE = {"kbqa", "generated", "g_ragtruth", "g_summedits", "g_wice_claim"}


@dataclass
class Example:
    ids: np.ndarray
    types: np.ndarray
    label: int
    weight: float
    tokens: np.ndarray | None
    row: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--teacher", type=Path, help="logits of a larger model on the same pairs")
    parser.add_argument("--predict", action="store_true", help="also write logits for all pairs")
    parser.add_argument("--scale", type=float, default=1.0, help="multiplies the passes over every source")
    parser.add_argument("--rate", type=float, default=8e-5)
    parser.add_argument("--layers", type=int, default=0, help="keep only so many layers of the base")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--max-tokens", type=int, default=320)
    parser.add_argument("--limit", type=int, default=0, help="use only so many pairs, for a trial")
    parser.add_argument("--seconds", type=float, default=0.0, help="stop the schedule in time for this limit")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    arguments.out.mkdir(parents=True, exist_ok=True)
    Run(arguments).go()


class Run:
    """One training run."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.arguments = arguments
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.started = time.time()
        self.log_file = (arguments.out / "log.jsonl").open("w")
        self.records = read_pairs(arguments.pairs, arguments.limit)
        tokenizer = Tokenizer.from_file(str(arguments.base / "tokenizer.json"))
        self.examples = encode(tokenizer, self.records, arguments.max_tokens)
        self.teacher = np.load(arguments.teacher)["logits"].astype(np.float32) if arguments.teacher else None
        self.model = load_base(arguments.base, layers=arguments.layers).to(self.device)
        self.average = {name: value.detach().clone().float() for name, value in self._trained()}

    def go(self) -> None:
        train = [place for place, record in enumerate(self.records) if record["split"] == "train"]
        batches = schedule(self.records, self.examples, train, self.arguments)
        self.log(
            event="start", pairs=len(self.records), train=len(train), batches=len(batches), sources=self._counts(train)
        )
        self._train(batches)
        self._use_average()
        logits = self._predict(
            [place for place, one in enumerate(self.records) if self.arguments.predict or one["split"] != "train"]
        )
        self.log(event="scores", **scores(self.records, logits))
        self._save(logits)

    def _train(self, batches: Sequence[Sequence[int]]) -> None:
        decayed = [value for name, value in self._trained() if value.ndim > 1]
        plain = [value for name, value in self._trained() if value.ndim <= 1]
        optimizer = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}],
            lr=self.arguments.rate,
            betas=(0.9, 0.98),
            eps=1e-6,
            fused=self.device.type == "cuda",
        )
        self.model.train()
        total, losses = len(batches), []
        began = time.time()
        done = 0.0
        for step, batch in enumerate(batches):
            if self.arguments.seconds:
                spent = (time.time() - began) / self.arguments.seconds
                done = max(done, spent)
                if done >= 1.0:
                    break
            progress = max(step / total, done)
            factor = min(1.0, (step + 1) / (0.06 * total)) * max(0.02, 0.5 * (1 + math.cos(math.pi * progress)))
            for group in optimizer.param_groups:
                group["lr"] = self.arguments.rate * factor
            loss = self._loss(batch)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            # One overflow would otherwise spread through the average into every weight.
            if not torch.isfinite(norm):
                continue
            optimizer.step()
            self._follow(min(0.999, (step + 1) / (step + 10)))
            if step % 100 == 0:
                losses.append(loss.item())
                self.log(event="step", step=step, of=total, loss=round(float(np.mean(losses[-5:])), 4))

    def _loss(self, batch: Sequence[int]) -> Tensor:
        examples = [self.examples[place] for place in batch]
        ids, types, mask = (tensor.to(self.device, non_blocking=True) for tensor in padded(examples))
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            logits, tokens = self.model(ids, mask, types)
        logits, tokens = logits.float(), tokens.float()
        weight = torch.tensor([example.weight for example in examples], device=self.device)
        labels = torch.tensor([example.label for example in examples], device=self.device)
        logs = functional.log_softmax(logits, dim=-1)
        named = functional.nll_loss(logs, labels.clamp(min=0), reduction="none")
        unnamed = -torch.log1p(-logs[:, 0].exp().clamp(max=1 - 1e-6))
        loss = torch.where(labels >= 0, named, unnamed)
        if self.teacher is not None:
            aim = torch.from_numpy(self.teacher[[example.row for example in examples]]).to(self.device).softmax(-1)
            loss = 0.4 * loss + 0.6 * -(aim * logs).sum(-1)
        total = (loss * weight).sum() / weight.sum()
        return total + TOKEN_WEIGHT * token_loss(examples, tokens, weight)

    def _predict(self, places: Sequence[int]) -> np.ndarray:
        self.model.eval()
        logits = np.full((len(self.records), 3), np.nan, dtype=np.float32)
        order = sorted(places, key=lambda place: len(self.examples[place].ids))
        for start in range(0, len(order), 512):
            batch = order[start : start + 512]
            ids, types, mask = (tensor.to(self.device) for tensor in padded([self.examples[place] for place in batch]))
            with torch.inference_mode(), torch.autocast(self.device.type, dtype=torch.bfloat16):
                found, _ = self.model(ids, mask, types)
            logits[batch] = found.float().cpu().numpy()
        return logits

    def _trained(self) -> list[tuple[str, Tensor]]:
        return [(name, value) for name, value in self.model.named_parameters() if value.requires_grad]

    def _follow(self, keep: float) -> None:
        names = [name for name, _ in self._trained()]
        with torch.no_grad():
            torch._foreach_lerp_(
                [self.average[name] for name in names], [value.float() for _, value in self._trained()], 1 - keep
            )

    def _use_average(self) -> None:
        with torch.no_grad():
            for name, value in self._trained():
                value.copy_(self.average[name])

    def _save(self, logits: np.ndarray) -> None:
        weights = {name: value.detach().cpu().to(torch.float16).numpy() for name, value in self._trained()}
        size, parts = 0, [{}]
        for name, array in weights.items():
            if size + array.nbytes > 14e6:
                parts.append({})
                size = 0
            parts[-1][name] = array
            size += array.nbytes
        for number, part in enumerate(parts):
            np.savez(self.arguments.out / f"weights-{number}.npz", **part)
        is_held = ~np.isnan(logits[:, 0])
        np.savez_compressed(self.arguments.out / "logits.npz", logits=logits.astype(np.float16))
        self.log(
            event="saved", parts=len(parts), predicted=int(is_held.sum()), seconds=round(time.time() - self.started)
        )

    def _counts(self, places: Sequence[int]) -> dict[str, int]:
        counts: dict[str, int] = defaultdict(int)
        for place in places:
            counts[self.records[place]["source"]] += 1
        return dict(counts)

    def log(self, **entry: object) -> None:
        entry["t"] = round(time.time() - self.started, 1)
        line = json.dumps(entry)
        print(line, flush=True)
        self.log_file.write(line + "\n")
        self.log_file.flush()


def read_pairs(path: Path, limit: int) -> list[dict]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    return records[:: max(1, len(records) // limit)] if limit else records


def encode(tokenizer: Tokenizer, records: Sequence[dict], max_tokens: int) -> list[Example]:
    """Tokenise; evidence that does not fit is cut at its end, the claim never."""
    tokenizer.enable_truncation(max_tokens, strategy="only_first")
    short = [(record["evidence"], " ".join(record["claim"].split()[-150:])) for record in records]
    examples = []
    for start in range(0, len(short), 4096):
        for row, encoding in enumerate(tokenizer.encode_batch(short[start : start + 4096]), start=start):
            # Only BERT's tokenizers tell the two texts apart by type; the network needs to know the claim's tokens.
            sides = [int(side == 1) for side in encoding.sequence_ids]
            types = np.array(encoding.type_ids if any(encoding.type_ids) else sides, dtype=np.int64)
            record = records[row]
            is_whole = short[row][1] == record["claim"]
            marks = token_marks(encoding, record["spans"]) if is_whole and record["spans"] is not None else None
            weight = PASSES.get(record["source"], DEFAULT_PASSES)[1]
            examples.append(Example(np.array(encoding.ids, dtype=np.int64), types, record["label"], weight, marks, row))
    return examples


def token_marks(encoding: object, spans: Sequence[Sequence[int]]) -> np.ndarray:
    """1 for tokens of the claim inside a span, 0 for its others, -1 for tokens that do not count."""
    marks = np.full(len(encoding.ids), -1.0, dtype=np.float32)  # type: ignore[attr-defined]
    zipped = zip(encoding.offsets, encoding.sequence_ids, encoding.special_tokens_mask, strict=True)  # type: ignore[attr-defined]
    for place, ((start, end), kind, is_special) in enumerate(zipped):
        if kind == 1 and not is_special:
            marks[place] = float(any(start < right and left < end for left, right in spans))
    return marks


def padded(examples: Sequence[Example]) -> tuple[Tensor, Tensor, Tensor]:
    longest = -(-max(len(example.ids) for example in examples) // 16) * 16
    ids, types, mask = (np.zeros((len(examples), longest), dtype=np.int64) for _ in range(3))
    for row, example in enumerate(examples):
        size = len(example.ids)
        ids[row, :size], types[row, :size], mask[row, :size] = example.ids, example.types, 1
    return torch.from_numpy(ids), torch.from_numpy(types), torch.from_numpy(mask)


def token_loss(examples: Sequence[Example], tokens: Tensor, weight: Tensor) -> Tensor:
    marks = np.full(tokens.shape, -1.0, dtype=np.float32)
    for row, example in enumerate(examples):
        if example.tokens is not None:
            marks[row, : len(example.tokens)] = example.tokens
    aims = torch.from_numpy(marks).to(tokens.device)
    counts = aims >= 0
    loss = functional.binary_cross_entropy_with_logits(
        tokens, aims.clamp(min=0), reduction="none", pos_weight=torch.tensor(3.0, device=tokens.device)
    )
    shares = counts * weight[:, None]
    return (loss * shares).sum() / shares.sum().clamp(min=1.0)


def schedule(
    records: Sequence[dict], examples: Sequence[Example], train: Sequence[int], arguments: argparse.Namespace
) -> list[list[int]]:
    """Order all passes over all sources in time, then batch neighbours in time by length."""
    random = np.random.default_rng(arguments.seed)
    timed: list[tuple[float, int]] = []
    for place in train:
        passes = (
            PASSES.get(records[place]["source"], DEFAULT_PASSES)[0]
            * records[place].get("passes", 1.0)
            * arguments.scale
        )
        count = int(passes) + (random.random() < passes % 1)
        late = records[place]["source"] in LATE
        for draw in random.random(count):
            timed.append((0.12 + 0.88 * draw if late else 0.85 * draw, place))
    order = [place for _, place in sorted(timed)]
    batches: list[list[int]] = []
    window = arguments.batch * 32
    for start in range(0, len(order), window):
        part = sorted(order[start : start + window], key=lambda place: len(examples[place].ids))
        cut = [part[row : row + arguments.batch] for row in range(0, len(part), arguments.batch)]
        random.shuffle(cut)
        batches += cut
    return batches


def scores(records: Sequence[dict], logits: np.ndarray) -> dict[str, dict[str, float]]:
    """AUC of support and accuracy of the label, for each source that was held back."""
    groups: dict[str, list[int]] = defaultdict(list)
    for place, record in enumerate(records):
        if record["split"] != "train" and not np.isnan(logits[place, 0]):
            groups[f"{record['split']}:{record['source']}"].append(place)
            if record["source"] == "kbqa":
                groups[f"{record['split']}:kbqa:{record['group'].split('/')[0]}"].append(place)
    found = {}
    for name, places in sorted(groups.items()):
        labels = np.array([records[place]["label"] for place in places])
        chances = softmax(logits[places])
        named = labels >= 0
        found[name] = {
            "n": len(places),
            "auc": round(auc(labels == 0, chances[:, 0]), 4),
            "accuracy": round(float((chances[named].argmax(1) == labels[named]).mean()), 4) if named.any() else None,
            "balanced": round(best_balanced(labels == 0, chances[:, 0]), 4),
        }
    return found


def softmax(logits: np.ndarray) -> np.ndarray:
    shifted = np.exp(logits - logits.max(1, keepdims=True))
    return shifted / shifted.sum(1, keepdims=True)


def auc(positive: np.ndarray, score: np.ndarray) -> float:
    if positive.all() or not positive.any():
        return float("nan")
    order = np.argsort(score, kind="stable")
    ranks = np.empty(len(score))
    ranks[order] = np.arange(1, len(score) + 1)
    for value in np.unique(score):
        same = score == value
        ranks[same] = ranks[same].mean()
    count = positive.sum()
    return float((ranks[positive].sum() - count * (count + 1) / 2) / (count * (len(score) - count)))


def best_balanced(positive: np.ndarray, score: np.ndarray) -> float:
    cuts = np.quantile(score, np.linspace(0, 1, 101))
    return max((((score >= cut)[positive].mean() + (score < cut)[~positive].mean()) / 2 for cut in cuts), default=0.0)


if __name__ == "__main__":
    main()
