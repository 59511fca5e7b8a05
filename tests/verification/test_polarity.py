import pytest

from groundwire.verification.polarity import opposites, polarity


@pytest.mark.parametrize(
    ("text", "negations"),
    [
        ("Gift cards can be refunded.", 0),
        ("Gift cards cannot be refunded.", 1),
        ("Gift cards can't be refunded.", 1),
        ("Gift cards can’t be refunded.", 1),
        ("It does not apply without a receipt.", 2),
        ("Neither plan is unlimited.", 2),
        ("Refused claims are not paid.", 2),
        ("Notes and knots", 0),
    ],
)
def test_negations_are_counted(text, negations):
    assert polarity(text).negations == negations


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("You may cancel.", "permission"),
        ("You must cancel.", "duty"),
        ("Only members enter.", "only"),
        ("Every member enters.", "all"),
        ("Some members enter.", "some"),
        ("Enter if you are a member.", "condition"),
        ("Pay by card or transfer.", "alternative"),
        ("It renews automatically.", "automatic"),
    ],
)
def test_cues_are_found(text, cue):
    assert cue in polarity(text).cues


def test_a_plain_statement_has_no_cues():
    assert polarity("The shop sells tents.").cues == frozenset()


@pytest.mark.parametrize(
    ("claim", "document", "pairs"),
    [
        ("Pay before delivery.", "Pay after delivery.", [("before", "after")]),
        ("The fee is optional.", "The fee is mandatory.", [("optional", "mandatory")]),
        ("Pay before delivery.", "Pay before delivery, never after.", []),
        ("Pay before delivery.", "Pay on delivery.", []),
        ("Open on weekdays.", "Closed on weekdays.", [("open", "closed")]),
    ],
)
def test_opposites_stand_on_one_side_only(claim, document, pairs):
    assert opposites(polarity(claim), polarity(document)) == pairs
