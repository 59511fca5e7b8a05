"""The trained verifier: one small network reads evidence and claim together and says what follows, word by word."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Protocol

import numpy as np
from tokenizers import Encoding

from groundwire.errors import SettingsError
from groundwire.models.loading import open_session, open_tokenizer

_CACHED = 20_000


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the network says of one claim.

    `logits` are those of supported, contradicted and unsupported. `spans` are the ranges of the bare claim that it
    says no evidence carries, `worst` the highest probability (0 to 1) of any of its words to be such a one.
    `is_cut` tells that evidence or claim were longer than the window and that the rest was not read.
    """

    logits: tuple[float, float, float]
    spans: tuple[tuple[int, int], ...]
    worst: float
    is_cut: bool = False


# What is held of a claim that repeats a statement of the documents word for word.
QUOTED = Judgement((6.0, -3.0, -3.0), (), 0.0)


class Entailment(Protocol):
    """Reads evidence and claim together."""

    @property
    def name(self) -> str:
        """Name and version of the weights."""
        ...

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        """Return one judgement a pair of (evidence text, claim text), in input order."""
        ...


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """What `config.json` beside the weights says: name, window in tokens, and how likely a marked word is wrong."""

    name: str
    max_tokens: int
    min_wrong: float

    @classmethod
    def read(cls, folder: Path) -> NetworkConfig:
        """Read the config of a model folder; raises SettingsError when it is missing or wrong."""
        try:
            values = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            return cls(**{name: values[name] for name in cls.__dataclass_fields__})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SettingsError(f"{folder.name!r} is no verifier model folder: {error!r}.") from error


class OnnxEntailment:
    """Runs a folder of `model.onnx`, `tokenizer.json` and `config.json`; safe to use from several threads.

    Each pair has a run of its own: dynamic quantisation scales activations by the extremes of a whole run, so that in a
    shared one a judgement would depend on its neighbours.
    """

    def __init__(self, folder: Path, *, threads: int = 1, workers: int = 2) -> None:
        self._config = NetworkConfig.read(folder)
        self._tokenizer = open_tokenizer(folder)
        self._tokenizer.enable_truncation(self._config.max_tokens, strategy="longest_first")
        self._session = open_session(folder, threads)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="entailment")
        self._kept: OrderedDict[tuple[str, str], Judgement] = OrderedDict()
        self._lock = Lock()

    @property
    def name(self) -> str:
        """Name and version of the weights."""
        return self._config.name

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        """Return one judgement a pair of (evidence text, claim text), in input order."""
        with self._lock:
            known = {pair: self._kept[pair] for pair in pairs if pair in self._kept}
        missing = list(dict.fromkeys(pair for pair in pairs if pair not in known))
        fresh = dict(zip(missing, self._pool.map(self._run, missing), strict=True))
        with self._lock:
            self._kept |= fresh
            while len(self._kept) > _CACHED:
                self._kept.popitem(last=False)
        known |= fresh
        return [known[pair] for pair in pairs]

    def _run(self, pair: tuple[str, str]) -> Judgement:
        encoding = self._tokenizer.encode(*pair)
        ids = np.array([encoding.ids], dtype=np.int64)
        types = np.array([encoding.type_ids], dtype=np.int64)
        feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": types}
        logits, tokens = self._session.run(None, feeds)
        worst, spans = _wrong_spans(encoding, pair[1], tokens[0], self._config.min_wrong)
        supported, contradicted, unsupported = map(float, logits[0])
        return Judgement((supported, contradicted, unsupported), spans, worst, bool(encoding.overflowing))


def _wrong_spans(
    encoding: Encoding,
    claim: str,
    tokens: np.ndarray,
    min_wrong: float,
) -> tuple[float, tuple[tuple[int, int], ...]]:
    """Join the marked tokens of the bare claim (what follows the last `||`) into spans of whole words."""
    offset = claim.rfind("|| ") + 3 if "|| " in claim else 0
    worst = 0.0
    spans: list[tuple[int, int]] = []
    rows = zip(encoding.offsets, encoding.type_ids, encoding.special_tokens_mask, tokens, strict=True)
    for (start, end), kind, is_special, score in rows:
        if kind != 1 or is_special or start < offset:
            continue
        chance = float(1 / (1 + np.exp(-score)))
        worst = max(worst, chance)
        if chance < min_wrong:
            continue
        start, end = start - offset, end - offset
        if spans and not claim[offset + spans[-1][1] : offset + start].strip():
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return worst, tuple(spans)
