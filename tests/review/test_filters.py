import pytest

from groundwire.errors import BadRequest
from groundwire.review.filters import Place


@pytest.mark.parametrize("place", [Place(30.123456789012345, "evt_1"), Place(0.0, "evt_x"), Place(-1.5, "")])
def test_a_cursor_stands_for_its_place(place):
    assert Place.read(place.cursor()) == place


@pytest.mark.parametrize("cursor", ["", "?", "abc", "\ud800", "ü", "Z" * 99], ids=repr)
def test_anything_else_is_no_cursor(cursor):
    with pytest.raises(BadRequest, match="no cursor"):
        Place.read(cursor)
