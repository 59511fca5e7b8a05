import pytest

from groundwire.domain import Label
from groundwire.review.records import ClaimSnapshot, snapshot_of
from judged import CONTRADICTED, IN_A_CALL, SUPPORTED, UNVERIFIED
from stored import sample


def test_the_snapshot_holds_what_the_check_had_said():
    assert snapshot_of(sample(Label.CONTRADICTED, Label.SUPPORTED)) == (
        ClaimSnapshot(0, Label.CONTRADICTED, 0.25, 0.0, 0, 21),
        ClaimSnapshot(1, Label.SUPPORTED, 0.25, 0.0, 22, 43),
    )


def test_only_objections_are_flagged():
    assert [claim.is_flagged for claim in (CONTRADICTED, SUPPORTED, UNVERIFIED, IN_A_CALL)] == [
        True,
        False,
        False,
        True,
    ]


@pytest.mark.parametrize(("span", "expected"), [((0, 1), True), ((20, 30), True), ((21, 30), False), ((30, 40), False)])
def test_a_claim_overlaps_what_shares_characters_with_it(span, expected):
    assert CONTRADICTED.overlaps(span) is expected


def test_offsets_into_a_tool_call_are_none_into_the_answer():
    assert not IN_A_CALL.overlaps((0, 1))
