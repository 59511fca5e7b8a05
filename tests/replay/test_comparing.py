from dataclasses import replace

import pytest

from groundwire.domain import Label, Strictness, Verdict
from groundwire.replay.comparing import changes, decision_before
from groundwire.replay.outcomes import Basis
from stored import sample, verdict

LIMITS = Strictness(0.7, 0.6)


def change(before, after, basis=Basis.STORED):
    [found] = changes([before] if before else [], [after] if after else [], basis, LIMITS)
    return found


def test_an_event_tells_what_was_decided():
    event = sample(Label.CONTRADICTED)

    found = decision_before(event)

    assert (found.label, found.action, found.mode) == (Label.CONTRADICTED, event.action, event.mode)
    assert found.delivered == event.delivered


def test_a_verdict_that_stays_needs_no_reason():
    found = change(verdict(Label.CONTRADICTED), verdict(Label.CONTRADICTED))

    assert (found.is_flip, found.why) == (False, "")


@pytest.mark.parametrize(
    ("support", "contradiction", "label", "why"),
    [
        (0.8, 0.1, Label.SUPPORTED, "support 0.80 is enough: thresholds.support is 0.7"),
        (
            0.6,
            0.3,
            Label.CONTRADICTED,
            "support 0.60 is below thresholds.support 0.7; the share of the contradiction in what is lacking, 0.75, is "
            "enough: thresholds.contradiction is 0.6",
        ),
        (
            0.6,
            0.2,
            Label.UNSUPPORTED,
            "support 0.60 is below thresholds.support 0.7; the share of the contradiction in what is lacking, 0.50, is "
            "not enough: thresholds.contradiction is 0.6",
        ),
    ],
)
def test_a_threshold_that_is_crossed_is_named(support, contradiction, label, why):
    after = replace(verdict(label), support=support, contradiction=contradiction)
    before = replace(after, label=Label.UNSUPPORTED if label is not Label.UNSUPPORTED else Label.SUPPORTED)

    found = change(before, after)

    assert (found.is_flip, found.why) == (True, why)


def test_a_verdict_made_anew_gives_its_own_reason():
    before, after = verdict(Label.CONTRADICTED), replace(verdict(Label.SUPPORTED), reason="document says 14 days")

    assert change(before, after, Basis.VERIFIED).why == "document says 14 days"


def test_claims_that_only_one_side_looked_at_are_no_flips():
    then, now = change(verdict(Label.CONTRADICTED), None), change(None, verdict(Label.CONTRADICTED))

    assert (then.after, then.is_flip, then.why) == (
        None,
        False,
        "not looked at any more, because the stream is cut before it",
    )
    assert (now.before, now.is_flip) == (None, False)
    assert now.why.startswith("not looked at then; ")


def test_claims_come_in_the_order_of_the_answer_and_arguments_last():
    first, second = verdict(Label.SUPPORTED), verdict(Label.SUPPORTED, 22)
    argument = Verdict(replace(first.claim, target="tool_calls[0].x"), Label.SUPPORTED, 1.0, "")

    found = changes([argument, second], [first, second], Basis.STORED, LIMITS)

    assert [(claim.target, claim.start) for claim in found] == [("", 0), ("", 22), ("tool_calls[0].x", 0)]
