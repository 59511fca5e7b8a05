"""Makes labelled claims for training an entailment verifier from knowledge-base texts.

    python training/generate_claims.py --documents NAME=FILE.jsonl.gz … --out claims.jsonl.gz --seed 7 --limit 40000

Each file holds gzipped JSON lines `{doc_id, title, text}`, optionally with `domain`. Each line written is one claim:
`{id, kb, doc_id, title, headings, source, start, end, text, label, kind, twin}`. The same seed and documents give the
same claims.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean

from claim_synthesis.conversions import converted
from claim_synthesis.corpus import Corpus, build_corpus
from claim_synthesis.drafts import Draft, drafts
from claim_synthesis.figures import Mistake
from claim_synthesis.mistakes import Mistaker
from claim_synthesis.rewording import reworded
from claim_synthesis.sources import Source, read_documents
from claim_synthesis.wrappers import wrapped

Record = dict[str, object]
_WRAPPED = 0.2
_REWORDED_AFTERWARDS = 0.25
# Mistakes for each faithful claim: one, two or three.
_MISTAKES = (1, 1, 1, 2, 2)
_OUT_OF_KB_SHARE = 0.11


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", nargs="+", required=True, metavar="NAME=FILE")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--limit", type=int, default=40_000, help="the most claims to write")
    arguments = parser.parse_args()
    documents = [document for name, path in map(_named, arguments.documents) for document in read_documents(name, path)]
    records = generate(build_corpus(documents), random.Random(arguments.seed), arguments.limit)
    _write(records, arguments.out)
    _report(records)


def _named(argument: str) -> tuple[str, Path]:
    name, equals, path = argument.partition("=")
    if not equals or not Path(path).is_file():
        raise SystemExit(f"--documents needs NAME=FILE with an existing file, not {argument!r}")
    return name, Path(path)


def generate(corpus: Corpus, rng: random.Random, limit: int) -> list[Record]:
    """Return at most `limit` records, each faithful claim followed by the mistakes made from it."""
    families = list(_families(corpus, rng))
    rng.shuffle(families)
    true = {_key(record) for family in families for record in family if record["label"] == "supported"}
    records: list[Record] = []
    said: set[tuple[object, str]] = set()
    for whole in families:
        # What another statement bears out is no mistake, however it came about.
        family = [record for record in whole if record["label"] == "supported" or _key(record) not in true]
        family = [record for record in family if _key(record) not in said]
        if len(records) + len(family) > limit:
            break
        records += family
        said.update(map(_key, family))
    return records


def _key(record: Record) -> tuple[object, str]:
    return record["kb"], str(record["text"]).lower()


def _families(corpus: Corpus, rng: random.Random) -> Iterator[list[Record]]:
    mistaker = Mistaker(corpus, rng)
    number = 0
    for document in corpus.documents:
        found = drafts(corpus, document, rng)
        for draft in found:
            mistakes = mistaker.of(draft, rng.choice(_MISTAKES))
            if mistakes:
                number += 1
                yield _family(corpus, draft, mistakes, f"{document.kb}-{number:06}", rng)
        own = corpus.organisation_of(document)
        for source in rng.sample(own.foreign, min(len(own.foreign), int(len(found) * _OUT_OF_KB_SHARE))):
            if stray := mistaker.out_of_kb(source, own):
                number += 1
                text = _varied(stray[0], corpus, rng, is_reworded=True)
                yield [_record((stray[1],), text, ("unsupported", "out_of_kb"), f"{document.kb}-{number:06}")]


def _family(
    corpus: Corpus, draft: Draft, mistakes: Sequence[Mistake], identifier: str, rng: random.Random
) -> list[Record]:
    text = _varied(draft.text, corpus, rng, is_reworded=False)
    family = [_record(draft.sources, text, ("supported", draft.kind), identifier)]
    for number, mistake in enumerate(mistakes, 1):
        text = _varied(mistake.text, corpus, rng, is_reworded=rng.random() < _REWORDED_AFTERWARDS)
        record = _record(draft.sources, text, (mistake.label, mistake.kind), f"{identifier}-{number}", identifier)
        family.append(record)
    return family


def _varied(text: str, corpus: Corpus, rng: random.Random, *, is_reworded: bool) -> str:
    """Dress a finished claim: faithful ones and mistakes alike, so that dress tells nothing."""
    if is_reworded:
        text = reworded(text, rng, corpus.vocabulary, steps=1) or text
        text = converted(text, rng) or text
    return wrapped(text, rng, corpus.vocabulary) if rng.random() < _WRAPPED else text


def _record(
    rests_on: Sequence[Source], text: str, verdict: tuple[str, str], identifier: str, twin: str | None = None
) -> Record:
    first = rests_on[0]
    return {
        "id": identifier,
        "kb": first.document.kb,
        "doc_id": first.document.doc_id,
        "title": first.document.title,
        "headings": first.headings,
        "source": [source.statement.text for source in rests_on],
        "start": first.statement.start,
        "end": first.statement.end,
        "text": text,
        "label": verdict[0],
        "kind": verdict[1],
        "twin": twin,
    }


def _write(records: Sequence[Record], out: Path) -> None:
    # Without a time stamp the same claims make the same file.
    with out.open("wb") as file, gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as lines:
        for record in records:
            lines.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")


def _report(records: Sequence[Record]) -> None:
    counts = Counter((str(record["label"]), str(record["kind"])) for record in records)
    for label in ("supported", "contradicted", "unsupported"):
        lengths = [len(str(record["text"]).split()) for record in records if record["label"] == label]
        share = len(lengths) / max(1, len(records))
        print(f"{label}: {len(lengths)} ({share:.1%}), {mean(lengths or [0]):.1f} words on average")
        for (of, kind), count in sorted(counts.items(), key=lambda item: -item[1]):
            if of == label:
                print(f"    {kind}: {count}")
    print(f"in all: {len(records)}")


if __name__ == "__main__":
    main()
