from dataclasses import replace

import pytest

from groundwire.domain import Action, Claim, Correction, Evidence, Failure, Label, Report, Strictness, Verdict
from groundwire.policy.policy import LABEL_ACTIONS, Policy
from groundwire.replay.recollection import Recollection, label_of

CLAIM = Claim("Refunds take 30 days.", 0, 21, "How long?")
EVIDENCE = (Evidence("refunds", 1, "Refunds", "Refunds take 14 days.", 0, 21),)
FIX = (Correction(13, 15, "14"),)
CONTRADICTED = Verdict(CLAIM, Label.CONTRADICTED, 0.2, "14, not 30", EVIDENCE, FIX, ((13, 15),), contradiction=0.7)
UNSUPPORTED = Verdict(CLAIM, Label.UNSUPPORTED, 0.3, "nothing", EVIDENCE, contradiction=0.1)
SUPPORTED = Verdict(CLAIM, Label.SUPPORTED, 0.6, "it says so", EVIDENCE, contradiction=0.3)
FIXED = Claim("Refunds take 14 days.", 0, 21, "How long?")
NO_REWRITE = {**LABEL_ACTIONS, Label.CONTRADICTED: Action.BLOCK}


def strict(support=0.5, contradiction=0.5, **changes):
    return Policy(strictness=Strictness(support, contradiction), **changes)


def recalled(verdict, now, *, was=None, mended=(), claim=CLAIM):
    return Recollection(Report("Refunds take 30 days.", (verdict,), mended=mended), was or Policy(), now).of(claim)


@pytest.mark.parametrize("verdict", [CONTRADICTED, UNSUPPORTED, SUPPORTED])
def test_under_the_same_thresholds_a_verdict_is_what_it_was(verdict):
    assert recalled(verdict, Policy(citations=True)) is verdict


@pytest.mark.parametrize(
    ("verdict", "now", "label"),
    [
        (SUPPORTED, strict(0.61), Label.CONTRADICTED),
        (SUPPORTED, strict(0.61, 0.8), Label.UNSUPPORTED),
        (UNSUPPORTED, strict(0.3), Label.SUPPORTED),
        (UNSUPPORTED, strict(0.5, 0.14), Label.CONTRADICTED),
        (CONTRADICTED, strict(0.5, 0.9), Label.UNSUPPORTED),
        (CONTRADICTED, strict(0.2), Label.SUPPORTED),
    ],
)
def test_other_thresholds_give_another_label(verdict, now, label):
    found = recalled(verdict, replace(now, label_actions=NO_REWRITE))

    assert found == replace(
        verdict, label=label, corrections=(), spans=() if label is Label.SUPPORTED else verdict.spans
    )


def test_the_corrections_of_a_claim_that_becomes_contradicted_are_not_known():
    assert recalled(UNSUPPORTED, strict(0.5, 0.14)) is None
    assert recalled(UNSUPPORTED, strict(0.5, 0.14, strategies=("remove",))).label is Label.CONTRADICTED


def test_without_evidence_nothing_is_contradicted():
    assert label_of(replace(UNSUPPORTED, evidence=()), Strictness(0.5, 0.0)) is Label.UNSUPPORTED


def test_a_verdict_without_the_probability_of_contradiction_does_not_tell():
    older = replace(SUPPORTED, contradiction=0.0)

    assert recalled(older, strict(0.9)) is None
    assert recalled(older, strict(0.55)) is older


@pytest.mark.parametrize(
    "verdict",
    [
        replace(UNSUPPORTED, label=Label.UNVERIFIED, failure=Failure.TIMEOUT),
        replace(UNSUPPORTED, label=Label.UNVERIFIED),
        replace(SUPPORTED, reason="second opinion of big-model: the evidence carries this; before: nothing"),
        replace(UNSUPPORTED, claim=replace(CLAIM, target="tool_calls[0].days"), support=1.0),
        replace(UNSUPPORTED, claim=replace(CLAIM, target="tool_calls[0].days"), support=0.0, contradiction=1.0),
    ],
    ids=["failure", "no JSON", "second opinion", "found argument", "refuted argument"],
)
def test_what_no_threshold_decided_stays(verdict):
    assert recalled(verdict, strict(0.1, 0.1), claim=verdict.claim) is verdict


def test_an_argument_that_was_found_nowhere_is_looked_for_again():
    claim = replace(CLAIM, target="tool_calls[0].days")

    assert recalled(replace(UNSUPPORTED, claim=claim), strict(0.1), claim=claim) is None


def test_an_unknown_claim_is_not_remembered():
    assert recalled(SUPPORTED, Policy(), claim=Claim("It is free.", 30, 41)) is None


@pytest.mark.parametrize(("support", "label"), [(0.5, Label.SUPPORTED), (0.4, Label.SUPPORTED), (0.6, None)])
def test_a_correction_that_held_holds_under_milder_thresholds(support, label):
    found = recalled(CONTRADICTED, strict(support), mended=(FIXED.text,), claim=FIXED)

    assert (found and found.label) == label


@pytest.mark.parametrize(("support", "label"), [(0.5, Label.UNSUPPORTED), (0.6, Label.UNSUPPORTED), (0.4, None)])
def test_a_correction_that_was_refused_is_refused_under_stricter_thresholds(support, label):
    found = recalled(CONTRADICTED, strict(support), mended=("",), claim=FIXED)

    assert (found and found.label) == label


def test_a_correction_that_was_never_tried_is_not_known():
    assert recalled(CONTRADICTED, Policy(), was=Policy(strategies=("remove",)), mended=("",), claim=FIXED) is None
    assert recalled(CONTRADICTED, Policy(), claim=FIXED) is None


def test_each_sentence_of_a_rewording_held():
    text = "Refunds take 14 days. They are free."
    part = Claim("They are free.", 22, 36)

    assert recalled(CONTRADICTED, Policy(), mended=(text,), claim=part).label is Label.SUPPORTED
    assert recalled(CONTRADICTED, Policy(), mended=(text,), claim=replace(part, start=23)) is None
