import pytest

from groundwire.domain import Label
from groundwire.review.labels import LabelledClaim, labelled_claims
from groundwire.review.records import Judgement
from judged import review
from stored import NOON, hours_later

LATER = hours_later(1)


def errors(*reviews):
    return {claim.position: claim.is_error for claim in labelled_claims(reviews)}


@pytest.mark.parametrize(
    ("judgement", "about", "expected"),
    [
        (Judgement.RIGHT, {}, {0: True, 1: False, 3: True}),
        (Judgement.RIGHT, {"position": 0}, {0: True}),
        (Judgement.RIGHT, {"position": 1}, {1: False}),
        (Judgement.FALSE_ALARM, {}, {0: False, 1: False, 3: False}),
        (Judgement.FALSE_ALARM, {"position": 0}, {0: False}),
        (Judgement.MISSED, {"span": (30, 35)}, {1: True}),
        (Judgement.MISSED, {"span": (10, 30)}, {0: True, 1: True}),
        (Judgement.MISSED, {"position": 1}, {1: True}),
        (Judgement.MISSED, {}, {}),
        (Judgement.UNSURE, {}, {}),
        (Judgement.UNSURE, {"position": 0}, {}),
    ],
)
def test_a_judgement_settles_the_claims_it_speaks_of(judgement, about, expected):
    assert errors(review(judgement, **about)) == expected


def test_the_newest_word_on_a_claim_counts_in_whatever_order_they_come():
    said = [review(Judgement.RIGHT), review(Judgement.FALSE_ALARM, LATER, position=0)]

    assert errors(*said) == errors(*reversed(said)) == {0: False, 1: False, 3: True}


def test_an_undone_review_counts_for_nothing():
    assert errors(review(Judgement.RIGHT), review(Judgement.FALSE_ALARM, LATER, undone_at=LATER)) == {
        0: True,
        1: False,
        3: True,
    }


def test_who_is_not_sure_takes_nothing_back():
    assert errors(review(Judgement.RIGHT, position=0), review(Judgement.UNSURE, LATER)) == {0: True}


def test_a_labelled_claim_carries_what_the_check_had_said():
    assert labelled_claims([review(Judgement.RIGHT, position=0)]) == [
        LabelledClaim("evt_1", 0, Label.CONTRADICTED, 0.1, 0.8, True, "default", "rules-1", NOON)
    ]


def test_claims_are_sorted_by_event_and_position():
    said = [review(Judgement.RIGHT, event_id=name) for name in ("evt_2", "evt_1")]

    assert [(claim.event_id, claim.position) for claim in labelled_claims(said)] == [
        (event, position) for event in ("evt_1", "evt_2") for position in (0, 1, 3)
    ]
