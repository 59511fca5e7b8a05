import pytest

from groundwire.domain import Label
from groundwire.evaluation.bootstrap import Resampler
from groundwire.evaluation.cases import Quote
from groundwire.evaluation.claimscoring import claim_scores, judged_claims, kinds_of_claims, retrieval_scores
from labelled import case, hit, outcome, verdict

FIRST = "Refunds take 30 days. Shipping is free. Have a nice day!"
SECOND = "Plan A costs $5. Plan B costs $9."
REFUND, PLAN = Quote("refunds", "Refunds take 14 days."), Quote("plans", "Plan B costs $9.")


@pytest.fixture
def claims():
    first = case(
        FIRST,
        [
            ("Refunds take 30 days.", Label.CONTRADICTED, "numeric", [REFUND]),
            ("Shipping is free.", Label.SUPPORTED, "verbatim"),
            ("Have a nice day!", None, "chitchat"),
        ],
    )
    second = case(
        SECOND,
        [("Plan A costs $5.", Label.UNSUPPORTED, "numeric"), ("Plan B costs $9.", Label.SUPPORTED, "", [PLAN])],
    )
    return judged_claims(
        [
            outcome(
                first,
                [
                    verdict("Refunds take 30 days.", FIRST, 0.2, Label.UNSUPPORTED),
                    verdict("Shipping is free.", FIRST, 0.9),
                    verdict("Have a nice day!", FIRST, 0.3),
                ],
                [[hit("Refunds take 14 days.")], [], []],
            ),
            outcome(second, [verdict("Plan B costs $9.", SECOND, 0.4)], [[hit("Plan A costs $5.", "plans")]]),
        ]
    )


def test_claims_by_hand(claims):
    found = claim_scores(claims, Resampler(2, resamples=20))
    detection = found.detection
    assert (detection.n, detection.bad, found.unmatched) == (4, 2, 1)
    assert [detection.precision.value, detection.recall.value, detection.clean_flagged.value] == [0.5, 0.5, 0.5]
    # Bad ones score .8 and 0 (let through), good ones .1 and .6: two of four pairs are in order.
    assert detection.auc.value == pytest.approx(2 / 4)
    assert found.same_label.value == pytest.approx(1 / 4)
    # Four bins with one claim each: supports .2, .9, 1 and .4 against 0, 1, 0 and 1.
    assert found.calibration_error.value == pytest.approx((0.2 + 0.1 + 1.0 + 0.6) / 4)


def test_claims_that_assert_nothing_stand_only_in_the_table_of_kinds(claims):
    kinds = kinds_of_claims(claims, Resampler(2, resamples=20))
    assert list(kinds) == ["(none)", "chitchat", "numeric", "verbatim"]
    assert (kinds["chitchat"].n, kinds["chitchat"].bad, kinds["chitchat"].false_alarms.value) == (1, 0, 1.0)
    assert (kinds["numeric"].recall.value, kinds["numeric"].recall_retrieved.value) == (0.5, 1.0)
    assert kinds["(none)"].false_alarms.value == 1.0


def test_retrieval_counts_claims_with_quotes(claims):
    found = retrieval_scores(claims, Resampler(2, resamples=20))
    assert (found.n, found.documents.value, found.quotes.value) == (2, 1.0, 0.5)


def test_word_overlap_looks_at_what_was_retrieved_for_the_claim(claims):
    found = claim_scores(claims, Resampler(2, resamples=20)).baselines
    # Missing words: bad ones 1/3 (the figure) and all (nothing was retrieved), good ones all and 1/3.
    assert found["word_overlap"].auc.value == pytest.approx(2 / 4)
    # Words: bad ones 4 and 4, good ones 3 and 4.
    assert found["length"].auc.value == pytest.approx(3 / 4)
