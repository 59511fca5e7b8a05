import pytest

from fakes import judged
from groundwire.domain import Action, Claim, Correction, Label, Verdict
from groundwire.policy.mending import resume, rule
from groundwire.policy.policy import Policy


def verify(claims):
    return [judged(claim) for claim in claims]


def rulings(*texts, policy=None):
    return rule(verify([Claim(text, 10, 10 + len(text)) for text in texts]), policy or Policy(), verify)


@pytest.mark.parametrize(
    ("text", "action", "mended"),
    [
        ("The fee is right.", Action.ALLOW, None),
        ("The fee is perhaps five.", Action.FLAG, None),
        ("The fee is wrong.", Action.REWRITE, "The fee is right."),
        ("The fee is wrong and stuck.", Action.REWRITE, ""),
        ("The fee is wrong again.", Action.REWRITE, ""),
    ],
    ids=["supported", "unsupported", "corrected", "no correction", "correction does not hold"],
)
def test_a_claim_is_mended_by_the_first_strategy_that_works(text, action, mended):
    [ruling] = rulings(text)

    assert (ruling.action, ruling.mended) == (action, mended)


@pytest.mark.parametrize("otherwise", [Action.FLAG, Action.BLOCK])
def test_what_no_strategy_mends_gets_the_other_action(otherwise):
    [ruling] = rulings("It is wrong and stuck.", policy=Policy(strategies=("correct",), otherwise=otherwise))

    assert (ruling.action, ruling.mended) == (otherwise, None)


def test_corrections_are_checked_again_in_one_batch():
    batches = []

    def counting(claims):
        batches.append([claim.text for claim in claims])
        return verify(claims)

    verdicts = verify([Claim("It is wrong.", 0, 12), Claim("Fine.", 13, 18), Claim("That is wrong.", 19, 33)])
    ruled = rule(verdicts, Policy(), counting)

    assert batches == [["It is right.", "That is right."]]
    assert [ruling.mended for ruling in ruled] == ["It is right.", None, "That is right."]


@pytest.mark.parametrize(
    "corrections",
    [
        (Correction(0, 4, "x"),),
        (Correction(20, 40, "x"),),
        (Correction(10, 14, "x"), Correction(12, 16, "y")),
        (Correction(10, 28, " "),),
    ],
    ids=["before the claim", "past the claim", "overlapping", "nothing left"],
)
def test_a_correction_that_does_not_fit_is_not_used(corrections):
    claim = Claim("The fee is false.", 10, 27)
    verdict = Verdict(claim, Label.CONTRADICTED, 0.1, "no", corrections=corrections)

    [ruling] = rule([verdict], Policy(), verify)

    assert (ruling.action, ruling.mended) == (Action.REWRITE, "")


STUCK = "It is wrong and stuck."


@pytest.mark.parametrize(
    ("strategies", "open_texts"),
    [
        (("correct", "regenerate", "remove"), [STUCK]),
        (("regenerate", "correct", "remove"), ["It is wrong.", STUCK]),
        (("correct", "remove", "regenerate"), []),
        (("regenerate",), ["It is wrong.", STUCK]),
    ],
    ids=" ".join,
)
def test_what_a_model_is_to_reword_is_left_open(strategies, open_texts):
    ruled = rulings("It is right.", "It is wrong.", STUCK, policy=Policy(strategies=strategies))

    assert [ruling.verdict.claim.text for ruling in ruled if ruling.is_open] == open_texts


@pytest.mark.parametrize("policy", [Policy(), Policy(strategies=("regenerate",), max_regenerations=0)])
def test_without_regeneration_nothing_is_left_open(policy):
    assert not any(ruling.is_open for ruling in rulings("It is wrong.", STUCK, policy=policy))


@pytest.mark.parametrize(
    ("strategies", "text", "action", "mended"),
    [
        (("regenerate", "remove"), "It is 5.", Action.REWRITE, "It is 5."),
        (("regenerate", "remove"), None, Action.REWRITE, ""),
        (("regenerate", "correct"), None, Action.REWRITE, "It is right."),
        (("regenerate", "regenerate"), None, Action.FLAG, None),
    ],
    ids=["reworded", "removed", "corrected", "neither"],
)
def test_after_the_model_come_the_other_strategies(strategies, text, action, mended):
    policy = Policy(strategies=strategies, otherwise=Action.FLAG)

    [ruling] = resume(rulings("It is wrong.", policy=policy), [text], policy, verify)

    assert (ruling.action, ruling.mended) == (action, mended)
