"""Gathers the texts that answers of the public sets were written from, as documents to make claims from.

    python training/collect_contexts.py --data DATA --out contexts.jsonl.gz

The texts alone are taken, no label; the SummEdits domain that is held back is left out.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
from pathlib import Path

from public_pairs import HELD_BACK, read_lines

# File, the field that holds the text, and one record in how many.
SOURCES = (
    ("g_ragtruth", "context", 1),
    ("g_fgrlhf_qa_dev", "context", 1),
    ("n_factcg_cg2c", "premise", 3),
    ("g_summedits", "context", 1),
)
_FEWEST_WORDS = 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    with gzip.open(arguments.out, "wt", encoding="utf-8") as file:
        for document in documents(arguments.data / "claims").values():
            file.write(json.dumps(document) + "\n")


def documents(folder: Path) -> dict[str, dict[str, str]]:
    """Return each text once, under the digest of its beginning."""
    found: dict[str, dict[str, str]] = {}
    for name, field, step in SOURCES:
        for record in list(read_lines(folder / f"{name}.jsonl.gz"))[::step]:
            is_held = f"{record['source']}:{record.get('task', '').split(':')[-1]}" in HELD_BACK
            if not is_held and len(record[field].split()) >= _FEWEST_WORDS:
                key = hashlib.sha256(record[field][:300].encode()).hexdigest()[:12]
                found.setdefault(key, {"doc_id": f"{name}-{key}", "title": "", "text": record[field]})
    return found


if __name__ == "__main__":
    main()
