import json

from groundwire.domain import Label, Strictness
from groundwire.evaluation.cases import Format, LabelledFile, MarkedSpan, Quote
from groundwire.evaluation.details import details_of
from groundwire.evaluation.thresholds import Thresholds
from labelled import ANSWER, case, hit, outcome, verdict

WRONG, FREE = "Refunds take 30 days.", "Shipping is free."


def test_our_claims_and_a_persons_side_by_side():
    rows = [
        (WRONG, Label.CONTRADICTED, "numeric", [Quote("refunds", "Refunds take 14 days.")]),
        (FREE, None, "chitchat"),
    ]
    labelled = case(ANSWER, rows, spans=(MarkedSpan(13, 15, "Conflict"),), task="shop")
    found = outcome(labelled, [verdict(WRONG, ANSWER, 0.1, spans=((13, 15),))], [[hit("Refunds take 14 days.")]])

    shown = details_of(LabelledFile("a.jsonl", Format.KNOWLEDGE_BASE, (labelled,)), found, Thresholds(Strictness()))

    assert json.loads(json.dumps(shown)) == shown
    assert (shown["file"], shown["id"], shown["is_bad"], shown["is_flagged"], shown["score"]) == (
        "a.jsonl",
        "1",
        True,
        True,
        0.9,
    )
    assert (shown["claims"][0]["label"], shown["claims"][0]["spans"]) == ("unsupported", [[13, 15]])
    assert [
        (each["label"], each["judged"], each["is_matched"], each["is_retrieved"]) for each in shown["labelled_claims"]
    ] == [
        ("contradicted", "unsupported", True, True),
        ("no_claim", "supported", False, None),
    ]
    assert shown["labelled_spans"] == [{"start": 13, "end": 15, "kind": "Conflict"}]
