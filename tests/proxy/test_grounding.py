from dataclasses import replace

import pytest

from groundwire.domain import (
    Action,
    Claim,
    Correction,
    Evidence,
    Label,
    Mode,
    Question,
    Regeneration,
    Report,
    Skipped,
    Verdict,
)
from groundwire.policy.decision import Ruling
from groundwire.policy.policy import Policy
from groundwire.proxy.answering import CheckContext, CheckedAnswer
from groundwire.proxy.grounding import grounding_headers, grounding_of, unchecked_grounding, worst_of

CLAIM = Claim("It is wrong.", 4, 16)
EVIDENCE = Evidence("d", 3, "T", "It is right.", 7, 19, url="https://x/d")
VERDICT = Verdict(CLAIM, Label.CONTRADICTED, 0.123456, "no", (EVIDENCE,), (Correction(10, 15, "right"),))


def answer(ruling=None, **options):
    ruling = ruling or Ruling(VERDICT, Action.FLAG)
    report = Report("Oh. It is wrong.", (ruling.verdict,), (Skipped("code", "why"),), "a@1,b@2", {"check": 1.5})
    context = CheckContext(Policy("strict"), Mode.ENFORCE, Question(), "x")
    return replace(CheckedAnswer(context, report, (ruling,), ruling.action, "text", "evt_1"), **options)


def test_the_object_has_the_promised_fields():
    assert grounding_of(answer()).to_wire() == {
        "event_id": "evt_1",
        "action": "flag",
        "label": "contradicted",
        "groundedness": 0.0,
        "revision": "a@1,b@2",
        "policy": "strict",
        "mode": "enforce",
        "claims": [
            {
                "text": "It is wrong.",
                "start": 4,
                "end": 16,
                "label": "contradicted",
                "support": 0.1235,
                "reason": "no",
                "correction": "It is right.",
                "evidence": [
                    {
                        "document_id": "d",
                        "version": 3,
                        "title": "T",
                        "quote": "It is right.",
                        "start": 7,
                        "end": 19,
                        "source": "knowledge_base",
                        "url": "https://x/d",
                    }
                ],
            }
        ],
        "coverage": {"checked": 1, "skipped": [{"what": "code", "why": "why"}]},
        "timing_ms": {"check": 1.5},
    }


def test_a_claim_that_leans_on_the_conversation_shows_what_it_was_read_with():
    ruling = Ruling(replace(VERDICT, claim=replace(CLAIM, context="What is the fee?")), Action.FLAG)

    [claim] = grounding_of(answer(ruling)).to_wire()["claims"]

    assert (claim["text"], claim["context"]) == ("It is wrong.", "What is the fee?")


def test_what_is_unverified_does_not_count_as_checked():
    ruling = Ruling(Verdict(CLAIM, Label.UNVERIFIED, 0.0, "no"), Action.FLAG)

    assert grounding_of(answer(ruling)).coverage.checked == 0


def test_an_event_that_is_not_stored_is_null():
    assert grounding_of(answer(event_id=None)).to_wire()["event_id"] is None


@pytest.mark.parametrize(
    ("actions", "worst"),
    [(["allow", "block", "flag"], 1), (["flag", "flag"], 0), (["allow"], 0)],
    ids=["severity", "equal", "one"],
)
def test_the_worst_answer_is_the_one_with_the_most_severe_action(actions, worst):
    answers = [answer(action=Action(action)) for action in actions]

    assert worst_of(answers) is answers[worst]


def test_of_equals_the_first_choice_is_on_top_whichever_was_decided_first():
    first, second = answer(choice=0), answer(choice=1)

    assert worst_of([first, second]) is worst_of([second, first]) is first


def test_headers_repeat_the_outcome_in_plain_ascii():
    headers = dict(grounding_headers(answer(event_id=None)))

    assert headers == {
        b"x-grounding-action": b"flag",
        b"x-grounding-label": b"contradicted",
        b"x-grounding-event-id": b"",
        b"x-grounding-revision": b"a@1,b@2",
    }


def test_an_unchecked_answer_claims_nothing():
    wire = unchecked_grounding(Policy("strict")).to_wire()

    assert (wire["label"], wire["mode"], wire["policy"]) == ("unverified", "off", "strict")
    assert wire["coverage"] == {"checked": 0, "skipped": [{"what": "answer", "why": "the mode is off"}]}


def test_what_the_model_was_asked_again_is_counted_apart():
    one = answer()
    spent = replace(one, report=replace(one.report, regeneration=Regeneration(2, 300, 40)))

    wire = grounding_of(spent).to_wire()

    assert wire["regeneration"] == {"count": 2, "usage": {"prompt_tokens": 300, "completion_tokens": 40}}
