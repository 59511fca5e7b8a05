"""Reads labelled answers and the documents they rest on."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from groundwire.domain import Label, Question, Turn
from groundwire.errors import SettingsError


@dataclass(frozen=True, slots=True)
class LabelledClaim:
    """A claim as a person judged it: `answer[start:end]`; `label` is None where it asserts nothing."""

    text: str
    start: int
    end: int
    label: Label | None
    kind: str
    quotes: tuple[tuple[str, str], ...] = ()
    paraphrases: tuple[str, ...] = ()
    corruptions: tuple[tuple[str, Label, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LabelledAnswer:
    """An answer with its conversation, its claims and the name of the knowledge base it rests on."""

    id: str
    knowledge_base: str
    question: Question
    answer: str
    claims: tuple[LabelledClaim, ...]

    @property
    def is_bad(self) -> bool:
        """Whether any claim is contradicted or unsupported."""
        return any(claim.label in {Label.CONTRADICTED, Label.UNSUPPORTED} for claim in self.claims)


def read_answers(path: Path) -> list[LabelledAnswer]:
    """Read `.jsonl` or `.jsonl.gz` records; raises SettingsError that names the file and line of a wrong one."""
    return [_answer(path, number, record) for number, record in enumerate(read_lines(path), start=1)]


def read_lines(path: Path) -> Iterator[Mapping[str, object]]:
    """Yield the JSON objects of a `.jsonl` or `.jsonl.gz` file; raises SettingsError."""
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield _object(path, number, line)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{str(path)!r} can't be read: {error}") from error


def _object(path: Path, number: int, line: str) -> Mapping[str, object]:
    try:
        value = json.loads(line)
    except ValueError as error:
        raise SettingsError(f"{str(path)!r}, line {number}: not JSON ({error}).") from error
    if not isinstance(value, dict):
        raise SettingsError(f"{str(path)!r}, line {number}: expected an object, got {type(value).__name__}.")
    return value


def _answer(path: Path, number: int, record: Mapping[str, object]) -> LabelledAnswer:
    try:
        turns = tuple(Turn(turn["role"], turn["content"]) for turn in record.get("turns", ()))  # type: ignore[attr-defined]
        return LabelledAnswer(
            id=str(record.get("id", number)),
            knowledge_base=str(record["kb"]),
            question=Question(turns=turns),
            answer=str(record["answer"]),
            claims=tuple(_claim(claim) for claim in record["claims"]),  # type: ignore[attr-defined]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise SettingsError(
            f"{str(path)!r}, record {number}: {error!r}. Each record needs kb, turns, answer and claims."
        ) from error


def _claim(record: Mapping[str, object]) -> LabelledClaim:
    label = str(record["label"])
    evidence = record.get("evidence") or ()
    corruptions = record.get("corruptions") or ()
    return LabelledClaim(
        text=str(record["text"]),
        start=int(record["start"]),  # type: ignore[call-overload]
        end=int(record["end"]),  # type: ignore[call-overload]
        label=None if label == "no_claim" else Label(label),
        kind=str(record.get("kind", "")),
        quotes=tuple((str(one["doc_id"]), str(one["quote"])) for one in evidence),  # type: ignore[attr-defined]
        paraphrases=tuple(record.get("paraphrases") or ()),  # type: ignore[arg-type]
        corruptions=tuple((one["text"], Label(one["label"]), one["kind"]) for one in corruptions),  # type: ignore[attr-defined]
    )
