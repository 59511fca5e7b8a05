import pytest

from groundwire.domain import Action, Claim, Correction, Label, Report, Strictness, Verdict

ANSWER = "The fee is $5. It rises in May."
FEE, RISE = Claim("The fee is $5.", 0, 14), Claim("It rises in May.", 15, 31)


def verdict(label, claim=FEE, *corrections):
    return Verdict(claim, label, 0.5, "because", corrections=corrections)


def test_actions_grow_more_severe():
    assert sorted(Action, key=lambda action: action.severity) == [
        Action.ALLOW,
        Action.FLAG,
        Action.REWRITE,
        Action.BLOCK,
    ]


@pytest.mark.parametrize(
    ("labels", "worst"),
    [
        ([], Label.SUPPORTED),
        ([Label.SUPPORTED], Label.SUPPORTED),
        ([Label.SUPPORTED, Label.UNVERIFIED], Label.UNVERIFIED),
        ([Label.UNVERIFIED, Label.UNSUPPORTED], Label.UNSUPPORTED),
        ([Label.UNSUPPORTED, Label.CONTRADICTED, Label.SUPPORTED], Label.CONTRADICTED),
    ],
)
def test_a_report_has_the_worst_label_of_its_claims(labels, worst):
    assert Report(ANSWER, tuple(map(verdict, labels))).label is worst


@pytest.mark.parametrize(
    ("labels", "share"),
    [([], 1.0), ([Label.SUPPORTED, Label.UNVERIFIED], 0.5), ([Label.CONTRADICTED], 0.0)],
)
def test_groundedness_is_the_share_of_supported_claims(labels, share):
    assert Report(ANSWER, tuple(map(verdict, labels))).groundedness == share


def test_corrections_are_applied_inside_the_claim():
    found = verdict(Label.CONTRADICTED, RISE, Correction(18, 23, "falls"), Correction(27, 30, "September"))

    assert found.corrected_text == "It falls in September."


def test_a_verdict_without_corrections_has_no_corrected_text():
    assert verdict(Label.CONTRADICTED).corrected_text is None


@pytest.mark.parametrize("label", Label)
def test_a_label_is_its_word_on_the_wire(label):
    assert f"{label}" == label.value == label.name.lower()


@pytest.mark.parametrize(
    ("supported", "contradicted", "limits", "label"),
    [
        (0.5, 0.3, Strictness(), Label.SUPPORTED),
        (0.49, 0.3, Strictness(), Label.CONTRADICTED),
        (0.49, 0.2, Strictness(), Label.UNSUPPORTED),
        (0.5, 0.3, Strictness(min_support=0.8), Label.CONTRADICTED),
        (0.2, 0.6, Strictness(min_contradiction=0.9), Label.UNSUPPORTED),
        (0.0, 0.5, Strictness(), Label.CONTRADICTED),
        (1.0, 0.0, Strictness(min_support=1.0), Label.SUPPORTED),
    ],
)
def test_the_label_follows_the_strictness(supported, contradicted, limits, label):
    assert limits.label_of(supported, contradicted) is label
