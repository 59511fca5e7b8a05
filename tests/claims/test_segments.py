import dataclasses

import pytest

from groundwire.claims.segments import Segment


def test_a_segment_without_a_claim_is_neither_skipped_nor_failed_by_itself():
    segment = Segment("Hello! ", 0, 7)

    assert (segment.claim, segment.why, segment.skipped, segment.failure) == (None, "", False, None)


def test_a_segment_does_not_change():
    segment = Segment("Hello! ", 0, 7)

    with pytest.raises(dataclasses.FrozenInstanceError):
        segment.text = "Bye"
