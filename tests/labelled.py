"""Labelled answers for tests: records as they stand in files, and outcomes as the check gives them."""

import json

from groundwire.domain import Action, Claim, Hit, Label, Passage, Verdict
from groundwire.evaluation.bench import Outcome
from groundwire.evaluation.cases import Case, LabelledClaim

ANSWER = "Refunds take 30 days. Shipping is free."
KBQA = {
    "id": "a-1",
    "kb": "shop",
    "turns": [{"role": "user", "content": "How long do refunds take?"}],
    "answer": ANSWER,
    "answer_label": 1,
    "claims": [
        {
            "text": "Refunds take 30 days.",
            "start": 0,
            "end": 21,
            "label": "contradicted",
            "kind": "numeric",
            "evidence": [{"doc_id": "refunds", "quote": "Refunds take 14 days."}],
        },
        {"text": "Shipping is free.", "start": 22, "end": 39, "label": "supported", "kind": "verbatim"},
    ],
}
GIVEN = {
    "id": "g-1",
    "source": "Shop",
    "task": "QA",
    "context": "Refunds take 14 days.",
    "question": "How long do refunds take?",
    "response": ANSWER,
    "label": 1,
    "spans": [[13, 15, "Conflict"], [22, 39, "Baseless"]],
}
PAIR = {
    "premise": "Refunds take 14 days.",
    "hypothesis": "Refunds take 30 days.",
    "label": "contradiction",
    "source": "Shop",
}
RESPONSE = {
    "id": "1",
    "source_id": "s1",
    "model": "m",
    "temperature": 0.7,
    "labels": [{"start": 13, "end": 15, "text": "30", "meta": "", "label_type": "Evident Conflict"}],
    "split": "test",
    "quality": "good",
    "response": ANSWER,
}
SOURCE = {
    "source_id": "s1",
    "task_type": "QA",
    "source": "MARCO",
    "source_info": {"question": "How long?", "passages": "passage 1:Refunds take 14 days.\n\n"},
    "prompt": "Answer the question.",
}


def write(path, *records):
    """Write JSON lines and return their path."""
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def hit(text, document_id="refunds", number=1):
    """Return a retrieved passage."""
    return Hit(Passage(number, document_id, 1, "", text, 0, len(text)), 1.0, 1.0)


def verdict(text, answer, support, label=None, spans=()):
    """Return a verdict on a piece of an answer; without a label it is supported from .5 on."""
    start = answer.index(text)
    label = label or (Label.SUPPORTED if support >= 0.5 else Label.UNSUPPORTED)
    return Verdict(Claim(text, start, start + len(text)), label, support, "", spans=spans)


def outcome(case, verdicts, hits=None, ms=(10.0, 4.0)):
    """Return the outcome of a case, flagged where a verdict is anything but supported."""
    is_bad = any(found.label is not Label.SUPPORTED for found in verdicts)
    hits = hits or [[] for _ in verdicts]
    action = Action.FLAG if is_bad else Action.ALLOW
    return Outcome(case, tuple(verdicts), tuple(map(tuple, hits)), action, *ms)


def case(answer, claims=(), *, is_bad=None, **fields):
    """Return a case; `claims` are rows of text, label, kind and quotes."""
    rows = [_claim(answer, *row) for row in claims]
    is_bad = any(claim.is_bad for claim in rows) if is_bad is None else is_bad
    return Case("1", "a.jsonl, line 1", answer, is_bad, claims=tuple(rows), **fields)


def _claim(answer, text, label, kind="", quotes=()):
    start = answer.index(text)
    return LabelledClaim(text, start, start + len(text), label, kind, tuple(quotes))
