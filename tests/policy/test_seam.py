import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwire.policy.seam import Seam

pieces = st.lists(st.text("ab \n\t", max_size=5), max_size=8)


@given(pieces)
def test_text_that_is_only_added_comes_out_as_it_went_in(texts):
    seam = Seam()

    assert "".join([seam.add(text) for text in texts] + [seam.close()]) == "".join(texts)


def test_white_space_waits_for_what_follows_it():
    seam = Seam()

    assert seam.add("One. \n") == "One."
    assert seam.add("\n") == ""
    assert seam.add("Two.") == " \n\nTwo."


@pytest.mark.parametrize(
    ("before", "dropped", "after", "expected"),
    [
        ("A. ", ("", " "), "B.", "A. B."),
        ("A.\n", ("", "\n"), "B.", "A.\nB."),
        ("A.\n\n", ("", "\n"), "\nB.", "A.\n\nB."),
        ("A. ", ("", "\n"), "B.", "A.\nB."),
        ("A.\n", ("- ", " "), "B.", "A.\n- B."),
        ("A.\n", ("- ", "\n"), "- B.", "A.\n- B."),
        ("A.\n  ", ("", "\n"), "    B.", "A.\n    B."),
        ("A。", ("", ""), "B。", "A。B。"),
        ("", ("- ", " "), "B.", "- B."),
        ("", ("", "\n\n"), "  B.", "  B."),
    ],
)
def test_a_dropped_piece_leaves_one_gap(before, dropped, after, expected):
    seam = Seam()
    out = seam.add(before)
    seam.drop(*dropped)
    out += seam.add(after)

    assert out + seam.close() == expected
